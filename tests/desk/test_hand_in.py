"""POST /<language>/tests/<attempt>/hand-in"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.assessment import actions as tests
from lms.assessment import queries as assessment
from lms.assessment.models import Attempt
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import LearningRecord, Progress
from tests.browser import Browser
from tests.course import SmallCourse, answers
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}/hand-in"


@pytest.fixture
def sitting(amina: Cast, small_course: SmallCourse) -> UUID:
    """Amina's open final test."""
    small_course.begin(amina)
    small_course.read(amina)
    return small_course.start(amina)


def attempt(app: Flask, attempt_id: UUID) -> Attempt:
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id)


def records(app: Flask) -> list[str]:
    with app.app_context():
        return list(
            db.session().scalars(
                select(LearningRecord.verb)
                .where(LearningRecord.object == "post-test")
                .order_by(LearningRecord.site_seq)
            )
        )


def test_it_marks_the_test_and_goes_to_the_result(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=True)
    reply = browser(amina).post(URL.format(sitting))

    assert (reply.status_code, reply.location) == (303, f"/en/tests/{sitting}/result")
    made = attempt(app, sitting)
    assert (made.state, made.percent, made.points, made.passed) == ("submitted", 100, "12/12", True)
    assert records(app) == ["initialized", "passed"]
    with app.app_context():
        progress = db.session().scalars(select(Progress)).one()
        assert progress.percent == 100
        assert progress.passed_at is not None


def test_sent_twice_it_is_marked_once(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=True)
    here = browser(amina)
    first = here.post(URL.format(sitting))
    submitted = attempt(app, sitting).submitted_at
    again = here.post(URL.format(sitting))

    assert first.location == again.location
    assert attempt(app, sitting).submitted_at == submitted
    assert records(app) == ["initialized", "passed"]


def test_an_empty_test_can_be_handed_in_and_earns_nothing(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    browser(amina).post(URL.format(sitting))
    made = attempt(app, sitting)
    assert (made.points, made.percent, made.passed) == ("0/12", 0, False)
    assert made.outcome is not None
    assert len(made.outcome["unanswered"]) == 8
    assert set(made.outcome["failed_modules"]) == {"HY-1", "HY-2"}
    assert records(app) == ["initialized", "failed"]


def nearly_right(app: Flask, person: Cast, course: SmallCourse, attempt_id: UUID) -> None:
    """Answer everything right but for one question that is not critical: 11 of 12 points, 91 %."""
    course.answer(person, attempt_id, right=True)
    with app.app_context(), transaction() as session:
        form = assessment.form_items(session, attempt(app, attempt_id).form_id)
        item = next(e.id for e in form if e.critical is None and e.kind != "scenario")
        wrong = answers(session, attempt_id, right=False)[item]
        tests.store_answer(
            session,
            person.viewer,
            attempt_id,
            item,
            wrong,
            tests.Sending("1" * 16, 4000, "en", "script", 1),
            now=clock.now(),
        )


@pytest.mark.parametrize(
    ("at_the_start", "afterwards", "passed"),
    [(0, 0, True), (0, 100, True), (92, 92, False), (92, 0, False)],
)
def test_the_mark_of_the_start_decides_whatever_is_decided_while_the_test_runs(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    at_the_start: int,
    afterwards: int,
    passed: bool,
) -> None:
    def ask_for(percent: int) -> None:
        with app.app_context(), transaction() as session:
            installation.decide(session, {"pass_percent": percent}, now=clock.now())

    small_course.begin(amina)
    small_course.read(amina)
    here = browser(amina)
    ask_for(at_the_start)
    here.post(f"{small_course.url}/tests/post")
    with app.app_context():
        sitting = db.session().scalars(select(Attempt.id)).one()
    ask_for(afterwards)
    nearly_right(app, amina, small_course, sitting)
    here.post(URL.format(sitting))
    made = attempt(app, sitting)
    assert (made.needed, made.percent, made.passed) == (at_the_start or 80, 91, passed)


def test_an_attempt_from_before_marks_were_kept_is_marked_by_the_present_rule(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Attempt).values(needed=None))
        installation.decide(session, {"pass_percent": 92}, now=clock.now())
    nearly_right(app, amina, small_course, sitting)
    browser(amina).post(URL.format(sitting))
    assert attempt(app, sitting).passed is False


def test_a_first_test_passes_and_fails_nobody(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    pre = small_course.start(amina, "pre")
    browser(amina).post(URL.format(pre))
    with app.app_context():
        record = (
            db.session()
            .scalars(
                select(LearningRecord)
                .where(LearningRecord.object == "pre-test")
                .order_by(LearningRecord.site_seq.desc())
            )
            .first()
        )
        progress = db.session().scalars(select(Progress)).one()
        assert record is not None
        assert record.verb == "attempted"
        assert (progress.percent, progress.passed_at) == (None, None)


def test_an_answer_after_the_end_is_kept_and_earns_nothing(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    browser(amina).post(URL.format(sitting))
    small_course.answer(amina, sitting, right=True, now=clock.now() + timedelta(minutes=1))
    browser(amina).post(URL.format(sitting))
    made = attempt(app, sitting)
    assert (made.percent, made.version) == (0, 8)


def test_nobody_hands_in_for_somebody_else(
    app: Flask, browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, sitting: UUID
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).post(URL.format(sitting)).status_code == 404
    assert attempt(app, sitting).state == "open"


def test_nobody_in_particular_is_asked_to_sign_in(app: Flask, browser: Open, sitting: UUID) -> None:
    assert browser(None).post(URL.format(sitting)).status_code == 401
    assert attempt(app, sitting).state == "open"


@pytest.mark.parametrize("number", [uuid4(), UUID(int=0), "1", "x", "%00"])
def test_there_is_no_such_test(browser: Open, amina: Cast, sitting: UUID, number: object) -> None:
    assert browser(amina).post(URL.format(number)).status_code == 404


def test_it_is_no_page(browser: Open, amina: Cast, sitting: UUID) -> None:
    assert browser(amina).get(URL.format(sitting)).status_code == 405


def test_without_the_token_nothing_is_handed_in(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    assert browser(amina).post(URL.format(sitting), token=False).status_code == 400
    assert attempt(app, sitting).state == "open"


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_goes_on_in_the_language_of_the_address(
    browser: Open, amina: Cast, sitting: UUID, language: str
) -> None:
    reply = browser(amina).post(f"/{language}/tests/{sitting}/hand-in")
    assert reply.location == f"/{language}/tests/{sitting}/result"

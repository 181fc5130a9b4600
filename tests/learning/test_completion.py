"""POST /<language>/courses/<slug>/<code>/completion"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment, LearningRecord, Progress
from tests.browser import Browser
from tests.course import LESSONS, SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene/{}/completion"


@pytest.fixture
def begun(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    return small_course


def done(app: Flask, person: Cast) -> list[str]:
    with app.app_context():
        found: list[str] | None = db.session().scalar(
            select(Progress.lessons)
            .join(Enrolment, Enrolment.id == Progress.enrolment_id)
            .where(Enrolment.person_id == person.id)
        )
        return found or []


def test_it_goes_on_to_the_next_lesson(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    reply = browser(amina).post(URL.format("HY-1.1"))

    assert (reply.status_code, reply.location) == (303, "/en/courses/hygiene/HY-1.2")
    assert done(app, amina) == ["HY-1.1"]


def test_sent_twice_it_counts_once(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    replies = [here.post(URL.format("HY-1.1")) for _ in range(2)]

    assert {reply.location for reply in replies} == {"/en/courses/hygiene/HY-1.2"}
    assert done(app, amina) == ["HY-1.1"]


def test_after_the_last_lesson_it_goes_back_to_the_first_gap(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    reply = browser(amina).post(URL.format("HY-2.2"))
    assert reply.location == "/en/courses/hygiene/HY-1.1"


def test_when_all_are_finished_it_goes_to_the_course_and_says_so(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    begun.read(amina, LESSONS[:3])
    here = browser(amina)
    reply = here.post(URL.format("HY-2.2"))

    assert (reply.status_code, reply.location) == (303, "/en/courses/hygiene")
    assert "All lessons are finished." in here.get("/en/courses/hygiene").text
    assert done(app, amina) == list(LESSONS)


def test_after_a_failed_test_it_leads_through_what_was_missed(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    begun.read(amina)
    begun.sit(amina, right=False)
    here = browser(amina)
    for code, following in zip(LESSONS, [*LESSONS[1:], None], strict=True):
        reply = here.post(URL.format(code))
        assert reply.location == "/en/courses/hygiene" + (f"/{following}" if following else "")


def test_a_colleague_and_another_facility_cannot_finish_it_for_somebody(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, daniel: Cast, begun: SmallCourse
) -> None:
    for person in (chipo, daniel):
        assert browser(person).post(URL.format("HY-1.1")).status_code == 404
    assert done(app, amina) == []


def test_a_trainer_and_an_administrator_cannot_either(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, grace: Cast, begun: SmallCourse
) -> None:
    for person in (bolat, grace):
        assert browser(person).post(URL.format("HY-1.1")).status_code == 404
    assert done(app, amina) == []


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    assert browser(None).post(URL.format("HY-1.1")).status_code == 401
    assert done(app, amina) == []


@pytest.mark.parametrize("code", ["HY-9.9", "nothing", "é", "x" * 500])
def test_there_is_no_such_lesson(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse, code: str
) -> None:
    assert browser(amina).post(URL.format(code)).status_code == 404
    assert done(app, amina) == []


def test_there_is_no_such_course(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    reply = browser(amina).post("/en/courses/nothing/HY-1.1/completion")
    assert reply.status_code == 404


def test_a_course_that_was_not_begun_takes_no_completion(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    assert browser(amina).post(URL.format("HY-1.1")).status_code == 404
    assert done(app, amina) == []


def test_it_is_no_page(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).get(URL.format("HY-1.1")).status_code == 405


@pytest.mark.parametrize("token", ["", "x" * 40, "0" * 80, "é" * 40])
def test_without_the_right_token_nothing_is_finished(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse, token: str
) -> None:
    reply = browser(amina).post(URL.format("HY-1.1"), {"csrf_token": token}, token=False)
    assert reply.status_code == 400
    assert done(app, amina) == []


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_goes_on_in_the_language_of_the_address(
    browser: Open, amina: Cast, begun: SmallCourse, language: str
) -> None:
    reply = browser(amina).post(f"/{language}/courses/hygiene/HY-1.1/completion")
    assert reply.location == f"/{language}/courses/hygiene/HY-1.2"


def test_the_record_says_who_what_and_in_which_edition(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    before = clock.now()
    browser(amina).post(URL.format("HY-1.1"))
    with app.app_context():
        record = (
            db.session()
            .scalars(select(LearningRecord).where(LearningRecord.verb == "completed"))
            .one()
        )
        assert (record.person_id, record.object) == (amina.id, "HY-1.1")
        assert record.key == "completed:HY-1.1"
        assert record.edition_id is not None
        assert before <= record.stored_at <= before + timedelta(minutes=1)

"""POST /<language>/courses/<slug>/tests/<test>"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import Person
from lms.accounts.rules import SERVER
from lms.assessment.models import Attempt, Form
from lms.db import transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.kernel import clock
from lms.learning import actions
from tests.browser import Browser
from tests.course import SLOT, SmallCourse, publish_small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
PRE, POST = "/en/courses/hygiene/tests/pre", "/en/courses/hygiene/tests/post"


@pytest.fixture
def read(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    small_course.read(amina)
    return small_course


def attempts(app: Flask) -> list[Attempt]:
    with app.app_context():
        return list(db.session().scalars(select(Attempt).order_by(Attempt.opened_at)))


def test_it_draws_a_form_and_opens_the_test(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    reply = browser(amina).post(POST)

    [made] = attempts(app)
    assert (reply.status_code, reply.location) == (303, f"/en/tests/{made.id}")
    assert (made.person_id, made.test, made.number, made.state) == (amina.id, "post", 1, "open")
    assert made.closes_at is None
    with app.app_context():
        form = db.session().get_one(Form, made.form_id)
        assert len(form.items) == 8


def test_a_pass_mark_decided_a_moment_ago_counts(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    here = browser(amina)
    page = here.get(POST).text
    with app.app_context(), transaction() as session:
        installation.decide(session, {"pass_percent": 85}, now=clock.now())

    reply = here.post(POST, {"told": re.findall(r'name="told" value="(\d+)"', page)[0]})
    assert reply.status_code == 409
    assert "was changed to 85 %" in reply.text
    assert here.post(POST).status_code == 303
    assert [each.needed for each in attempts(app)] == [85]


def test_sent_twice_it_opens_one_test(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    here = browser(amina)
    assert here.post(POST).location == here.post(POST).location
    assert len(attempts(app)) == 1


def test_a_second_attempt_is_drawn_anew_and_asks_a_critical_question_again(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    before = clock.now() - timedelta(days=3)
    small_course.begin(amina, now=before)
    small_course.read(amina, now=before)
    small_course.sit(amina, right=False, now=before)
    small_course.read(amina)
    assert browser(amina).post(POST).status_code == 303

    first, second = attempts(app)
    assert second.number == 2
    assert first.secret != second.secret
    with app.app_context():
        drawn = [
            {each["item"] for each in db.session().get_one(Form, made.form_id).items}
            for made in (first, second)
        ]
    assert drawn[0] != drawn[1]
    critical = {"HY-1-001", "HY-1-002", "HY-1-003"}
    assert drawn[0] & critical
    assert drawn[1] & critical
    assert SLOT == "clean-hands"


def test_the_first_test_and_the_first_final_one_share_no_question(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    here = browser(amina)
    here.post(PRE)
    here.post(POST)
    with app.app_context():
        pre, post = [
            {each["item"] for each in form.items}
            for form in db.session().scalars(select(Form).order_by(Form.made_at))
        ]
    assert not pre & post


def test_the_first_test_is_taken_once(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    read.sit(amina, "pre", right=True)
    reply = browser(amina).post(PRE)
    assert reply.status_code == 409
    assert "You have taken this test." in reply.text
    assert len(attempts(app)) == 1


def test_the_first_test_needs_no_lesson(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    assert browser(amina).post(PRE).status_code == 303


def test_the_final_test_needs_every_lesson(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina, ["HY-1.1", "HY-1.2", "HY-2.1"])
    reply = browser(amina).post(POST)
    assert reply.status_code == 409
    assert "Still to read: HY-2.2" in reply.text
    assert attempts(app) == []


def test_after_a_failed_test_the_pause_and_the_lessons_come_first(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    read.sit(amina, right=False)
    here = browser(amina)
    assert "read the lessons of the modules that you missed" in here.post(POST).text
    read.read(amina)
    assert "You may try again from" in here.post(POST).text
    assert len(attempts(app)) == 1


def test_a_granted_attempt_is_used_up_by_the_test_that_needs_it(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    read.sit(amina, right=False)
    read.read(amina)
    with app.app_context(), transaction() as session:
        grant = actions.grant_attempt(
            session, SERVER, amina.id, "hygiene", "power cut", now=clock.now()
        )
    assert browser(amina).post(POST).status_code == 303
    first, second = attempts(app)
    assert (first.grant_id, second.grant_id) == (None, grant)


def test_who_has_passed_takes_no_other(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    assert browser(amina).post(POST).status_code == 409
    assert len(attempts(app)) == 1


@pytest.mark.parametrize(("extra", "minutes"), [(0, 20), (50, 30)])
def test_a_time_limit_is_longer_for_who_needs_it_and_ends_by_itself(
    app: Flask, browser: Open, amina: Cast, extra: int, minutes: int
) -> None:
    timed = publish_small(app, minutes=20)
    timed.begin(amina)
    timed.read(amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Person).where(Person.id == amina.id).values(extra_time=extra))
    browser(amina).post(POST)

    [made] = attempts(app)
    assert made.closes_at is not None
    assert made.closes_at - made.opened_at == timedelta(minutes=minutes)
    with app.app_context():
        job = db.session().scalars(select(Job).where(Job.kind == actions.CLOSE)).one()
        assert job.due_at > made.closes_at


def test_it_starts_only_in_a_language_in_which_every_question_is_there(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    here = browser(amina)
    reply = here.post("/fr/courses/hygiene/tests/post")
    assert reply.status_code == 409
    assert attempts(app) == []
    reply = here.post("/ar/courses/hygiene/tests/post")
    [made] = attempts(app)
    assert (reply.location, made.language) == (f"/ar/tests/{made.id}", "ar")


def test_a_colleague_and_another_facility_start_nobody_elses_test(
    app: Flask,
    browser: Open,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    read: SmallCourse,
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).post(POST).status_code == 404
    assert attempts(app) == []


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, read: SmallCourse
) -> None:
    assert browser(None).post(POST).status_code == 401
    assert attempts(app) == []


def test_without_the_token_nothing_starts(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    assert browser(amina).post(POST, token=False).status_code == 400
    assert attempts(app) == []


@pytest.mark.parametrize("path", ["hygiene/tests/other", "nothing/tests/post"])
def test_there_is_no_such_test(browser: Open, amina: Cast, read: SmallCourse, path: str) -> None:
    assert browser(amina).post(f"/en/courses/{path}").status_code == 404


def test_it_takes_no_other_method(browser: Open, amina: Cast, read: SmallCourse) -> None:
    here = browser(amina)
    headers = {"X-CSRF-Token": here.csrf_token()}
    assert here.client.put(POST, headers=headers).status_code == 405

"""POST /<language>/courses/<slug>/begin"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.extensions import db
from lms.learning.models import Enrolment, LearningRecord
from tests.browser import Browser
from tests.course import SmallCourse, publish_small, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene/begin"


def enrolments(app: Flask) -> list[Enrolment]:
    with app.app_context():
        return list(db.session().scalars(select(Enrolment).order_by(Enrolment.made_at)))


def test_it_enrols_pins_the_edition_and_opens_the_first_lesson(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    reply = browser(amina).post(URL)

    assert (reply.status_code, reply.location) == (303, "/en/courses/hygiene/HY-1.1")
    [made] = enrolments(app)
    assert (made.person_id, made.course_id, made.route) == (amina.id, "C90", "self")
    assert made.number == 1
    assert made.begun_at is not None


def test_it_can_begin_with_the_first_test(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    reply = browser(amina).post(URL, {"test": "pre"})

    assert (reply.status_code, reply.location) == (303, "/en/courses/hygiene/tests/pre")
    assert enrolments(app)[0].begun_at is not None


@pytest.mark.parametrize("test", ["post", "PRE", "x" * 200, "/elsewhere"])
def test_another_test_is_none_to_begin_with(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, test: str
) -> None:
    assert browser(amina).post(URL, {"test": test}).status_code == 404
    assert enrolments(app) == []


def test_said_twice_it_is_begun_once(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    here = browser(amina)
    first = here.post(URL)
    begun = enrolments(app)[0].begun_at
    again = here.post(URL)

    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert [each.begun_at for each in enrolments(app)] == [begun]
    with app.app_context():
        assert [each.verb for each in db.session().scalars(select(LearningRecord))] == ["launched"]


def test_everybody_begins_for_themselves(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, daniel: Cast, small_course: SmallCourse
) -> None:
    for person in (amina, chipo, daniel):
        assert browser(person).post(URL).status_code == 303

    assert {each.person_id for each in enrolments(app)} == {amina.id, chipo.id, daniel.id}


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, small_course: SmallCourse
) -> None:
    assert browser(None).post(URL).status_code == 401
    assert enrolments(app) == []


def test_a_disabled_person_is_nobody(
    app: Flask, browser: Open, farida: Cast, small_course: SmallCourse
) -> None:
    assert browser(farida).post(URL).status_code == 401
    assert enrolments(app) == []


def test_there_is_no_such_course(browser: Open, amina: Cast, small_course: SmallCourse) -> None:
    assert browser(amina).post("/en/courses/nothing/begin").status_code == 404


@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_course_by_list_is_not_there_for_who_is_not_on_it(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, access: str
) -> None:
    set_access(app, "hygiene", access)
    assert browser(amina).post(URL).status_code == 404
    assert enrolments(app) == []


def test_without_the_token_nothing_is_begun(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    assert browser(amina).post(URL, token=False).status_code == 400
    assert enrolments(app) == []


def test_opening_the_address_begins_nothing(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    # A lesson might be called so; this course has none.
    browser(amina).get(URL)
    assert enrolments(app) == []


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_goes_on_in_the_language_of_the_address(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str
) -> None:
    reply = browser(amina).post(f"/{language}/courses/hygiene/begin")
    assert reply.location == f"/{language}/courses/hygiene/HY-1.1"


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Hygiene on shift"), ("ar", "النظافة في المناوبة")]
)
def test_what_must_be_passed_before_is_named_in_the_language_of_the_page(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, language: str, title: str
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene", "not-here"))
    reply = browser(amina).post(f"/{language}/courses/kitchen/begin")

    assert reply.status_code == 409
    assert f"{title} · not-here" in reply.text
    assert enrolments(app) == []


def test_after_passing_what_comes_before_it_can_be_begun(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene",))
    small_course.pass_it(amina)

    assert browser(amina).post("/en/courses/kitchen/begin").status_code == 303


def test_a_restricted_course_that_comes_before_is_not_named_by_its_title(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene",))
    set_access(app, "hygiene", "restricted")
    reply = browser(amina).post("/en/courses/kitchen/begin")

    assert reply.status_code == 409
    assert "Hygiene on shift" not in reply.text

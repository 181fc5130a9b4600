"""POST /<language>/courses/<slug>/place"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.extensions import db
from lms.learning.models import Enrolment, LearningRecord, Progress
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene/place"
GOOD = {"lesson": "HY-1.2", "section": "hy12-1", "seconds": "40", "page": "a" * 16, "n": "1"}


@pytest.fixture
def begun(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    return small_course


def stopped(app: Flask, person: Cast) -> tuple[Any, ...]:
    with app.app_context():
        row = (
            db.session()
            .execute(
                select(Progress.lesson, Progress.section, Progress.seconds)
                .join(Enrolment, Enrolment.id == Progress.enrolment_id)
                .where(Enrolment.person_id == person.id)
            )
            .one()
        )
        return tuple(row)


NOWHERE = (None, None, None)


def test_it_keeps_where_reading_stopped_and_for_how_long(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    reply = browser(amina).post(URL, dict(GOOD))

    assert (reply.status_code, reply.data) == (204, b"")
    assert stopped(app, amina) == ("HY-1.2", "hy12-1", 40)
    home = browser(amina).get("/en/home").text
    assert "/en/courses/hygiene/HY-1.2#hy12-1" in home


def test_sent_twice_it_counts_once(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    for _ in range(2):
        assert here.post(URL, dict(GOOD)).status_code == 204
    assert stopped(app, amina)[2] == 40
    here.post(URL, {**GOOD, "n": "2", "seconds": "5"})
    assert stopped(app, amina)[2] == 45


def test_nobody_reads_longer_than_an_hour_in_one_go(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    browser(amina).post(URL, {**GOOD, "seconds": "80000"})
    assert stopped(app, amina)[2] == 3600


def test_it_may_leave_out_the_section(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    browser(amina).post(URL, {**GOOD, "section": ""})
    assert stopped(app, amina) == ("HY-1.2", None, 40)


def test_the_token_may_come_as_a_header(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    reply = here.post(URL, dict(GOOD), token=False, headers={"X-CSRF-Token": here.csrf_token()})
    assert reply.status_code == 204


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lesson", ""),
        ("lesson", "x" * 21),
        ("section", "a b"),
        ("section", "<b>"),
        ("section", "x" * 61),
        ("section", "é"),
        ("seconds", ""),
        ("seconds", "-1"),
        ("seconds", "86401"),
        ("seconds", "1.5"),
        ("seconds", "many"),
        ("page", ""),
        ("page", "short"),
        ("page", "x" * 41),
        ("page", "not a page"),
        ("n", ""),
        ("n", "0"),
        ("n", "100001"),
        ("n", "one"),
    ],
)
def test_a_field_that_cannot_be_is_refused(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse, name: str, value: str
) -> None:
    assert browser(amina).post(URL, {**GOOD, name: value}).status_code == 422
    assert stopped(app, amina) == NOWHERE


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"section"}))
def test_a_field_that_is_missing_is_refused(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse, name: str
) -> None:
    sent = {field: value for field, value in GOOD.items() if field != name}
    assert browser(amina).post(URL, sent).status_code == 422
    assert stopped(app, amina) == NOWHERE


def test_there_is_no_such_lesson(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    assert browser(amina).post(URL, {**GOOD, "lesson": "HY-9.9"}).status_code == 404
    assert stopped(app, amina) == NOWHERE


def test_there_is_no_such_course(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).post("/en/courses/nothing/place", dict(GOOD)).status_code == 404


def test_a_colleague_and_another_facility_move_nobody_elses_place(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, daniel: Cast, begun: SmallCourse
) -> None:
    begun.begin(daniel)
    assert browser(chipo).post(URL, dict(GOOD)).status_code == 404
    assert browser(daniel).post(URL, dict(GOOD)).status_code == 204
    assert stopped(app, amina) == NOWHERE


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    assert browser(None).post(URL, dict(GOOD)).status_code == 401
    with app.app_context():
        verbs = db.session().scalars(select(LearningRecord.verb)).all()
    assert verbs == ["launched"]


def test_without_the_token_nothing_is_kept(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    assert browser(amina).post(URL, dict(GOOD), token=False).status_code == 400
    assert stopped(app, amina) == NOWHERE


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_is_taken_from_a_page_in_every_language(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse, language: str
) -> None:
    reply = browser(amina).post(f"/{language}/courses/hygiene/place", dict(GOOD))
    assert reply.status_code == 204

"""/<language>/courses/<slug>/<code>/report: a reader says what is unclear or wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid1, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import RequestKey
from lms.audit.models import AuditRow as Audit
from lms.db import reading
from lms.kernel import clock
from lms.learning.reporting import views
from lms.learning.reporting.models import ReaderReport
from lms.learning.reporting.rules import MOST_IN_AN_HOUR, Pace
from tests.browser import Browser
from tests.course import SmallCourse, set_access, small_course
from tests.people import Cast

__all__ = ["small_course"]
Open = Callable[[Cast | None], Browser]
LESSON = "/en/courses/hygiene/HY-1.1"
URL = f"{LESSON}/report"


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PACE", Pace())


@pytest.fixture
def begun(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    return small_course


def said(**more: Any) -> dict[str, Any]:
    return {"nameless": str(uuid4()), "block": "", "kind": "wrong", "text": "Not so."} | more


def kept(app: Flask) -> list[ReaderReport]:
    with app.app_context():
        return list(reading().scalars(select(ReaderReport).order_by(ReaderReport.text)))


def test_a_lesson_leads_to_it(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert f'href="{URL}"' in browser(amina).get(LESSON).text


def test_it_offers_the_parts_of_the_lesson(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    page = browser(amina).get(URL).text

    assert '<option value="hy11-2">' in page
    assert page.count('type="radio"') == 3


def test_it_is_kept_with_section_edition_language_and_day_and_without_a_name(
    browser: Open, amina: Cast, begun: SmallCourse, app: Flask
) -> None:
    with app.app_context():
        before = len(reading().scalars(select(Audit.id)).all())
    here = browser(amina)
    reply = here.post(URL, said(block="hy11-2", kind="not-here"))

    assert (reply.status_code, reply.location) == (303, URL)
    [row] = kept(app)
    assert (row.course_id, row.number, row.revision) == ("C90", 1, 0)
    assert (row.lesson, row.block, row.language) == ("HY-1.1", "hy11-2", "en")
    assert (row.kind, row.text, row.on) == ("not-here", "Not so.", clock.now().date())
    assert (row.closed_by, row.closed_at) == (None, None)
    assert "It carries no name." in here.get(URL).text
    with app.app_context():
        assert reading().scalars(select(RequestKey)).all() == []
        assert len(reading().scalars(select(Audit.id)).all()) == before


def test_it_knows_the_language_in_which_was_read(
    browser: Open, amina: Cast, begun: SmallCourse, app: Flask
) -> None:
    browser(amina).post(URL.replace("/en/", "/ar/"), said())

    assert kept(app)[0].language == "ar"


def test_sent_twice_it_counts_once(
    browser: Open, amina: Cast, begun: SmallCourse, app: Flask
) -> None:
    here, fields = browser(amina), said()
    for _ in range(MOST_IN_AN_HOUR + 2):
        assert here.post(URL, fields).status_code == 303

    assert len(kept(app)) == 1


def test_each_page_makes_its_own_id(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    here = browser(amina)
    made = [
        re.findall(r'name="nameless"[^>]* value="([0-9a-f-]{36})"', here.get(URL).text)
        for _ in range(2)
    ]

    assert len(made[0]) == len(made[1]) == 1
    assert made[0] != made[1]


def test_after_ten_within_an_hour_the_next_one_waits(
    browser: Open, amina: Cast, chipo: Cast, begun: SmallCourse, app: Flask
) -> None:
    begun.begin(chipo)
    here = browser(amina)
    for _ in range(MOST_IN_AN_HOUR):
        assert here.post(URL, said()).status_code == 303
    reply = here.post(URL, said(text="the eleventh"))

    assert reply.status_code == 429
    assert "the eleventh" in reply.text
    assert len(kept(app)) == MOST_IN_AN_HOUR
    assert browser(chipo).post(URL, said()).status_code == 303


def test_an_hour_later_it_is_heard_again() -> None:
    pace = Pace()
    assert [pace.take(1, 10.0 * each) for each in range(11)] == [True] * 10 + [False]
    assert pace.take(2, 101.0)
    assert pace.take(1, 3601.0)
    assert not pace.take(1, 3602.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "boring"},
        {"block": "hy12-1"},
        {"block": "x" * 80},
        {"text": "long " * 101},
        {"text": "words \u202e turned"},
        {"text": "a\0b"},
        {"nameless": ""},
        {"nameless": "x"},
        {"nameless": str(uuid1())},
    ],
)
def test_a_wrong_field_is_refused_with_what_was_typed(
    browser: Open, amina: Cast, begun: SmallCourse, app: Flask, wrong: dict[str, str]
) -> None:
    reply = browser(amina).post(URL, said(**wrong))

    assert reply.status_code == 422
    assert wrong.get("text", "Not so.").strip() in reply.text or "\0" in wrong.get("text", "")
    assert kept(app) == []


def test_what_is_typed_is_never_markup(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    evil = "</textarea><script>alert(1)</script>"
    assert "<script>alert" not in browser(amina).post(URL, said(text=evil, kind="")).text


def test_who_has_not_begun_is_led_to_the_course(
    browser: Open, chipo: Cast, begun: SmallCourse, app: Flask
) -> None:
    for reply in (browser(chipo).get(URL), browser(chipo).post(URL, said())):
        assert (reply.status_code, reply.location) == (302, "/en/courses/hygiene")
    assert kept(app) == []


def test_a_restricted_course_is_not_there_for_a_stranger(
    browser: Open, amina: Cast, chipo: Cast, begun: SmallCourse, app: Flask
) -> None:
    set_access(app, "hygiene", "restricted")

    assert browser(chipo).get(URL).status_code == 404
    assert browser(chipo).post(URL, said()).status_code == 404
    assert browser(amina).post(URL, said()).status_code == 303


def test_nobody_in_particular_is_asked_to_sign_in(
    browser: Open, begun: SmallCourse, app: Flask
) -> None:
    assert browser(None).get(URL).status_code == 401
    assert browser(None).post(URL, said()).status_code in {401, 403}
    assert kept(app) == []


def test_there_is_no_such_lesson(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    for path in ("hygiene/HY-9.9", "nothing/HY-1.1"):
        assert browser(amina).get(f"/en/courses/{path}/report").status_code == 404
        assert browser(amina).post(f"/en/courses/{path}/report", said()).status_code == 404


def test_no_other_method(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    here = browser(amina)
    assert here.client.put(URL, data={"csrf_token": here.csrf_token()}).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_is_there_in_every_language(
    browser: Open, amina: Cast, begun: SmallCourse, language: str
) -> None:
    assert browser(amina).get(URL.replace("/en/", f"/{language}/")).status_code == 200

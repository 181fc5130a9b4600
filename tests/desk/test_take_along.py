"""GET /<language>/courses/<slug>/take-along"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.accounts.rules import SERVER
from lms.db import transaction
from lms.kernel import clock
from lms.learning import actions
from tests.browser import Browser
from tests.course import LESSONS, SECRET, SmallCourse, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene/take-along"


def get(here: Browser, path: str = URL) -> TestResponse:
    """Fetch the file past the promises of pages: it carries its own style and script."""
    return here.client.get(path)


def test_it_sends_the_whole_course_as_one_file(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    reply = get(browser(amina))
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"] == 'attachment; filename="hygiene-en.html"'
    for code in LESSONS:
        assert f"Lesson {code}" in reply.text
    assert "1.0" in reply.text


def test_the_file_asks_nobody_for_anything(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = get(browser(amina)).text
    assert not re.findall(r"""(?:src|href|action)=["'](?!#|https?://)[^"']*""", page)
    assert not re.findall(r"<(?:script|img|link|form)[^>]*(?:src|href|action)=", page)
    assert "default-src 'none'" in unescape(page)


def test_no_question_of_the_bank_is_in_it(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = get(browser(amina)).text
    assert "What comes first HY-1.1?" in page
    assert "HY-1-001" not in page
    assert SECRET not in page


def test_everybody_takes_an_open_course_along(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, small_course: SmallCourse
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert get(browser(person)).status_code == 200


def test_it_names_nobody(browser: Open, amina: Cast, small_course: SmallCourse) -> None:
    small_course.pass_it(amina)
    here = browser(amina)
    page = get(here).text
    assert "Amina" not in page
    assert here.csrf_token() not in page


def test_nobody_takes_a_restricted_course_along(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    set_access(app, "hygiene", "restricted")
    assert get(browser(amina)).status_code == 404


def test_a_listed_course_goes_with_those_on_the_list(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    set_access(app, "hygiene", "listed")
    with app.app_context(), transaction() as session:
        actions.enrol(session, amina.id, "C90", route="list", by=SERVER, now=clock.now())
    assert get(browser(amina)).status_code == 200
    assert get(browser(chipo)).status_code == 404


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, small_course: SmallCourse) -> None:
    assert get(browser(None)).status_code == 401


def test_there_is_no_such_course(browser: Open, amina: Cast, small_course: SmallCourse) -> None:
    assert get(browser(amina), "/en/courses/nothing/take-along").status_code == 404


def test_it_only_sends(browser: Open, amina: Cast, small_course: SmallCourse) -> None:
    assert browser(amina).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_there_is_a_file_for_every_language(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str
) -> None:
    reply = get(browser(amina), f"/{language}/courses/hygiene/take-along")
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in reply.text
    assert f"hygiene-{language}.html" in reply.headers["Content-Disposition"]

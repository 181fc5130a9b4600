"""GET /<language>/courses/<slug>/<code>/print and GET /<language>/courses/<slug>/print"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browser import Browser
from tests.course import LESSONS, SmallCourse, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
LESSON, COURSE = "/en/courses/hygiene/HY-1.1/print", "/en/courses/hygiene/print"


def test_a_lesson_goes_on_paper_alone(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = browser(amina).get(LESSON)
    assert page.status_code == 200
    assert "HY-1.1 Lesson HY-1.1" in page.text
    assert "HY-1.2" not in page.text


def test_a_course_goes_on_paper_in_the_order_in_which_it_is_taught(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = browser(amina).get(COURSE).text
    places = [page.index(f"{code} Lesson {code}") for code in LESSONS]
    assert places == sorted(places)


@pytest.mark.parametrize("path", [LESSON, COURSE])
def test_no_question_of_the_bank_goes_on_that_paper(
    browser: Open, amina: Cast, small_course: SmallCourse, path: str
) -> None:
    page = browser(amina).get(path).text
    assert "HY-1-0" not in page
    assert "Because the manual says so" not in page


@pytest.mark.parametrize("path", [LESSON, COURSE])
def test_everybody_may_print_an_open_course_begun_or_not(
    browser: Open,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    small_course: SmallCourse,
    path: str,
) -> None:
    small_course.begin(amina)
    for person in (amina, chipo, daniel, bolat, grace):
        assert browser(person).get(path).status_code == 200


@pytest.mark.parametrize("path", [LESSON, COURSE])
@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_course_by_list_is_not_there_for_who_is_not_on_it(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    small_course: SmallCourse,
    access: str,
    path: str,
) -> None:
    small_course.begin(amina)
    set_access(app, "hygiene", access)
    assert browser(chipo).get(path).status_code == 404
    assert browser(amina).get(path).status_code == 200


@pytest.mark.parametrize("path", [LESSON, COURSE])
def test_nobody_in_particular_is_asked_to_sign_in(
    browser: Open, small_course: SmallCourse, path: str
) -> None:
    assert browser(None).get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/en/courses/hygiene/HY-9.9/print",
        "/en/courses/nothing/HY-1.1/print",
        "/en/courses/nothing/print",
    ],
)
def test_there_is_no_such_thing(
    browser: Open, amina: Cast, small_course: SmallCourse, path: str
) -> None:
    assert browser(amina).get(path).status_code == 404


@pytest.mark.parametrize("path", [LESSON, COURSE])
def test_it_only_shows(browser: Open, amina: Cast, small_course: SmallCourse, path: str) -> None:
    assert browser(amina).post(path).status_code == 405


@pytest.mark.parametrize("path", ["HY-1.1/print", "print"])
@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_paper_speaks_every_language_in_its_direction(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str, path: str
) -> None:
    page = browser(amina).get(f"/{language}/courses/hygiene/{path}").text
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page

"""GET /<language>/courses/<slug>/tests/<test>"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms import installation
from lms.db import transaction
from lms.kernel import clock
from tests.browser import Browser
from tests.course import SmallCourse, publish_small, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
PRE, POST = "/en/courses/hygiene/tests/pre", "/en/courses/hygiene/tests/post"


@pytest.fixture
def read(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    small_course.read(amina)
    return small_course


def test_the_first_test_says_that_it_closes_nothing(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    page = browser(amina).get(PRE).text
    assert "It has no pass mark and closes nothing." in page
    assert "4 questions" in page
    assert "Start the test" in page


def test_the_final_test_says_its_rule_before_it_starts(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    page = browser(amina).get(POST).text
    assert "reach at least 80 % and answer every critical question right" in page
    assert "8 questions" in page
    assert "no time limit; it takes about 10 minutes" in page
    assert "3 attempts left" in page
    assert f'action="{POST}"' in page


def test_a_floor_of_the_installation_above_the_course_counts(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"pass_floor": 95}, now=clock.now())
    assert "reach at least 95 %" in browser(amina).get(POST).text


def test_a_time_limit_is_said(app: Flask, browser: Open, amina: Cast) -> None:
    timed = publish_small(app, minutes=20)
    timed.begin(amina)
    timed.read(amina)
    assert "time limit: 20 minutes" in browser(amina).get(POST).text


def test_while_lessons_are_missing_it_names_them(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina, ["HY-1.1"])
    page = browser(amina).get(POST).text
    assert "Still to read: Lesson HY-1.2 · Lesson HY-2.1 · Lesson HY-2.2." in page
    assert "Start the test" not in page


def test_in_the_pause_it_says_from_when(browser: Open, amina: Cast, read: SmallCourse) -> None:
    read.sit(amina, right=False)
    read.read(amina)
    page = browser(amina).get(POST).text
    assert "You may try again from" in page
    assert "Start the test" not in page


def test_when_all_attempts_are_used_it_says_so(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    long_ago = clock.now() - timedelta(days=20)
    small_course.begin(amina, now=long_ago)
    small_course.read(amina, now=long_ago)
    for days in (9, 6, 3):
        moment = clock.now() - timedelta(days=days)
        small_course.sit(amina, right=False, now=moment)
        small_course.read(amina, now=moment)
    page = browser(amina).get(POST).text
    assert "All attempts are used." in page
    assert "Start the test" not in page


@pytest.mark.parametrize(("test", "path"), [("pre", PRE), ("post", POST)])
def test_an_open_test_is_continued(
    browser: Open, amina: Cast, read: SmallCourse, test: str, path: str
) -> None:
    read.start(amina, test)
    page = browser(amina).get(path).text
    assert "Continue the test" in page
    assert "Start the test" not in page


def test_a_first_test_that_was_taken_is_not_offered_again(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    read.sit(amina, "pre", right=True)
    page = browser(amina).get(PRE).text
    assert "You have taken this test." in page
    assert "Start the test" not in page


def test_in_a_language_without_its_questions_it_says_to_choose_another(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    here = browser(amina)
    assert f'action="/fr{POST[3:]}"' not in here.get(f"/fr{POST[3:]}").text
    assert f'action="/ar{POST[3:]}"' in here.get(f"/ar{POST[3:]}").text


def test_a_colleague_and_another_facility_are_asked_to_begin_themselves(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, read: SmallCourse
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).get(POST).status_code == 404


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, read: SmallCourse) -> None:
    assert browser(None).get(POST).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/en/courses/hygiene/tests/other",
        "/en/courses/hygiene/tests/refresher",
        "/en/courses/nothing/tests/post",
        "/en/courses/hygiene/tests/",
    ],
)
def test_there_is_no_such_test(browser: Open, amina: Cast, read: SmallCourse, path: str) -> None:
    assert browser(amina).get(path).status_code == 404


def test_a_restricted_course_is_there_for_who_takes_it(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    set_access(app, "hygiene", "restricted")
    assert browser(amina).get(POST).status_code == 200


@pytest.mark.parametrize("path", [PRE, POST])
@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_both_tests_speak_every_language(
    browser: Open, amina: Cast, read: SmallCourse, language: str, path: str
) -> None:
    assert browser(amina).get(f"/{language}{path[3:]}").status_code == 200

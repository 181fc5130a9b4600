"""GET /<language>/tests/<attempt>/result"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from lms.accounts.rules import SERVER
from lms.db import transaction
from lms.kernel import clock
from lms.learning import actions
from tests.browser import Browser
from tests.course import SECRET, SmallCourse, set_access
from tests.kept import kept
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}/result"
SEED = "b"


@pytest.fixture
@kept
def read(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    long_ago = clock.now() - timedelta(days=25)
    small_course.begin(amina, now=long_ago)
    small_course.read(amina, now=long_ago)
    return small_course


def fail_times(course: SmallCourse, person: Cast, times: int) -> list[UUID]:
    """Let somebody fail so often, three days apart, and read everything again each time."""
    failed = []
    for number in range(times, 0, -1):
        moment = clock.now() - timedelta(days=3 * number)
        failed.append(course.sit(person, right=False, now=moment))
        course.read(person, now=moment)
    return failed


def test_a_passed_test_says_so_and_leads_to_the_certificate(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.sit(amina, right=True)
    page = browser(amina).get(URL.format(attempt)).text
    assert "Passed: 100 %" in page
    assert 'href="/en/courses/hygiene/certificate"' in page
    assert "None: every question was right." in page
    assert page.count("<bdi>100 %</bdi>") == 2


def test_a_failed_test_names_the_questions_and_where_each_is_taught_but_no_answer(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.sit(amina, right=False)
    page = browser(amina).get(URL.format(attempt)).text
    assert "Not yet: 0 %. At least 80 % is needed." in page
    assert re.search("critical questions? (?:was|were) not right", page)
    assert page.count("What comes first (HY-") == 8
    for number in range(1, 9):
        assert f"Question {number}" in page
    assert 'href="/en/courses/hygiene/HY-1.1#hy11-1"' in page
    assert SECRET not in page
    assert "Show the answer" not in page
    assert "The right answers are shown when you have passed" in page


def test_an_empty_test_says_what_was_not_answered(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.start(amina)
    read.hand_in(amina, attempt)
    assert browser(amina).get(URL.format(attempt)).text.count("not answered") == 8


def test_when_no_attempt_is_left_the_right_answers_are_shown(
    browser: Open, amina: Cast, read: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A seed whose third form asks every kind of question that is looked for below.
    monkeypatch.setattr("secrets.token_hex", lambda size: SEED * size)
    *_, last = fail_times(read, amina, 3)
    page = browser(amina).get(URL.format(last)).text
    assert page.count("Show the answer") == 8
    assert SECRET in page
    assert "<li>True</li>" in page  # whether a statement is true, not its reason alone
    assert re.search(r"<ol>(<li>[^<]+</li>){3,}</ol>", page)
    assert "All attempts are used." in page


def test_while_another_test_is_open_no_right_answer_of_an_earlier_one_is_shown(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    first, second = fail_times(read, amina, 2)
    read.start(amina)
    here = browser(amina)
    for attempt in (first, second):
        page = here.get(URL.format(attempt)).text
        assert SECRET not in page
        assert "Show the answer" not in page


def test_a_granted_attempt_hides_the_right_answers_again(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    *_, last = fail_times(read, amina, 3)
    with app.app_context(), transaction() as session:
        actions.grant_attempt(session, SERVER, amina.id, "hygiene", "illness", now=clock.now())
    assert SECRET not in browser(amina).get(URL.format(last)).text


def test_who_has_passed_sees_the_right_answers_of_earlier_tests_too(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    [failed] = fail_times(read, amina, 1)
    read.sit(amina, right=True)
    page = browser(amina).get(URL.format(failed)).text
    assert page.count("Show the answer") == 8
    assert "The right way" in page


def test_a_first_test_is_a_profile_without_single_answers(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.sit(amina, "pre", right=False)
    page = browser(amina).get(URL.format(attempt)).text
    assert "This is where you stand before the course." in page
    assert "Module HY-1" in page
    assert "What comes first" not in page
    assert SECRET not in page


def test_an_open_test_has_no_result_yet(browser: Open, amina: Cast, read: SmallCourse) -> None:
    attempt = read.start(amina)
    reply = browser(amina).get(URL.format(attempt))
    assert (reply.status_code, reply.location) == (302, f"/en/tests/{attempt}")


def test_a_result_is_for_its_owner_alone(
    browser: Open,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    read: SmallCourse,
) -> None:
    attempt = read.sit(amina, right=True)
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).get(URL.format(attempt)).status_code == 404


def test_nobody_in_particular_is_asked_to_sign_in(
    browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.sit(amina, right=True)
    assert browser(None).get(URL.format(attempt)).status_code == 401


@pytest.mark.parametrize("number", [uuid4(), "1", "x"])
def test_there_is_no_such_result(
    browser: Open, amina: Cast, read: SmallCourse, number: object
) -> None:
    assert browser(amina).get(URL.format(number)).status_code == 404


def test_it_only_shows(browser: Open, amina: Cast, read: SmallCourse) -> None:
    attempt = read.sit(amina, right=True)
    assert browser(amina).post(URL.format(attempt)).status_code == 405


def test_a_restricted_course_keeps_its_results_for_who_took_it(
    app: Flask, browser: Open, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.sit(amina, right=True)
    set_access(app, "hygiene", "restricted")
    assert browser(amina).get(URL.format(attempt)).status_code == 200


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_a_result_speaks_every_language(
    browser: Open, amina: Cast, read: SmallCourse, language: str, right: bool
) -> None:
    attempt = read.sit(amina, right=right)
    page = browser(amina).get(f"/{language}/tests/{attempt}/result")
    assert page.status_code == 200
    if not right:
        assert ("ما الذي يأتي أولا" in page.text) is (language == "ar")

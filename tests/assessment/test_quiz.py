"""GET /<language>/tests/<attempt>"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.assessment.said import fields_of
from tests.browser import Browser
from tests.course import SECRET, SmallCourse, publish_small, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}"


def items(page: str) -> list[str]:
    return re.findall(r'<fieldset class="q" id="q-([^"]+)"', page)


def test_it_shows_the_whole_test_in_one_page(browser: Open, amina: Cast, sitting: UUID) -> None:
    page = browser(amina).get(URL.format(sitting)).text
    assert len(items(page)) == len(set(items(page))) == 8
    assert "Final test" in page
    assert "no time limit" in page
    assert "Question 8 of 8" in page


def test_there_is_a_save_button_after_five_questions(
    browser: Open, amina: Cast, sitting: UUID
) -> None:
    page = browser(amina).get(URL.format(sitting)).text
    assert page.count("Save and continue</button>") == 1
    assert f'value="q-{items(page)[5]}">Save and continue' in page


def test_nothing_in_it_tells_which_answer_is_right(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    page = browser(amina).get(URL.format(sitting)).text
    assert SECRET not in page
    assert SECRET not in str(browser(amina).get(URL.format(sitting)).headers)
    for word in ("right=", "correct", "tolerance", "checked"):
        assert word not in page
    # Letters never leave: a value is a code of this attempt, a place in an order, or nothing.
    values = re.findall(r'<(?:input type="(?:radio|checkbox)"[^>]*|option) value="([^"]*)"', page)
    assert values
    assert [value for value in values if not re.fullmatch(r"[i-z]?", value)] == []


def test_two_people_get_different_codes_for_the_same_question(
    browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.begin(chipo)
    small_course.read(chipo)
    other = small_course.start(chipo)
    pages = [
        browser(amina).get(URL.format(sitting)).text,
        browser(chipo).get(URL.format(other)).text,
    ]
    codes = [set(re.findall(r'value="([0-9a-f]{8})"', page)) for page in pages]
    assert not codes[0] & codes[1]


def test_what_was_answered_is_shown_on_any_machine(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=True)
    page = browser(amina).get(URL.format(sitting)).text
    for fields in fields_of(app, sitting, right=True).values():
        for values in fields.values():
            for value in values:
                assert re.search(rf'value="{value}"[^>]*(checked|selected)', page) or re.search(
                    rf'(<option selected>{value}<|value="{value}")', page
                )


def test_a_test_that_was_handed_in_leads_to_its_result(
    browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.hand_in(amina, sitting)
    reply = browser(amina).get(URL.format(sitting))
    assert (reply.status_code, reply.location) == (302, f"/en/tests/{sitting}/result")


def test_a_test_with_a_time_limit_says_until_when(app: Flask, browser: Open, amina: Cast) -> None:
    timed = publish_small(app, minutes=20)
    timed.begin(amina)
    timed.read(amina)
    assert "Time until" in browser(amina).get(URL.format(timed.start(amina))).text


def test_it_is_never_kept_by_the_browser(browser: Open, amina: Cast, sitting: UUID) -> None:
    reply = browser(amina).get(URL.format(sitting))
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers


def test_every_load_is_a_page_of_its_own(browser: Open, amina: Cast, sitting: UUID) -> None:
    here = browser(amina)
    found = {
        re.search(r'name="page" value="([0-9a-f]+)"', here.get(URL.format(sitting)).text)[1]  # type: ignore[index]
        for _ in range(2)
    }
    assert len(found) == 2


def test_a_test_is_there_for_its_owner_alone(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, sitting: UUID
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).get(URL.format(sitting)).status_code == 404


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, sitting: UUID) -> None:
    assert browser(None).get(URL.format(sitting)).status_code == 401


def test_there_is_no_such_test(browser: Open, amina: Cast, sitting: UUID) -> None:
    here = browser(amina)
    for number in (uuid4(), UUID(int=0), "1", "x", f"{sitting}x"):
        assert here.get(URL.format(number)).status_code == 404


def test_a_restricted_course_keeps_its_test_for_who_takes_it(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    set_access(app, "hygiene", "restricted")
    assert browser(amina).get(URL.format(sitting)).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_a_test_speaks_every_language_and_marks_questions_that_are_not_in_it(
    browser: Open, amina: Cast, sitting: UUID, language: str
) -> None:
    page = browser(amina).get(f"/{language}/tests/{sitting}").text
    questions = re.findall(r'<fieldset class="q"[^>]*>', page)
    translated = language in {"en", "ar"}
    assert all(('lang="en"' in each) is not translated for each in questions)
    assert ("ما الذي يأتي أولا" in page) is (language == "ar")

"""GET /<language>/tests/<attempt>/unanswered"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.assessment.said import answer, fields_of, send
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}/unanswered"
SEED = "b"


def test_it_leads_to_each_question_without_an_answer(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    page = browser(amina).get(URL.format(sitting)).text
    assert "8 questions of 8 are not completely answered" in page
    for item in fields_of(app, sitting, right=True):
        assert f'href="/en/tests/{sitting}#q-{item}"' in page
    assert f'action="/en/tests/{sitting}/hand-in"' in page


def test_half_an_answer_is_not_an_answer(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=True)
    whole = fields_of(app, sitting, right=True)
    item, fields = next((each, parts) for each, parts in whole.items() if len(parts) > 1)
    half = dict(list(fields.items())[:1])
    here = browser(amina)
    send(here, answer(here, sitting, item, half, seen=4000))
    page = here.get(URL.format(sitting)).text
    assert "1 question of 8 is not completely answered" in page
    assert f"#q-{item}" in page


def test_when_everything_is_answered_it_says_so(
    browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=False)
    page = browser(amina).get(URL.format(sitting)).text
    assert "Every question has an answer." in page
    assert "Hand in the test</button>" in page


@pytest.fixture
def two_choices_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next form be one that asks for two choices: what is drawn is chance otherwise."""
    monkeypatch.setattr("secrets.token_hex", lambda size: SEED * size)


@pytest.mark.usefixtures("two_choices_drawn")
def test_more_choices_than_asked_for_are_said_before_handing_in(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.answer(amina, sitting, right=True)
    here = browser(amina)
    page = here.get(URL.format(sitting)).text
    assert "are asked for" not in page
    quiz = here.get(f"/en/tests/{sitting}").text
    item = re.search(r'id="q-([A-Z0-9-]+)" data-choose="2"', quiz)
    assert item is not None
    every = re.findall(rf'type="checkbox" name="a.{item[1]}" value="([^"]+)"', quiz)
    send(here, answer(here, sitting, item[1], {"": every}, seen=4000))
    page = here.get(URL.format(sitting)).text
    assert f"{len(every)} are chosen, 2 are asked for." in page
    assert f"#q-{item[1]}" in page
    assert "Every question has an answer." in page


def test_a_question_with_two_answers_is_named(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    right, wrong = (fields_of(app, sitting, right=each) for each in (True, False))
    item = next(iter(right))
    send(here, answer(here, sitting, item, right[item]))
    send(here, answer(here, sitting, item, wrong[item], page="b" * 16))
    assert "Question 1 has two answers." in here.get(URL.format(sitting)).text


def test_a_test_that_was_handed_in_leads_to_its_result(
    browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.hand_in(amina, sitting)
    reply = browser(amina).get(URL.format(sitting))
    assert (reply.status_code, reply.location) == (302, f"/en/tests/{sitting}/result")


def test_it_is_there_for_its_owner_alone(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, sitting: UUID
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).get(URL.format(sitting)).status_code == 404
    assert browser(None).get(URL.format(sitting)).status_code == 401


def test_there_is_no_such_test(browser: Open, amina: Cast, sitting: UUID) -> None:
    assert browser(amina).get(URL.format(uuid4())).status_code == 404


def test_it_only_shows(browser: Open, amina: Cast, sitting: UUID) -> None:
    assert browser(amina).post(URL.format(sitting)).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_speaks_every_language(browser: Open, amina: Cast, sitting: UUID, language: str) -> None:
    page = browser(amina).get(f"/{language}/tests/{sitting}/unanswered")
    assert page.status_code == 200
    assert f"/{language}/tests/{sitting}#q-" in page.text

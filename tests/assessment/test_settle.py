"""POST /<language>/tests/<attempt>/choice"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.assessment.said import answer, counting, disputed, fields_of, send, stored
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}/choice"


@pytest.fixture
def two_answers(app: Flask, browser: Open, amina: Cast, sitting: UUID) -> tuple[str, UUID, UUID]:
    """Give two answers to one question on two pages; return the item and both answers."""
    right, wrong = (fields_of(app, sitting, right=each) for each in (True, False))
    item = next(iter(right))
    here = browser(amina)
    send(here, answer(here, sitting, item, right[item]))
    send(here, answer(here, sitting, item, wrong[item], page="b" * 16))
    counted, other = stored(app, sitting)
    return item, counted.id, other.id


def test_the_answer_that_the_person_chose_counts_and_both_are_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    assert disputed(app, sitting) == {item: [other]}
    reply = browser(amina).post(URL.format(sitting), {"answer": str(other), "item": item})

    assert (reply.status_code, reply.location) == (303, f"/en/tests/{sitting}#q-{item}")
    said = stored(app, sitting)
    assert [each.stale for each in said] == [False, True, False]
    assert counting(app, sitting) == {item: said[1].choice}
    assert disputed(app, sitting) == {}


def test_the_answer_that_counts_may_be_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, counted, _ = two_answers
    browser(amina).post(URL.format(sitting), {"answer": str(counted), "item": item})
    assert counting(app, sitting) == {item: stored(app, sitting)[0].choice}
    assert disputed(app, sitting) == {}


def test_said_twice_it_is_settled_once(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    here = browser(amina)
    for _ in range(2):
        reply = here.post(URL.format(sitting), {"answer": str(other), "item": item})
        assert reply.status_code == 303
    assert counting(app, sitting) == {item: stored(app, sitting)[1].choice}
    assert disputed(app, sitting) == {}


def test_an_answer_of_the_same_page_that_still_waits_for_the_line_is_not_lost(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    here = browser(amina)
    # The page on the screen has numbered its second answer already when the choice arrives.
    here.post(URL.format(sitting), {"answer": str(other), "item": item, "page": "a" * 16})
    fields = fields_of(app, sitting, right=True)
    waiting = next(each for each in fields if each != item)
    reply = send(here, answer(here, sitting, waiting, fields[waiting], n=2))
    assert reply.status_code == 200
    assert set(counting(app, sitting)) == {item, waiting}


def test_a_choice_that_is_none_changes_nothing(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    here = browser(amina)
    for name, value in (
        ("answer", ""),
        ("answer", "1"),
        ("answer", "-" * 36),
        ("answer", str(uuid4())),
        ("answer", f"{other}\n"),
        ("answer", "g" * 32),
        ("item", ""),
        ("item", "a b"),
        ("item", "x" * 41),
        ("item", "HY-1-001\n"),
    ):
        reply = here.post(URL.format(sitting), {"answer": str(other), "item": item, name: value})
        assert reply.status_code == 404, (name, value)
    assert len(stored(app, sitting)) == 2


def test_an_answer_of_another_test_cannot_be_chosen(
    app: Flask,
    browser: Open,
    chipo: Cast,
    small_course: SmallCourse,
    sitting: UUID,
    two_answers: tuple[str, UUID, UUID],
) -> None:
    item, counted, _ = two_answers
    small_course.begin(chipo)
    small_course.read(chipo)
    own = small_course.start(chipo)
    reply = browser(chipo).post(URL.format(own), {"answer": str(counted), "item": item})
    assert reply.status_code == 404
    assert stored(app, own) == []


def test_nobody_chooses_for_somebody_else(
    app: Flask,
    browser: Open,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    sitting: UUID,
    two_answers: tuple[str, UUID, UUID],
) -> None:
    item, _, other = two_answers
    for person in (chipo, daniel, bolat, grace):
        reply = browser(person).post(URL.format(sitting), {"answer": str(other), "item": item})
        assert reply.status_code == 404
    assert len(stored(app, sitting)) == 2


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    reply = browser(None).post(URL.format(sitting), {"answer": str(other), "item": item})
    assert reply.status_code == 401
    assert len(stored(app, sitting)) == 2


def test_after_hand_in_nothing_is_chosen(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    sitting: UUID,
    two_answers: tuple[str, UUID, UUID],
) -> None:
    item, _, other = two_answers
    small_course.hand_in(amina, sitting)
    reply = browser(amina).post(URL.format(sitting), {"answer": str(other), "item": item})
    assert reply.status_code == 404
    assert len(stored(app, sitting)) == 2


def test_it_is_no_page_and_needs_the_token(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID]
) -> None:
    item, _, other = two_answers
    here = browser(amina)
    assert here.get(URL.format(sitting)).status_code == 405
    said = {"answer": str(other), "item": item}
    assert here.post(URL.format(sitting), said, token=False).status_code == 400
    assert len(stored(app, sitting)) == 2


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_both_answers_are_shown_in_every_language(
    browser: Open, amina: Cast, sitting: UUID, two_answers: tuple[str, UUID, UUID], language: str
) -> None:
    item, counted, other = two_answers
    here = browser(amina)
    page = here.get(f"/{language}/tests/{sitting}").text
    assert f'value="{counted}"' in page
    assert f'value="{other}"' in page
    reply = here.post(f"/{language}/tests/{sitting}/choice", {"answer": str(other), "item": item})
    assert reply.location == f"/{language}/tests/{sitting}#q-{item}"

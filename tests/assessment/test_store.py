"""POST /answers"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from lms.extensions import db
from lms.kernel import clock
from tests.assessment.said import (
    answer,
    counting,
    disputed,
    fields_of,
    send,
    stored,
    version,
    who,
)
from tests.browser import Browser
from tests.course import SmallCourse, publish_small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


@pytest.fixture
def right(app: Flask, sitting: UUID) -> dict[str, dict[str, list[str]]]:
    """Return the right fields of every question, by item in the order of the test."""
    return fields_of(app, sitting, right=True)


def test_it_keeps_the_answer_and_says_when(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    reply = send(here, answer(here, sitting, item, right[item]))

    said = reply.get_json()
    assert reply.status_code == 200
    assert (said["version"], said["stale"], said["late"]) == (1, False, False)
    assert len(said["at"]) == 5
    [kept] = stored(app, sitting)
    assert (kept.item_id, kept.page, kept.n, kept.carrier) == (item, "a" * 16, 1, "script")


def test_every_kind_of_question_takes_its_answer_exactly(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    sitting: UUID,
    right: dict[str, Any],
) -> None:
    here = browser(amina)
    for number, (item, fields) in enumerate(right.items(), 1):
        assert send(here, answer(here, sitting, item, fields, n=number)).status_code == 200
    small_course.hand_in(amina, sitting)
    assert "Passed: 100 %" in here.get(f"/en/tests/{sitting}/result").text


def test_sent_twice_it_is_kept_once_and_says_the_same(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    said = answer(here, sitting, item, right[item])
    first, again = (send(here, said).get_json() for _ in range(2))
    assert (first["version"], first["stale"]) == (again["version"], again["stale"])
    assert len(stored(app, sitting)) == 1


def test_the_same_answer_from_twenty_threads_is_kept_once(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    item = next(iter(right))
    said = answer(browser(amina), sitting, item, right[item])
    start, found = threading.Barrier(20), []

    def sending() -> None:
        here = browser(amina)
        start.wait()
        try:
            found.append(send(here, said).status_code)
        finally:
            with app.app_context():
                db.session.remove()

    threads = [threading.Thread(target=sending) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 20
    assert len(stored(app, sitting)) == 1
    assert version(app, sitting) == 1


def test_a_page_may_change_its_mind(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    wrong = fields_of(app, sitting, right=False)
    send(here, answer(here, sitting, item, wrong[item], n=1))
    reply = send(here, answer(here, sitting, item, right[item], n=2))
    assert reply.get_json()["stale"] is False
    assert counting(app, sitting)[item] == stored(app, sitting)[1].choice


def test_a_page_that_had_not_seen_the_other_ones_answer_asks_the_person(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    wrong = fields_of(app, sitting, right=False)
    send(here, answer(here, sitting, item, right[item]))
    reply = send(here, answer(here, sitting, item, wrong[item], page="b" * 16))

    assert reply.get_json()["stale"] is True
    assert disputed(app, sitting) == {item: [stored(app, sitting)[1].id]}
    assert counting(app, sitting)[item] == stored(app, sitting)[0].choice


def test_a_page_that_had_seen_it_may_change_it(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    wrong = fields_of(app, sitting, right=False)
    send(here, answer(here, sitting, item, right[item]))
    reply = send(here, answer(here, sitting, item, wrong[item], page="b" * 16, seen=1))
    assert reply.get_json()["stale"] is False
    assert disputed(app, sitting) == {}


def test_two_pages_on_different_questions_do_not_disturb_each_other(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here = browser(amina)
    for page, item in zip(("a" * 16, "b" * 16), right, strict=False):
        reply = send(here, answer(here, sitting, item, right[item], page=page))
        assert reply.get_json()["stale"] is False


def test_an_incomplete_or_empty_answer_is_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here = browser(amina)
    for number, item in enumerate(right, 1):
        assert send(here, answer(here, sitting, item, {}, n=number)).status_code == 200
    assert counting(app, sitting) == dict.fromkeys(right)


def test_an_answer_that_waited_in_the_browser_says_so(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    claimed = clock.now() - timedelta(hours=3)
    said = answer(
        here, sitting, item, right[item], kept=True, claimed=int(claimed.timestamp() * 1000)
    )
    send(here, said)
    [kept] = stored(app, sitting)
    assert kept.carrier == "outbox"
    assert kept.claimed_at is not None
    assert abs(kept.claimed_at - claimed) < timedelta(seconds=1)


def test_after_hand_in_an_answer_is_kept_but_late(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    sitting: UUID,
    right: dict[str, Any],
) -> None:
    small_course.hand_in(amina, sitting)
    here, item = browser(amina), next(iter(right))
    reply = send(here, answer(here, sitting, item, right[item]))
    assert (reply.status_code, reply.get_json()["late"]) == (200, True)
    assert counting(app, sitting) == {}
    assert len(stored(app, sitting)) == 1


def test_after_the_time_limit_an_answer_is_kept_with_what_the_browser_claims(
    app: Flask, browser: Open, amina: Cast
) -> None:
    timed = publish_small(app, minutes=20)
    began = clock.now() - timedelta(minutes=25)
    timed.begin(amina, now=began)
    timed.read(amina, now=began)
    attempt = timed.start(amina, now=began)
    right = fields_of(app, attempt, right=True)
    here = browser(amina)
    claims = (None, began + timedelta(minutes=10), began + timedelta(minutes=24))
    for number, (item, claimed) in enumerate(zip(right, claims, strict=False), 1):
        said = answer(here, attempt, item, right[item], n=number)
        if claimed:
            said["claimed"] = int(claimed.timestamp() * 1000)
        assert send(here, said).get_json()["late"] is True
    assert [each.late for each in stored(app, attempt)] == ["late", "written-in-time", "late"]
    assert counting(app, attempt) == {}


def test_what_somebody_else_wrote_is_refused_and_kept_for_them(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    item = next(iter(right))
    said = answer(browser(amina), sitting, item, right[item])
    reply = send(browser(chipo), said)
    assert reply.status_code == 403
    assert "kept for that person" in reply.get_json()["error"]
    assert stored(app, sitting) == []


def test_nobody_answers_for_somebody_else(
    app: Flask,
    browser: Open,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    sitting: UUID,
    right: dict[str, Any],
) -> None:
    item = next(iter(right))
    for person in (chipo, daniel, bolat, grace):
        here = browser(person)
        assert send(here, answer(here, sitting, item, right[item])).status_code == 404
    assert stored(app, sitting) == []


def test_nobody_in_particular_is_told_so_in_words_that_a_script_understands(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    item = next(iter(right))
    reply = send(browser(None), answer(browser(amina), sitting, item, right[item]))
    assert (reply.status_code, reply.mimetype) == (401, "application/json")
    assert stored(app, sitting) == []


def test_what_is_no_answer_is_refused_for_good(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    good = answer(here, sitting, item, right[item])
    for name, value in (
        ("attempt", None),
        ("attempt", "1"),
        ("attempt", 1),
        ("attempt", []),
        ("person", None),
        ("person", 1),
        ("page", None),
        ("page", "short"),
        ("page", "A" * 16),
        ("page", "a" * 41),
        ("page", 1),
        ("n", None),
        ("n", 0),
        ("n", 100_001),
        ("n", True),
        ("n", "1"),
        ("n", 1.5),
        ("seen", None),
        ("seen", -1),
        ("seen", 1_000_001),
        ("seen", "0"),
        ("seen", True),
        ("item", None),
        ("item", ""),
        ("item", 1),
        ("item", "x"),
        ("item", "HY-1-001\n"),
        ("item", "X" * 41),
        ("item", "\ud800"),
        ("item", "HY\x00"),
        ("fields", None),
        ("fields", []),
        ("fields", "x"),
        ("fields", {"": "x"}),
        ("fields", {"": 1}),
        ("fields", {"": ["x"] * 11}),
        ("fields", {str(part): ["x"] for part in range(21)}),
        ("language", None),
        ("language", "de"),
        ("language", ""),
        ("language", ["en"]),
    ):
        reply = send(here, {**good, name: value})
        assert reply.status_code == 422, (name, value)
        assert reply.get_json()["error"]
    for body in (b"", b"x", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"a":' * 50_000):
        assert send(here, body).status_code == 422, body[:10]
    assert stored(app, sitting) == []


def test_strange_values_in_the_fields_mean_nothing_or_are_cut(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here = browser(amina)
    strange: list[Any] = [
        {"": [None]},
        {"": [1, 2]},
        {"": [{"a": []}]},
        {"": ["\ud800\x00"]},
        {"": ["x" * 5000]},
        {"": []},
        {"claim": ["0" * 8]},
        {"x" * 500: ["1"]},
        {"s1": ["\ud800"]},
    ]
    number = 0
    for item in right:
        for fields in strange:
            number += 1
            reply = send(here, answer(here, sitting, item, fields, n=number))
            assert reply.status_code == 200, (item, fields)
    assert here.get(f"/en/tests/{sitting}").status_code == 200
    assert here.get(f"/en/tests/{sitting}/unanswered").status_code == 200
    assert max(len(str(each.choice)) for each in stored(app, sitting)) <= 100


def test_there_is_no_such_test_and_no_such_question(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    assert send(here, answer(here, uuid4(), item, right[item])).status_code == 404
    others = {f"HY-{module}-{number:03d}" for module in (1, 2) for number in range(1, 15)}
    not_asked = sorted(others - set(right))[0]
    for missing in (not_asked, "HY-9-999"):
        assert send(here, answer(here, sitting, missing, {})).status_code == 404
    assert stored(app, sitting) == []


def test_no_answer_tells_whether_it_is_right(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    wrong = fields_of(app, sitting, right=False)
    said = [
        send(here, answer(here, sitting, item, fields, n=number)).get_json()
        for number, fields in enumerate((right[item], wrong[item]), 1)
    ]
    assert [sorted(each) for each in said] == [["at", "late", "stale", "version"]] * 2
    assert {(each["stale"], each["late"]) for each in said} == {(False, False)}


def test_without_the_token_nothing_is_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here, item = browser(amina), next(iter(right))
    reply = send(here, answer(here, sitting, item, right[item]), token=False)
    assert reply.status_code == 400
    assert stored(app, sitting) == []


def test_it_is_no_page(browser: Open, amina: Cast) -> None:
    assert browser(amina).get("/answers").status_code == 405


def test_answers_in_every_language_are_kept_with_their_language(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, right: dict[str, Any]
) -> None:
    here = browser(amina)
    for number, (item, language) in enumerate(
        zip(right, ("en", "fr", "ar", "ru", "kk"), strict=False), 1
    ):
        send(here, answer(here, sitting, item, right[item], n=number, language=language))
    assert {each.language for each in stored(app, sitting)} == {"en", "fr", "ar", "ru", "kk"}
    assert who(here)

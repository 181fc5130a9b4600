"""Before a test is handed in, nothing that the server sends tells which answer is right."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Response
from sqlalchemy import select

from lms.assessment.models import Form
from lms.catalogue.models import EditionItem, EditionItemText
from lms.db import transaction
from lms.extensions import db
from tests.journeys.house import COURSE, House
from tests.journeys.seat import Seats
from tests.people import Cast

pytestmark = pytest.mark.browser


def other_key(kind: str, key: dict[str, Any]) -> dict[str, Any]:
    """Return a key of the same shape with another solution: what a page must not show."""
    turned: dict[str, Any] = json.loads(json.dumps(key))
    match kind:
        case "single":
            turned["right"] = next(each for each in key["choices"] if each != key["right"])
        case "multiple":
            wrong = [each for each in key["choices"] if each not in key["right"]]
            turned["right"] = [*key["right"][1:], wrong[0]]
        case "truefalse-reason":
            turned["claim"] = "false" if key["claim"] == "true" else "true"
            turned["right"] = next(each for each in key["reasons"] if each != key["right"])
        case "ordering":
            turned["order"] = key["order"][::-1]
        case "matching":
            lefts = list(key["pairs"])
            turned["pairs"] = dict(
                zip(lefts, [*list(key["pairs"].values())[1:], key["pairs"][lefts[0]]], strict=True)
            )
        case "numeric":
            turned["value"] = f"{key['value']}1"
        case "scenario":
            for step in turned["steps"]:
                step["right"] = next(each for each in step["choices"] if each != step["right"])
    return turned


def turn_keys(house: House, attempt_id: UUID) -> None:
    """Give every item of a test another solution, as if the course had always said so."""
    with house.app.app_context(), transaction() as session:
        form = session.get_one(Form, house.attempt(attempt_id).form_id)
        items = [each["item"] for each in form.items]
        for row in session.scalars(
            select(EditionItem).where(
                EditionItem.edition_id == form.edition_id, EditionItem.item_id.in_(items)
            )
        ):
            row.key = other_key(row.kind, row.key)


def feedback(house: House, attempt_id: UUID) -> list[str]:
    """Return the sentences that explain the answers of a test."""
    found: list[str] = []
    with house.app.app_context():
        form = db.session.get_one(Form, house.attempt(attempt_id).form_id)
        items = [each["item"] for each in form.items]
        rows = db.session.scalars(
            select(EditionItemText.words).where(
                EditionItemText.edition_id == form.edition_id, EditionItemText.item_id.in_(items)
            )
        )

        def collect(value: Any) -> None:
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, dict):
                for each in value.values():
                    collect(each)

        for words in rows:
            for name in ("why", "feedback"):
                collect(words.get(name))
    return found


def without_chance(html: str) -> str:
    """Return a page without the random id that every load has."""
    return re.sub(r'name="page" value="\w+"', "", html)


def test_the_page_of_a_test_is_the_same_whatever_is_right(house: House, seats: Seats) -> None:
    person = house.person()
    attempt_id = house.test(person)
    seat = seats(person, scripts=False)
    before = without_chance(seat.quiz(attempt_id).content())
    unanswered = without_chance(seat.go(f"/tests/{attempt_id}/unanswered").content())
    turn_keys(house, attempt_id)
    try:
        assert without_chance(seat.quiz(attempt_id).content()) == before
        page = seat.go(f"/tests/{attempt_id}/unanswered")
        assert without_chance(page.content()) == unanswered
    finally:
        turn_keys(house, attempt_id)


def everything_sent(house: House, seats: Seats, person: Cast) -> tuple[UUID, list[str]]:
    """Take a test with half of it right; return every text that came before it was handed in."""
    seat = seats(person)
    arrived: list[Response] = []
    seat.context.on("response", lambda response: arrived.append(response))
    texts: list[str] = []

    def read() -> None:
        # Before the next page is opened: the browser forgets what it has navigated away from.
        while arrived:
            each = arrived.pop(0)
            if "/static/" not in each.url:
                body = each.text() if each.status < 300 else ""
                texts.append(f"{each.url}\n{each.all_headers()}\n{body}")

    seat.go("/home")
    read()
    seat.course()
    read()
    page = seat.go(f"/courses/{COURSE}/tests/post")
    read()
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/tests/[0-9a-f-]{36}$"))
    attempt_id = UUID(page.url[-36:])
    for place, (item, fields) in enumerate(house.right_fields(attempt_id).items()):
        if place % 2:
            seat.choose(item, fields)
    seat.hears("All answers are saved")
    page.evaluate(
        "fetch('/answers/who', { headers: { Accept: 'application/json' } }).then((r) => r.text())"
    )
    read()
    page.locator("button[value=finish]").click()
    page.wait_for_url("**/unanswered")
    arrived[:] = [each for each in arrived if not each.url.endswith("/who")]  # read above
    read()
    seat.go(f"/courses/{COURSE}/tests/post")
    read()
    seat.course()
    read()
    return attempt_id, texts


def test_no_answer_of_the_server_holds_a_key_a_secret_or_a_reason(
    house: House, seats: Seats
) -> None:
    person = house.person()
    house.begun(person, lessons=12)
    attempt_id, texts = everything_sent(house, seats, person)
    sent = "\n".join(texts)
    assert len(texts) > 15
    secret = house.attempt(attempt_id).secret
    assert secret.hex() not in sent
    reasons = [each for each in feedback(house, attempt_id) if len(each) > 20]
    assert len(reasons) > 20
    assert [each for each in reasons if each in sent] == []
    replies = [
        json.loads(text.strip().rpartition("\n")[2]) for text in texts if "/answers\n" in text
    ]
    assert len(replies) >= 10
    assert {frozenset(reply) for reply in replies} == {
        frozenset({"at", "version", "stale", "late"})
    }
    # Right and wrong answers get replies that differ in nothing but their count and moment.
    assert {(reply["stale"], reply["late"]) for reply in replies} == {(False, False)}


def test_the_codes_of_choices_are_dealt_anew_for_each_attempt(house: House) -> None:
    """Whoever knows the right answer by its code in one test knows nothing of the next one."""
    codes: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()
    for _ in range(8):  # what a form draws is chance: so many that some questions come again
        attempt_id = house.test(house.person())
        right = house.right_fields(attempt_id)
        for item in house.items(attempt_id, "single"):
            codes.setdefault(item, set()).update(right[item][""])
            seen[item] += 1
    again = [item for item, times in seen.items() if times > 1]
    # By chance one of four choices has its old code; that all have it happens to nobody.
    assert len(again) >= 5
    assert any(len(codes[item]) > 1 for item in again)

"""An unsafe request that is sent twice has one effect and gets one answer."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import RequestKey
from lms.accounts.once import fingerprint, forget_old, once
from lms.db import transaction
from lms.extensions import db
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from tests.people import Cast

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ASKED = fingerprint("enrol", "C01")


class Counter:
    """An action that counts how often it was carried out."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Mapping[str, Any]:
        self.count += 1
        return {"number": self.count}


def send(app: Flask, who: Cast, act: Any, key: str = "12345678", asked: bytes = ASKED) -> Any:
    with app.app_context(), transaction() as session:
        return once(session, who.viewer, key, asked, act, now=NOON)


def test_the_second_gets_the_answer_of_the_first(app: Flask, amina: Cast) -> None:
    act = Counter()
    assert send(app, amina, act) == {"number": 1}
    assert send(app, amina, act) == {"number": 1}
    assert act.count == 1


def test_of_eight_at_once_one_acts(app: Flask, amina: Cast) -> None:
    act = Counter()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(app, amina, act), range(8)))
    assert answers == [{"number": 1}] * 8
    assert act.count == 1


def test_another_person_with_the_same_key_is_another_request(
    app: Flask, amina: Cast, chipo: Cast
) -> None:
    act = Counter()
    send(app, amina, act)
    assert send(app, chipo, act) == {"number": 2}


def test_the_same_key_for_something_else_is_refused(app: Flask, amina: Cast) -> None:
    act = Counter()
    send(app, amina, act)
    with pytest.raises(Refused, match="sent before with other contents"):
        send(app, amina, act, asked=fingerprint("enrol", "C02"))
    assert act.count == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 65])
def test_what_is_no_key_is_refused(app: Flask, amina: Cast, key: str) -> None:
    with pytest.raises(Refused, match="not complete"):
        send(app, amina, Counter(), key=key)


def test_a_failed_action_leaves_the_key_free(app: Flask, amina: Cast) -> None:
    def fail() -> Mapping[str, Any]:
        raise Refused(Message("no"))

    with pytest.raises(Refused):
        send(app, amina, fail)
    assert send(app, amina, Counter()) == {"number": 1}


@pytest.mark.parametrize(("days", "left"), [(39, 1), (41, 0)])
def test_keys_are_forgotten_after_forty_days(app: Flask, amina: Cast, days: int, left: int) -> None:
    send(app, amina, Counter())
    with app.app_context(), transaction() as session:
        forget_old(session, now=NOON + timedelta(days=days))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RequestKey)) == left


def test_a_fingerprint_tells_values_apart() -> None:
    assert fingerprint("a", ["b", None]) == fingerprint("a", ["b", None])
    assert len({fingerprint("ab"), fingerprint("a", "b"), fingerprint(["a", "b"])}) == 3

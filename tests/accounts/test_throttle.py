"""Failures slow the next try down, by account and by address; nobody is ever locked out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import throttle
from lms.accounts.models import Throttle
from lms.accounts.throttle import Sender
from lms.db import transaction
from lms.extensions import db

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
AMINA = Sender.of("n1001", "10.0.0.1")


def fail(app: Flask, sender: Sender, now: datetime) -> int:
    """Try and fail; return the seconds to wait where the try was not heard."""
    with app.app_context(), transaction() as session:
        wait = throttle.hear(session, sender, now=now)
        if not wait:
            throttle.count_failure(session, sender, now=now)
        return wait


def waits(app: Flask, sender: Sender, now: datetime) -> int:
    with app.app_context():
        return throttle.seconds_to_wait(db.session(), sender, now=now)


def test_the_wait_grows_and_ends(app: Flask) -> None:
    now, seen = NOON, []
    for _ in range(10):
        fail(app, AMINA, now)
        wait = waits(app, AMINA, now)
        seen.append(wait)
        now += timedelta(seconds=wait)
        assert waits(app, AMINA, now) == 0
    assert seen == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60]


def test_a_clock_that_goes_back_locks_nobody_out(app: Flask) -> None:
    for _ in range(6):
        fail(app, AMINA, NOON)
    yesterday = NOON - timedelta(days=1)

    assert waits(app, AMINA, yesterday) == 0
    fail(app, AMINA, yesterday)
    assert 0 < waits(app, AMINA, yesterday) <= 60  # what was counted before still counts


def test_another_account_at_the_same_address_is_heard(app: Flask) -> None:
    now = NOON
    for _ in range(14):
        assert fail(app, AMINA, now) == 0
        now += timedelta(seconds=60)
    assert waits(app, Sender.of("n1002", "10.0.0.1"), now - timedelta(seconds=60)) == 0


def test_the_same_account_waits_at_every_address(app: Flask) -> None:
    for _ in range(4):
        fail(app, AMINA, NOON)
    assert waits(app, Sender.of("n1001", "10.9.9.9"), NOON) == 2


def test_many_accounts_from_one_address_make_it_wait(app: Flask) -> None:
    for number in range(10):
        assert fail(app, Sender.of(f"n{number}", "10.0.0.1"), NOON) == 0
    assert waits(app, Sender.of("other", "10.0.0.1"), NOON) == 0
    fail(app, Sender.of("eleventh", "10.0.0.1"), NOON)
    assert waits(app, Sender.of("other", "10.0.0.1"), NOON) == 2
    assert waits(app, Sender.of("other", "10.0.0.2"), NOON) == 0
    assert waits(app, Sender.of("other", "10.0.0.1"), NOON + timedelta(seconds=2)) == 0


def test_who_succeeds_is_no_longer_counted_at_the_address(app: Flask) -> None:
    for number in range(10):
        fail(app, Sender.of(f"n{number}", "10.0.0.1"), NOON)
    with app.app_context(), transaction() as session:
        throttle.count_success(session, Sender.of("n3", "10.0.0.1"), now=NOON)
    fail(app, Sender.of("eleventh", "10.0.0.1"), NOON)
    assert waits(app, Sender.of("other", "10.0.0.1"), NOON) == 0


def test_an_account_is_forgiven_after_a_day_and_an_address_after_an_hour(app: Flask) -> None:
    for _ in range(9):
        fail(app, AMINA, NOON)
    later = NOON + timedelta(hours=25)
    fail(app, AMINA, later)
    assert waits(app, AMINA, later) == 0
    for number in range(11):
        fail(app, Sender.of(f"m{number}", "10.0.0.3"), NOON)
    fail(app, Sender.of("again", "10.0.0.3"), NOON + timedelta(hours=2))
    assert waits(app, Sender.of("other", "10.0.0.3"), NOON + timedelta(hours=2)) == 0


def test_of_many_at_once_only_as_many_are_heard_as_the_waiting_allows(app: Flask) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: fail(app, AMINA, NOON), range(24)))
    assert answers.count(0) == 4
    assert set(answers) == {0, 2}


def test_no_number_and_no_whole_name_is_stored(app: Flask) -> None:
    fail(app, Sender.of("n1001", "10.0.0.1"), NOON)
    with app.app_context():
        keys = db.session.scalars(select(Throttle.key)).all()
    assert keys
    assert not any("n1001" in key for key in keys)


@pytest.mark.parametrize(("hours", "left"), [(23, 3), (25, 0)])
def test_old_rows_go(app: Flask, hours: int, left: int) -> None:
    fail(app, AMINA, NOON)
    with app.app_context(), transaction() as session:
        throttle.forget_old(session, now=NOON + timedelta(hours=hours))
        assert session.scalar(select(func.count()).select_from(Throttle)) == left

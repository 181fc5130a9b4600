"""When a session ends, and what a browser then sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts import actions
from lms.accounts.models import Grant, Person, SignIn
from lms.db import transaction
from lms.extensions import db
from tests.accounts.conftest import Clock
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
PAGE = "/en/password"


def test_thirty_minutes_without_activity_end_it(browser: Open, amina: Cast, time: Clock) -> None:
    here = browser(amina)
    time.on(minutes=29)
    assert here.get(PAGE).status_code == 200
    time.on(minutes=29)
    assert here.get(PAGE).status_code == 200
    time.on(minutes=31)
    reply = here.get(PAGE)
    assert reply.status_code == 401
    assert "You were signed out after 30 minutes without activity." in reply.text


def test_twelve_hours_end_it_in_any_case(browser: Open, amina: Cast, time: Clock) -> None:
    here = browser(amina)
    for _ in range(28):
        time.on(minutes=25)
        assert here.get(PAGE).status_code == 200
    time.on(minutes=25)
    reply = here.get(PAGE)
    assert reply.status_code == 401
    assert "You were signed out 12 hours after signing in." in reply.text


def test_being_seen_is_written_at_most_once_a_minute(
    app: Flask, browser: Open, amina: Cast, time: Clock
) -> None:
    here = browser(amina)

    def seen() -> datetime:
        with app.app_context():
            return db.session.scalars(select(SignIn.seen_at)).one()

    signed_in, changes = seen(), []
    time.now = signed_in
    for seconds in (30, 29, 2, 10):
        time.on(seconds=seconds)
        before = seen()
        here.get(PAGE)
        changes.append(seen() != before)
    assert changes == [False, False, True, False]
    assert seen() == signed_in + timedelta(seconds=61)


@pytest.mark.parametrize("because", ["disabled", "reset"])
def test_disabling_and_a_reset_end_it_at_once_without_a_word_about_time(
    app: Flask, browser: Open, amina: Cast, because: str, time: Clock
) -> None:
    with app.app_context(), transaction() as session:
        actions.end_sessions(session, amina.id, because=because, now=time.now)
    reply = browser(amina).get(PAGE)
    assert reply.status_code == 401
    assert "without activity" not in reply.text


def test_a_disabled_person_is_not_signed_in_whatever_the_session_says(
    app: Flask, browser: Open, amina: Cast
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Person).values(status="disabled"))
    assert browser(amina).get(PAGE).status_code == 401


def test_a_token_that_nobody_gave_is_nobody(browser: Open) -> None:
    here = browser(None)
    here.client.set_cookie("sid", "made-up")
    assert here.get(PAGE).status_code == 401


def test_the_database_keeps_no_token(app: Flask, amina: Cast) -> None:
    with app.app_context():
        stored = db.session.scalar(select(SignIn.token_hash))
    assert stored == actions.token_hash(amina.token)
    assert amina.token.encode() not in (stored or b"")


@pytest.mark.parametrize("zone", ["Asia/Almaty", "Africa/Tunis", "America/Lima"])
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-11-30 23:59", 404),
        ("2026-12-01 00:01", 200),
        ("2026-12-02 23:59", 200),
        ("2026-12-03 00:01", 404),
    ],
)
def test_a_role_begins_and_ends_at_midnight_on_the_clocks_of_the_country(
    app: Flask, browser: Open, places: Places, time: Clock, zone: str, moment: str, status: int
) -> None:
    time.now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": zone}, now=time.now)
        someone = add_person(
            session,
            "Some One",
            "N-5",
            places.northgate,
            roles=(("administrator", places.north),),
            now=time.now,
        )
        session.execute(
            update(Grant).values(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2))
        )
    assert browser(someone).get("/en/administer/people").status_code == status

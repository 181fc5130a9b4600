"""/<language>/this-computer: unknown, shared or my own, kept in a long-lived cookie."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import SignIn
from lms.extensions import db
from tests.accounts.conftest import PASSWORD, Clock
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
PAGE = "/en/this-computer"


def test_a_shared_computer_offers_nobody_a_service_number(browser: Open) -> None:
    here = browser(None)
    assert 'autocomplete="username"' in here.get("/en/").text
    reply = here.post(PAGE, {"kind": "shared"})
    assert reply.location == "/en/"
    cookie = here.client.get_cookie("machine")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.max_age == 400 * 86400
    page = here.get("/en/").text
    assert 'autocomplete="username"' not in page
    for part in ('<form id="form"', 'name="service_number"', 'name="password"'):
        tag = next(tag for tag in re.findall("<[^>]+>", page) if part in tag)
        assert 'autocomplete="off"' in tag


def test_a_session_begun_there_ends_after_ten_minutes_and_is_never_stored(
    browser: Open, amina: Cast, credential: Callable[..., None], time: Clock
) -> None:
    credential(amina)
    here = browser(None)
    here.post(PAGE, {"kind": "shared"})
    here.post("/en/sign-in", {"service_number": "N-1001", "password": PASSWORD})
    assert here.get("/en/password").headers["Cache-Control"] == "no-store"
    time.on(minutes=9)
    assert here.get("/en/password").status_code == 200
    time.on(minutes=10)
    reply = here.get("/en/password")
    assert reply.status_code == 401
    assert "after 10 minutes without activity" in reply.text


def test_the_running_session_follows(app: Flask, browser: Open, amina: Cast) -> None:
    here = browser(amina)
    assert here.post(PAGE, {"kind": "own"}).location == "/en/home"
    with app.app_context():
        assert db.session.scalar(select(SignIn.machine)) == "own"


def test_unknown_makes_the_browser_forget(browser: Open) -> None:
    here = browser(None)
    here.post(PAGE, {"kind": "own"})
    here.post(PAGE, {"kind": "unknown"})
    assert here.client.get_cookie("machine") is None


def test_a_cookie_that_somebody_made_up_says_nothing(browser: Open) -> None:
    here = browser(None)
    here.client.set_cookie("machine", "shared.forged")
    assert 'autocomplete="username"' in here.get("/en/").text


@pytest.mark.parametrize("kind", ["", "mine"])
def test_another_kind_is_refused(browser: Open, kind: str) -> None:
    reply = browser(None).post(PAGE, {"kind": kind})
    assert reply.status_code == 422


def test_the_present_choice_is_shown(browser: Open) -> None:
    here = browser(None)
    here.post(PAGE, {"kind": "shared"})
    assert 'checked id="kind-1"' in here.get(PAGE).text


def test_another_language_keeps_the_choice_and_notes_nothing(browser: Open) -> None:
    here = browser(None)
    reply = here.post("/ar/this-computer", {"kind": "own", "go": "language-ar"})
    assert reply.status_code == 200
    assert 'checked id="kind-2"' in reply.text
    assert here.client.get_cookie("machine") is None

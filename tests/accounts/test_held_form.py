"""A form that came after its session ran out: kept for its person, shown, never sent by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import actions, queries
from lms.accounts.models import HeldForm
from lms.db import transaction
from lms.extensions import db
from tests.accounts.conftest import PASSWORD, Clock
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Give = Callable[..., None]
HTML = {"Accept": "text/html,application/xhtml+xml"}
PAGE = "/en/not-saved-yet"


@pytest.fixture
def late(browser: Open, amina: Cast, chipo: Cast, credential: Give, time: Clock) -> Browser:
    """Return Amina's browser after she sent a form half an hour too late."""
    credential(amina)
    credential(chipo)
    here = browser(amina)
    time.on(minutes=31)
    reply = here.post(
        "/en/spare-code?x=1",
        {"note": ["one", "two"], "present_password": PASSWORD, "name": "<b>Амина"},
        headers=HTML,
    )
    assert reply.status_code == 401
    assert "What you wrote is kept for a day." in reply.text
    return here


def sign_in(browser: Browser, number: str = "N-1001") -> Any:
    return browser.post("/en/sign-in", {"service_number": number, "password": PASSWORD})


def held(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(HeldForm)) or 0


def test_after_signing_in_the_same_person_is_shown_what_was_not_saved(late: Browser) -> None:
    assert sign_in(late).location == PAGE
    page = late.get(PAGE)
    assert page.status_code == 200
    assert 'action="/en/spare-code?x=1"' in page.text
    assert page.text.count('name="note"') == 2
    assert "&lt;b&gt;Амина" in page.text


def test_no_password_is_ever_held(app: Flask, late: Browser) -> None:
    with app.app_context():
        fields = db.session.scalar(select(HeldForm.fields))
    assert fields == [["note", "one"], ["note", "two"], ["name", "<b>Амина"]]


def test_another_person_on_that_computer_sees_nothing_of_it(late: Browser) -> None:
    assert sign_in(late, "N-1002").location == "/en/home"
    assert late.get(PAGE).location == "/en/home"


def test_once_it_was_sent_and_accepted_it_is_gone(app: Flask, late: Browser) -> None:
    sign_in(late)
    refused = late.post("/en/spare-code?x=1", {"held_form": "1"})
    assert refused.status_code == 422
    assert held(app) == 1
    accepted = late.post("/en/spare-code?x=1", {"held_form": "1", "present_password": PASSWORD})
    assert accepted.status_code == 200
    assert held(app) == 0


def test_it_can_be_thrown_away_but_not_by_somebody_else(app: Flask, late: Browser) -> None:
    sign_in(late, "N-1002")
    late.post(f"{PAGE}/discard", {"held_form": "1"})
    assert held(app) == 1
    sign_in(late)
    assert late.post(f"{PAGE}/discard", {"held_form": "1"}).location == "/en/home"
    assert held(app) == 0
    assert late.post(f"{PAGE}/discard", {"held_form": "1"}).location == "/en/home"


def test_it_is_kept_a_day(app: Flask, late: Browser, time: Clock) -> None:
    time.on(hours=24)
    assert sign_in(late).location == "/en/home"
    with app.app_context(), transaction() as session:
        actions.forget_forms(session, now=time.now)
    assert held(app) == 0


def test_a_later_form_of_the_same_session_takes_its_place(app: Flask, late: Browser) -> None:
    late.post("/en/spare-code", {"note": "three"}, headers=HTML)
    with app.app_context():
        assert db.session.scalars(select(HeldForm.fields)).all() == [[["note", "three"]]]


def test_what_is_too_large_is_not_held_and_the_page_says_so(
    app: Flask, browser: Open, amina: Cast, time: Clock
) -> None:
    time.on(minutes=31)
    two = {"note": "x" * 33_000, "more": "x" * 33_000}
    reply = browser(amina).post("/en/spare-code", two, headers=HTML)
    assert "it is too large to keep" in reply.text
    assert held(app) == 0


def test_a_wrong_token_holds_nothing(app: Flask, browser: Open, amina: Cast, time: Clock) -> None:
    time.on(minutes=31)
    reply = browser(amina).post("/en/spare-code", {"note": "x"}, token=False, headers=HTML)
    assert reply.status_code == 400
    assert held(app) == 0


@pytest.mark.parametrize("because", ["disabled", "reset", "sign-out", "password"])
def test_a_session_that_did_not_end_by_time_holds_nothing(
    app: Flask, browser: Open, amina: Cast, time: Clock, because: str
) -> None:
    with app.app_context(), transaction() as session:
        actions.end_sessions(session, amina.id, because=because, now=time.now)
    time.on(minutes=31)
    browser(amina).post("/en/spare-code", {"note": "x"}, headers=HTML)
    assert held(app) == 0


def test_a_script_keeps_its_own_answers(
    app: Flask, browser: Open, amina: Cast, time: Clock
) -> None:
    time.on(minutes=31)
    here = browser(amina)
    reply = here.post("/en/spare-code", {"a": "x"}, headers={"Accept": "application/json"})
    assert reply.status_code == 401
    assert reply.is_json
    here.post("/en/spare-code", {"a": "x"}, headers={"Accept": "*/*"})
    assert held(app) == 0


def test_of_a_page_of_a_test_it_shows_no_codes_but_says_what_it_is(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina)
    here = browser(amina)
    time.on(minutes=31)
    sent = {
        "page": "ab" * 8,
        "seen": "0",
        "shown": "HY-1-001",
        "a.HY-1-001:c": "7aaf02c8",
        "go": "finish",
    }
    here.post(f"/en/tests/{amina.id}", sent, headers=HTML)
    sign_in(here)
    page = here.get(PAGE).text
    assert "It is a page of your test." in page
    assert "What you had written" not in page
    assert 'type="hidden" name="a.HY-1-001:c" value="7aaf02c8"' in page


def test_a_page_finds_what_is_held_for_its_own_address(
    app: Flask, late: Browser, amina: Cast, chipo: Cast, time: Clock
) -> None:
    with app.app_context():
        look = queries.held_form
        at = "/en/spare-code?x=1"
        assert look(db.session(), amina.viewer, at, now=time.now) is not None
        assert look(db.session(), amina.viewer, "/en/password", now=time.now) is None
        assert look(db.session(), chipo.viewer, at, now=time.now) is None


def test_a_button_without_fields_is_held_and_a_form_of_secrets_is_not(
    app: Flask, browser: Open, amina: Cast, time: Clock
) -> None:
    time.on(minutes=31)
    browser(amina).post("/en/password", {"new_password": "x", "key": "12345678"}, headers=HTML)
    assert held(app) == 0
    browser(amina).post("/en/spare-code", {}, headers=HTML)
    assert held(app) == 1


@pytest.mark.parametrize(
    ("path", "sent", "kept"),
    [
        ("/ar/password", {"present_password": PASSWORD, "go": "language-ar"}, 0),
        ("/ar/this-computer", {"kind": "own", "go": "language-ar"}, 0),  # open to everybody
        ("/ar/courses/hygiene/certificate", {"name_latin": "Amina", "go": "language-ar"}, 1),
    ],
)
def test_a_change_of_language_that_came_too_late_holds_what_was_typed(
    app: Flask, browser: Open, amina: Cast, time: Clock, path: str, sent: dict[str, str], kept: int
) -> None:
    here = browser(amina)
    time.on(minutes=31)
    here.post(path, sent, headers=HTML)
    assert held(app) == kept


def test_it_does_not_say_which_button_was_pressed(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina)
    here = browser(amina)
    time.on(minutes=31)
    here.post("/en/courses/x/certificate", {"name_latin": "A", "go": "language-en"}, headers=HTML)
    sign_in(here)
    page = here.get(PAGE).text
    assert '<dt class="meta" dir="ltr">name_latin</dt>' in page
    assert '<dt class="meta" dir="ltr">go</dt>' not in page
    assert 'name="go" value="language-en"' in page


def test_a_form_that_carries_no_name_is_not_held_beside_one(
    app: Flask, browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina)
    here = browser(amina)
    time.on(minutes=31)
    here.post("/en/spare-code", {"nameless": "x", "text": "It is wrong."}, headers=HTML)

    assert held(app) == 0

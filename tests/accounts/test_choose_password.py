"""/<language>/choose-password: the first sign-in, and the one after a reset."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import actions, passwords
from lms.accounts.models import Credential, SignIn
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.accounts.conftest import CODE, PASSWORD, SPARE, Clock
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Give = Callable[..., None]
PAGE = "/en/choose-password"


def arrive(browser: Open, secret: str = CODE) -> Browser:
    """Return a browser that came in with a one-time code."""
    visitor = browser(None)
    reply = visitor.post("/en/sign-in", {"service_number": "N-1001", "password": secret})
    assert reply.location == PAGE
    return visitor


def test_a_good_password_opens_a_full_session_and_shows_a_spare_code_once(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    assert visitor.get(PAGE).status_code == 200
    former = visitor.client.get_cookie("sid")
    reply = visitor.post(PAGE, {"new_password": PASSWORD})
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    shown = re.search(r"<strong>([\w-]{14})</strong>", reply.text)
    assert shown is not None
    now = visitor.client.get_cookie("sid")
    assert former is not None
    assert now is not None
    assert former.value != now.value
    assert visitor.get("/en/").location == "/en/home"
    with app.app_context():
        row = db.session.scalars(select(Credential)).one()
        assert row.code_hash is None
        assert row.code_until is None
        assert passwords.is_right(row.password_hash, PASSWORD)
        assert passwords.is_right(row.spare_code_hash, shown[1].replace("-", ""))


def test_every_other_session_of_the_person_ends(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    arrive(browser).post(PAGE, {"new_password": PASSWORD})
    assert browser(amina).get("/en/password").status_code == 401
    with app.app_context():
        because = db.session.scalars(select(SignIn.ended_because).order_by(SignIn.id)).all()
    assert because == ["password", "password", None]


def test_the_code_is_dead_afterwards_and_the_spare_code_too(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE, spare=SPARE)
    arrive(browser).post(PAGE, {"new_password": PASSWORD})
    for secret in (CODE, SPARE):
        reply = browser(None).post("/en/sign-in", {"service_number": "N-1001", "password": secret})
        assert reply.status_code == 401


def test_the_code_still_counts_while_no_password_was_chosen(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    for _ in range(2):
        assert arrive(browser).get(PAGE).status_code == 200


def test_sent_twice_changes_once(app: Flask, browser: Open, amina: Cast, credential: Give) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    cookie = visitor.client.get_cookie("sid")
    assert cookie is not None
    visitor.post(PAGE, {"new_password": PASSWORD})
    visitor.client.set_cookie("sid", cookie.value)
    reply = visitor.post(PAGE, {"new_password": "another password 99"})
    assert reply.location == "/en/"
    with app.app_context():
        stored = db.session.scalar(select(Credential.password_hash))
    assert passwords.is_right(stored, PASSWORD)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("", "Type the password that you choose."),
        ("short", "Use at least 10 characters."),
        ("x y" * 60, "Use at most 128 characters."),
        ("password2024", "Many people use this password"),
        ("aminabensalah1", "This is mostly your own name"),
        ("Prison Service Academy", "This is mostly your own name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(
    browser: Open, amina: Cast, credential: Give, chosen: str, sentence: str
) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    reply = visitor.post(PAGE, {"new_password": chosen})
    assert reply.status_code == 422
    assert sentence in reply.text
    if chosen:
        assert f'"{chosen}"' not in reply.text


def test_a_code_session_runs_out_like_any_other(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    time.on(minutes=31)
    assert visitor.post(PAGE, {"new_password": PASSWORD}).location == "/en/"
    assert visitor.get(PAGE).location == "/en/"


def test_somebody_disabled_meanwhile_gets_no_session(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    with app.app_context(), transaction() as session:
        actions.end_sessions(session, amina.id, because="disabled", now=clock.now())
    assert visitor.post(PAGE, {"new_password": PASSWORD}).location == "/en/"


def test_nobody_and_who_is_fully_signed_in_have_nothing_to_choose_here(
    browser: Open, amina: Cast
) -> None:
    assert browser(None).get(PAGE).location == "/en/"
    assert browser(amina).get(PAGE).location == "/en/"


def test_another_language_says_that_the_password_has_to_be_typed_again(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    visitor = arrive(browser)
    reply = visitor.post("/fr/choose-password", {"new_password": PASSWORD, "go": "language-fr"})
    assert reply.status_code == 200
    assert PASSWORD not in reply.text
    assert "Un mot de passe n’est jamais renvoyé." in reply.text
    assert 'aria-describedby="new_password-hint new_password-emptied"' in reply.text
    assert "jamais renvoyé" not in visitor.get("/fr/choose-password").text
    with app.app_context():
        assert db.session.scalars(select(Credential.password_hash)).all() == [None]

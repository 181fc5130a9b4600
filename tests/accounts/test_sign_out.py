"""/<language>/sign-out: leaving, and the next person's turn."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import SignIn
from lms.audit.models import AuditRow
from lms.extensions import db
from tests.accounts.conftest import PASSWORD
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


def test_signing_out_ends_the_session_on_the_server_too(
    app: Flask, browser: Open, amina: Cast
) -> None:
    here = browser(amina)
    assert here.post("/en/sign-out").location == "/en/"
    assert here.client.get_cookie("sid") is None
    assert browser(amina).get("/en/password").status_code == 401
    with app.app_context():
        assert db.session.scalar(select(SignIn.ended_because)) == "sign-out"


def test_the_next_person_lands_on_the_form_with_the_cursor_in_it(
    browser: Open, amina: Cast, chipo: Cast, credential: Callable[..., None]
) -> None:
    credential(chipo)
    here = browser(amina)
    here.post("/en/sign-out")
    page = here.get("/en/").text
    assert "You are signed out." in page
    assert "autofocus" in page
    assert "N-1001" not in page
    reply = here.post("/en/sign-in", {"service_number": "N-1002", "password": PASSWORD})
    assert reply.location == "/en/home"


def test_sent_twice_changes_nothing_more(app: Flask, browser: Open, amina: Cast) -> None:
    browser(amina).post("/en/sign-out")
    assert browser(amina).post("/en/sign-out").location == "/en/"
    with app.app_context():
        actions = db.session.scalars(select(AuditRow.action)).all()
    assert actions == ["sign-out.done"]


def test_the_page_that_asks_first_ends_nothing(browser: Open, amina: Cast) -> None:
    here = browser(amina)
    page = here.get("/en/sign-out")
    assert page.status_code == 200
    assert 'action="/en/sign-out"' in page.text
    assert here.get("/en/password").status_code == 200


def test_without_the_token_nobody_is_signed_out(browser: Open, amina: Cast) -> None:
    here = browser(amina)
    assert here.post("/en/sign-out", token=False).status_code == 400
    assert here.get("/en/password").status_code == 200


def test_somebody_who_is_not_signed_in_goes_to_the_form(browser: Open) -> None:
    assert browser(None).get("/en/sign-out").location == "/en/"
    assert browser(None).post("/en/sign-out").location == "/en/"

"""/<language>/password and /<language>/spare-code: one's own, once signed in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import passwords
from lms.accounts.models import Credential
from lms.extensions import db
from tests.accounts.conftest import CODE, PASSWORD, SPARE, Clock
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Give = Callable[..., None]
NEW = "copper window bicycle"


def test_a_new_password_ends_every_former_session_and_keeps_the_spare_code(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, code=CODE, spare=SPARE)
    here = browser(amina)
    reply = here.post("/en/password", {"present_password": PASSWORD, "new_password": NEW})
    assert reply.location == "/en/home"
    assert here.get("/en/password").status_code == 200
    assert browser(amina).get("/en/password").status_code == 401
    with app.app_context():
        row = db.session.scalars(select(Credential)).one()
    assert passwords.is_right(row.password_hash, NEW)
    assert passwords.is_right(row.spare_code_hash, SPARE)
    assert row.code_hash is None


def test_the_present_password_must_be_right_and_a_code_does_not_count(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, code=CODE, spare=SPARE)
    for typed in ("something else", CODE, SPARE):
        reply = browser(amina).post(
            "/en/password", {"present_password": typed, "new_password": NEW}
        )
        assert reply.status_code == 422
        assert "This is not your present password." in reply.text


@pytest.mark.parametrize("page", ["password", "spare-code"])
def test_guessing_the_present_password_has_to_wait(
    browser: Open,
    amina: Cast,
    credential: Give,
    time: Clock,
    page: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credential(amina)
    here = browser(amina)
    fields = {"present_password": "something else", "new_password": NEW}
    for _ in range(4):
        assert here.post(f"/en/{page}", fields).status_code == 422
    hashed: list[str] = []
    monkeypatch.setattr(passwords, "is_right", lambda *asked: hashed.append(asked[1]))
    reply = here.post(f"/en/{page}", {**fields, "present_password": PASSWORD})
    assert reply.status_code == 429
    assert "Wait 2 seconds" in reply.text
    assert hashed == []  # guessing keeps nobody's processor busy either


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present_password": "", "new_password": NEW}, "Type the password that you use now."),
        ({"present_password": PASSWORD, "new_password": ""}, "Type the password that you choose."),
        ({"present_password": PASSWORD, "new_password": "short"}, "Use at least 10 characters."),
    ],
)
def test_a_bad_field_says_so(
    browser: Open, amina: Cast, credential: Give, fields: dict[str, str], sentence: str
) -> None:
    credential(amina)
    reply = browser(amina).post("/en/password", fields)
    assert reply.status_code == 422
    assert sentence in reply.text


def test_a_new_spare_code_replaces_the_one_before(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina, spare=SPARE)
    reply = browser(amina).post("/en/spare-code", {"present_password": PASSWORD})
    shown = re.search(r"<strong>([\w-]{14})</strong>", reply.text)
    assert shown is not None
    with app.app_context():
        stored = db.session.scalar(select(Credential.spare_code_hash))
    assert passwords.is_right(stored, shown[1].replace("-", ""))
    assert not passwords.is_right(stored, SPARE)


def test_a_spare_code_needs_the_present_password(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    here = browser(amina)
    assert here.post("/en/spare-code", {}).status_code == 422
    assert here.post("/en/spare-code", {"present_password": "no"}).status_code == 422


def test_nobody_changes_a_password_without_being_signed_in(browser: Open) -> None:
    assert browser(None).get("/en/password").status_code == 401
    assert browser(None).post("/en/spare-code", {}).status_code == 401

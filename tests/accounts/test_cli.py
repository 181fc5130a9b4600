"""``lms unit``, ``lms person``, ``lms grant``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.accounts.cli import cli
from lms.accounts.models import Person
from lms.extensions import db
from tests.accounts.conftest import PASSWORD
from tests.browser import Browser
from tests.people import Cast, Places


@pytest.fixture
def lms(app: Flask) -> Callable[..., Result]:
    """Return a way to run a command: ``lms("unit", "list")``."""
    group = click.Group("lms", commands=list(cli))
    return lambda *words: CliRunner().invoke(
        group, words, obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    )


def test_from_an_empty_server_to_the_first_sign_in(lms: Any, browser: Any) -> None:
    assert lms("unit", "add", "country", "KZ", "--name", "en=Service").exit_code == 0
    assert lms("unit", "add", "region", "R", "--below", "KZ", "--name", "en=R").exit_code == 0
    assert lms("unit", "list").output == "KZ  Service\n  R  R\n"
    made = lms(
        "person",
        "add",
        "A-1",
        "Болат Сейтқали",
        "--unit",
        "R",
        "--latin",
        "Bolat Seitkali",
        "--language",
        "kk",
        "--role",
        "administrator",
    )
    assert made.exit_code == 0, made.output
    code = re.search(r"One-time code: (\S+)", made.output)
    assert code is not None
    here: Browser = browser(None)
    reply = here.post("/kk/sign-in", {"service_number": "a1", "password": code[1]})
    assert reply.location == "/kk/choose-password"
    here.post("/kk/choose-password", {"new_password": PASSWORD})
    assert "BS" in here.get("/kk/password").text
    assert "administrator  R" in lms("grant", "list", "A-1").output


def test_a_reset_prints_a_code_that_opens(lms: Any, amina: Cast, browser: Any) -> None:
    printed = lms("person", "reset-code", "N-1001")
    code = re.search(r"One-time code: (\S+)", printed.output)
    assert code is not None
    assert "72 hours" in printed.output
    reply = browser(None).post("/en/sign-in", {"service_number": "N-1001", "password": code[1]})
    assert reply.location == "/en/choose-password"


def test_grants_are_given_listed_and_ended(lms: Any, amina: Cast) -> None:
    given = lms("grant", "give", "N-1001", "inspector", "--unit", "N", "--until", "2099-12-31")
    assert given.exit_code == 0, given.output
    listed = lms("grant", "list", "n 1001").output
    assert given.output.strip() in listed
    assert "to 2099-12-31" in listed
    assert lms("grant", "end", given.output.strip()).exit_code == 0
    assert "to 2099-12-31" not in lms("grant", "list", "N-1001").output


def test_disable_and_enable(lms: Any, amina: Cast, browser: Any) -> None:
    assert lms("person", "disable", "N-1001").exit_code == 0
    assert browser(amina).get("/en/password").status_code == 401
    assert lms("person", "enable", "N-1001").exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["person", "reset-code", "X-1"], "No person, unit or role is called so here."),
        (["person", "disable", "X-1"], "No person, unit or role is called so here."),
        (["person", "add", "N-1001", "Jane", "--unit", "N"], "has the service number N-1001"),
        (["person", "add", "N-2", "J4ne", "--unit", "N"], "A name cannot hold the character “4”."),
        (["person", "add", "N-2", "J\u200bne", "--unit", "N"], "the character “U+200B”."),
        (["person", "add", "N-2", "Jane", "--unit", "?"], "No person, unit or role"),
        (["grant", "give", "N-1001", "inspector", "--unit", "N"], "needs a last day"),
        (["unit", "add", "region", "N", "--below", "XX", "--name", "en=N"], "the code N already"),
        (["unit", "add", "region", "W", "--below", "XX", "--name", "West"], "language=name"),
        (["grant", "end", "00000000-0000-0000-0000-000000000001"], "No person, unit or role"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_status_1(
    lms: Any, amina: Cast, places: Places, words: list[str], sentence: str
) -> None:
    result = lms(*words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_a_refused_role_adds_no_person(lms: Any, amina: Cast) -> None:
    words = ["person", "add", "N-2", "Jane Doe", "--unit", "N", "--role", "inspector"]
    assert lms(*words).exit_code == 1
    assert lms(*words, "--until", "2099-12-31").exit_code == 0


def test_extra_time_is_given_and_taken_away(app: Flask, lms: Any, amina: Cast) -> None:
    for percent in (50, 0):
        assert lms("person", "extra-time", "N-1001", str(percent)).exit_code == 0
        with app.app_context():
            person = db.session.get(Person, amina.id)
            assert person is not None
            assert person.extra_time == percent
            db.session.remove()
    assert lms("person", "extra-time", "N-1001", "900").exit_code != 0
    assert lms("person", "extra-time", "N-9999", "50").exit_code == 1

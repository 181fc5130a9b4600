"""GET /<language>/administer/succession and ``lms card``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from lms import installation
from lms.admin.backup_plan import LAST_BACKUP
from lms.admin.night import LAST_DRILL
from lms.admin.succession import card as cards
from lms.admin.succession.cli import card_command
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.kernel import clock
from lms.settings import Settings
from tests.browser import Browser
from tests.people import MONDAY, Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
URL = "/en/administer/succession"


@pytest.fixture
def dana(app: Flask, places: Places) -> Cast:
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Dana Office",
            "HQ-1",
            places.country,
            roles=(("administrator", places.country),),
        )


def test_it_says_what_the_next_administrator_needs(
    app: Flask, browser: Open, dana: Cast, grace: Cast
) -> None:
    with app.app_context(), transaction() as session:
        at = MONDAY.isoformat()
        facts = {
            LAST_BACKUP: {"at": at, "path": "/mnt/stick/lms-1.tar.sealed", "sealed": True},
            LAST_DRILL: {"at": at, "fault": None, "rows": 5},
        }
        installation.decide(session, facts, now=MONDAY)
        row = audit.append(session, None, "clock.confirmed", "x", now=MONDAY)
        head = f"{row.id}:{row.hash.hex()[:16]}"
    page = browser(dana).get(URL).text
    for said in (
        str(app.config["LMS"].data),
        "Dana Office",
        "Grace Nakato",
        "North",
        head,
        "/mnt/stick/lms-1.tar.sealed",
        "it could be restored",
        "lms restore",
        "site replace",
        "Where the passphrase",
    ):
        assert said in page, said


@pytest.mark.parametrize("systemd", [True, False])
def test_there_are_five_commands(
    app: Flask,
    browser: Open,
    dana: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    systemd: bool,
) -> None:
    env = tmp_path / "lms.env"
    if systemd:
        env.write_text("")
    monkeypatch.setattr(cards, "SYSTEMD", env)
    app.config["LMS"] = replace(
        app.config["LMS"], backup_to=Path("/mnt/copies"), backup_passphrase_file=Path("/etc/lms/p")
    )
    page = browser(dana).get(URL).text
    assert "<bdi>/mnt/copies</bdi>" in page
    assert ("BACKUP_TO=/mnt/copies\nBACKUP_PASSPHRASE_FILE=/etc/lms/p" in page) == systemd
    assert page.count("<li><code") == 5
    assert ("deploy/set-up" in page) == systemd
    assert ("<pre" in page) == systemd
    assert "HOST=127.0.0.1" in page


def test_a_card_with_room_for_few_says_that_there_are_more(
    app: Flask, browser: Open, dana: Cast, grace: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There are more" not in browser(dana).get(URL).text
    monkeypatch.setattr("lms.admin.succession.queries.MOST", 1)
    page = browser(dana).get(URL).text
    assert "Dana Office" in page  # the country's own come first
    assert "Grace Nakato" not in page
    assert "There are more" in page
    done = CliRunner().invoke(card_command, obj=ScriptInfo(create_app=lambda: app))
    assert "There are more" in done.output


def test_only_the_office_of_the_country_sees_it(
    browser: Open, grace: Cast, bolat: Cast, amina: Cast
) -> None:
    for person in (grace, bolat, amina):
        assert browser(person).get(URL).status_code == 404


def test_no_secret_stands_on_it(
    app: Flask, dana: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env = tmp_path / "lms.env"
    env.write_text("")
    monkeypatch.setattr(cards, "SYSTEMD", env)
    settings: Settings = replace(
        app.config["LMS"], database_url="postgresql+psycopg://lms:verysecret@db.example.gov/lms"
    )
    with app.app_context():
        found = cards.card(reading(), dana.viewer, settings, "en", now=clock.now())
    said = repr(found)
    assert "db.example.gov" in said
    assert "verysecret" not in said
    assert (app.config["LMS"].data / "secret.key").read_bytes().hex() not in said


def test_a_service_number_does_not_stand_on_it(browser: Open, dana: Cast, grace: Cast) -> None:
    page = browser(dana).get(URL).text
    assert "N-0001" not in page
    assert "HQ-1" not in page


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_is_printed_by_a_page_and_by_a_command(
    app: Flask, browser: Open, dana: Cast, language: str
) -> None:
    assert browser(dana).get(f"/{language}/administer/succession").status_code == 200
    info = ScriptInfo(create_app=lambda: app)
    done = CliRunner().invoke(card_command, ["--language", language], obj=info)
    assert done.exit_code == 0, done.output
    assert "Dana Office" in done.output
    assert "site replace" in done.output
    assert "mount /dev/sdb1 /media/stick" in done.output

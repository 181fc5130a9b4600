"""``lms certificate``: what an administrator at the server can do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo

from lms import installation
from lms.certificates import queries
from lms.certificates.actions import RING
from lms.certificates.cli import cli
from lms.extensions import db
from lms.signing import keys, qr
from tests.certificates.passed import issued, run_worker
from tests.people import Cast


def run(app: Flask, *arguments: str) -> Result:
    from click.testing import CliRunner

    with app.app_context():
        db.session.remove()
    return CliRunner().invoke(cli, arguments, obj=ScriptInfo(create_app=lambda: app))


@pytest.fixture
def paper(app: Flask, amina: Cast) -> tuple[str, str]:
    """Return number and QR text of Amina's certificate."""
    certificate_id = issued(app, amina)
    with app.app_context():
        row = queries.one(db.session(), amina.viewer, certificate_id)
    return row.number, qr.text_of(row.payload)


def test_a_certificate_is_shown_by_its_number(app: Flask, paper: tuple[str, str]) -> None:
    shown = run(app, "show", paper[0].lower())

    assert shown.exit_code == 0
    assert "Amina Ben Salah" in shown.output
    assert "Valid" in shown.output


def test_an_unknown_number_gets_a_sentence(app: Flask, paper: tuple[str, str]) -> None:
    unknown = run(app, "show", "XX-2026-99999")

    assert unknown.exit_code == 1
    assert "no certificate" in unknown.output


def test_a_scanned_text_is_checked_with_what_the_server_knows(
    app: Flask, paper: tuple[str, str], tmp_path: Path
) -> None:
    good = run(app, "verify", paper[1])
    file = tmp_path / "scan.txt"
    file.write_text(paper[1] + "\n")
    from_file = run(app, "verify", "--file", str(file))
    forged = run(app, "verify", paper[1][:-4] + "0000")
    nothing = run(app, "verify")

    assert (good.exit_code, from_file.exit_code) == (0, 0)
    assert "genuine and valid" in good.output
    assert "Amina Ben Salah" in good.output
    assert forged.exit_code == 1
    assert nothing.exit_code == 2


def test_a_scanned_text_is_checked_with_files_alone(
    app: Flask, paper: tuple[str, str], tmp_path: Path
) -> None:
    ring, listed = tmp_path / "keys.json", tmp_path / "list.txt"
    ring.write_text(run(app, "keys").output)
    listed.write_text(run(app, "keys", "--list").output)
    run(app, "withdraw", paper[0], "--reason", "by mistake")
    run_worker(app)

    before = run(app, "verify", paper[1], "--keys", str(ring), "--list", str(listed))
    after = run(app, "verify", paper[1])

    assert before.exit_code == 0  # the file is older than the withdrawal, and says its date
    assert "List dated" in before.output
    assert after.exit_code == 1
    assert "withdrew" in after.output


def test_withdrawing_and_replacing_need_a_reason(app: Flask, paper: tuple[str, str]) -> None:
    assert run(app, "withdraw", paper[0]).exit_code == 2
    assert "reason" in run(app, "withdraw", paper[0], "--reason", " ").output

    replaced = run(app, "replace", paper[0], "--reason", "torn", "--language", "fr")
    assert replaced.exit_code == 0
    assert "already" in run(app, "replace", paper[0], "--reason", "torn").output
    run_worker(app)
    assert "Replaced" in run(app, "show", paper[0]).output


def test_a_new_key_signs_from_then_on_and_old_papers_still_count(
    app: Flask, paper: tuple[str, str]
) -> None:
    made = run(app, "new-key")
    assert made.exit_code == 0, made.output
    folder = app.config["LMS"].issuing_key.parent
    assert len(list(folder.glob("issuing.key*"))) == 2
    run(app, "withdraw", "XX-2026-00001", "--reason", "only so that a list is signed again")
    run_worker(app)

    with app.app_context():
        ring = keys.read_ring(installation.setting(db.session(), RING))
    assert len(ring.keys) == 2
    assert "withdrew" in run(app, "verify", paper[1]).output

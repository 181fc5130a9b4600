"""lms certificate export"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment
from tests.certificates.passed import issued
from tests.people import Cast


@pytest.fixture
def given(app: Flask, amina: Cast, daniel: Cast) -> None:
    for person in (amina, daniel):
        issued(app, person)


def run(app: Flask, *words: str) -> tuple[int, str]:

    from lms.certificates.cli import cli as certificate

    reply = app.test_cli_runner().invoke(certificate, ["export", *words])
    return reply.exit_code, reply.output


def test_it_writes_a_place_with_its_register(app: Flask, given: None, tmp_path: Path) -> None:
    out, table = tmp_path / "n.zip", tmp_path / "n.csv"
    code, said = run(
        app,
        "--unit",
        "N",
        "--course",
        "C01",
        "--from",
        "2026-11-01",
        "--until",
        "2026-11-30",
        "--out",
        str(out),
        "--register",
        str(table),
    )
    assert (code, said.startswith("1 papers and 1 lines")) == (0, True), said
    assert len([name for name in ZipFile(out).namelist() if name.endswith(".pdf")]) == 1
    assert "Amina Ben Salah" in table.read_text("utf-8-sig")
    assert "Daniel" not in table.read_text("utf-8-sig")
    assert out.stat().st_mode & 0o077 == table.stat().st_mode & 0o077 == 0
    with app.app_context():
        row = (
            db.session()
            .scalars(select(AuditRow).where(AuditRow.action == "certificates.exported"))
            .one()
        )
    assert (row.actor_id, row.facts["papers"]) == (None, 1)


def test_a_print_run_follows_the_list(app: Flask, given: None, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("S-2001\n\nN-1001\n")
    out = tmp_path / "p.zip"
    code, said = run(app, "--numbers", str(listed), "--print", "--out", str(out))
    assert code == 0, said
    assert "print.pdf" in ZipFile(out).namelist()


def test_a_programme_leaves_out_who_did_not_learn_for_it(
    app: Flask, given: None, amina: Cast, tmp_path: Path
) -> None:
    out = tmp_path / "h.zip"
    with app.app_context(), transaction() as session:
        new = Details({"en": "Health"}, date(2026, 1, 1), None)
        made = programmes.add(session, SERVER, "health", "programme", new, now=clock.now())
        enrolments = update(Enrolment).where(Enrolment.person_id == amina.id)
        session.execute(enrolments.values(programme_id=made))
    code, said = run(app, "--programme", "health", "--out", str(out))
    assert (code, said.startswith("1 papers and 1 lines")) == (0, True), said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--programme", "none"), "no programme"),
        (("--unit", "nowhere"), "no open place"),
        (("--course", "C99"), "no such certificate"),
        (("--from", "soon"), "Invalid value"),
    ],
)
def test_it_says_what_is_wrong(
    app: Flask, given: None, tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    out = tmp_path / "x.zip"
    code, said = run(app, *words, "--out", str(out))
    assert code != 0
    assert reason in said
    assert not out.exists()

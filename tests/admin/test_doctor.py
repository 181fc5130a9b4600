"""What the doctor finds, and the three commands as somebody types them."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import delete, update

from lms import installation
from lms.admin import backup_cli, doctor, safekeeping, schema, start
from lms.admin.exchange import Moves
from lms.admin.findings import GOOD, NOTE, WRONG, Finding
from lms.admin.night import LAST_CHECK, LAST_DRILL
from lms.audit import actions as audit
from lms.audit import chain
from lms.audit.models import AuditRow
from lms.catalogue.models import OfferedChange
from lms.certificates import actions as certificates
from lms.certificates.work import ensure_keys, office
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from lms.settings import Settings
from tests.admin.conftest import PASSPHRASE, stop
from tests.certificates.passed import publish

PARTS = (
    "Data folder", "Disk space", "Database", "Identity", "Clock", "Backup", "Copy elsewhere",
    "Restore test", "Issuing key", "Languages", "Work in the background", "Courses", "Editions",
    "Nightly check", "Deletion", "New versions", "Integrity",
)  # fmt: skip


@pytest.fixture
def lms(server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a way to run a command of ours: ``lms("doctor")``."""
    monkeypatch.setenv("LMS_DATA", str(here.data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    commands = [backup_cli.backup, backup_cli.restore, backup_cli.doctor]
    group = click.Group("lms", commands=commands)
    info = ScriptInfo(create_app=lambda: server, set_debug_flag=False)
    return lambda *words: CliRunner().invoke(group, [str(word) for word in words], obj=info)


@pytest.fixture
def examined(server: Flask, here: Settings) -> Callable[..., dict[str, Finding]]:
    """Return a way to ask the doctor: findings by the word before the colon."""

    def examine(settings: Settings = here, now: datetime | None = None) -> dict[str, Finding]:
        with server.app_context():
            found = doctor.examine(settings, reading(), now=now or clock.now())
            reading().close()
        return {str(finding.sentence).partition(":")[0]: finding for finding in found}

    return examine


def test_a_server_with_a_fresh_backup_elsewhere_is_good(
    lms: Any, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safekeeping, "shares_disk", lambda *_: False)
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n", "utf-8")
    assert lms("backup", "--to", stick, "--passphrase-file", secret).exit_code == 0
    (path,) = stick.iterdir()
    assert lms("restore", "--try", path, "--passphrase-file", secret).exit_code == 0

    said = lms("doctor")

    lines = said.output.splitlines()
    assert [line[10:].partition(":")[0] for line in lines] == list(PARTS)
    # The night has not come yet.
    assert [line for line in lines if not line.startswith("good")] == [
        line
        for line in lines
        if line.startswith(("to know   Nightly check", "to know   Deletion", "to know   New"))
    ]


def test_a_new_server_is_told_to_make_a_backup(lms: Any) -> None:
    said = lms("doctor")
    assert said.exit_code == 1
    assert (
        "TO DO     Backup: there is none yet. Make one on the page “Backups”, or: lms backup"
        in said.output
    )


def test_a_backup_is_remembered_and_grows_old(
    lms: Any, examined: Any, server: Flask, here: Settings
) -> None:
    made = lms("backup")
    assert made.exit_code == 0, made.output
    assert "read back and complete" in made.output
    assert "does not hold the issuing key" in made.output
    found = examined()["Backup"]
    assert (found.state, "at " + str(here.data) in str(found.sentence)) == (GOOD, True)
    found = examined()["Copy elsewhere"]
    assert (found.state, "lms backup --to FOLDER" in str(found.sentence)) == (NOTE, True)

    week = clock.now() + timedelta(days=7, minutes=1)
    assert examined(now=week)["Backup"].state == WRONG
    shutil.rmtree(here.data / "backups")
    assert "no longer at" in str(examined()["Backup"].sentence)
    with server.app_context(), transaction() as session:
        assert chain.first_bad_row(session) is None
        assert [row.action for row in session.query(AuditRow)] == ["backup.made"]


def test_a_data_folder_that_is_not_there_is_not_made(
    lms: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "mistyped"))
    said = lms("doctor")
    assert said.exit_code == 1
    assert "TO DO     Data folder: there is none at" in said.output
    assert len(said.output.splitlines()) == 1
    assert not (tmp_path / "mistyped").exists()


def test_a_data_folder_that_others_can_look_into(examined: Any, here: Settings) -> None:
    assert examined()["Data folder"].state == GOOD
    here.data.chmod(0o2770)  # the worker has an account of its own
    assert examined()["Data folder"].state == GOOD
    here.data.chmod(0o755)
    found = examined()["Data folder"]
    assert (found.state, "chmod o-rwx" in str(found.sentence)) == (WRONG, True)


def test_a_data_folder_that_cannot_be_written(
    examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(start, "probe", refuse)
    found = examined()["Data folder"]
    assert (found.state, "(Read-only file system)" in str(found.sentence)) == (WRONG, True)


def test_of_a_data_folder_that_cannot_be_read_nothing_else_is_told(
    examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert list(examined()) == ["Data folder"]


def test_a_database_of_another_machine(examined: Any, here: Settings) -> None:
    assert examined()["Identity"].state == GOOD
    (here.data / "site.id").unlink()
    found = examined()["Identity"]
    assert (found.state, "lms site replace" in str(found.sentence)) == (WRONG, True)


def test_a_server_without_identity(examined: Any, server: Flask) -> None:
    with server.app_context(), transaction() as session:
        session.execute(delete(installation.Site))
    assert "has none yet" in str(examined()["Identity"].sentence)


@pytest.mark.parametrize(
    ("part", "name", "lasts"),
    [
        ("Restore test", LAST_DRILL, timedelta(days=16)),
        ("Nightly check", LAST_CHECK, timedelta(days=4)),
    ],
)
def test_what_the_server_looks_at_by_itself(
    examined: Any, server: Flask, part: str, name: str, lasts: timedelta
) -> None:
    def last(at: datetime, fault: str | None) -> Finding:
        known = {"at": at.isoformat(), "fault": fault, "rows": 417}
        with server.app_context(), transaction() as session:
            installation.decide(session, {name: known}, now=at)
        found: Finding = examined(now=now)[part]
        return found

    now = clock.now()
    assert examined()[part].state == NOTE
    assert last(now - lasts + timedelta(minutes=1), None).state == GOOD
    assert last(now - lasts - timedelta(minutes=1), None).state == WRONG
    bad = last(now, "unit: 4 of 5 rows")
    assert (bad.state, "unit: 4 of 5 rows" in str(bad.sentence)) == (WRONG, True)


def test_a_database_that_is_busy_is_not_called_damaged(
    examined: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", busy)
    said = str(examined()["Integrity"].sentence)
    assert "at this moment (database is locked)" in said
    assert "restore" not in said


def test_a_disk_with_too_little_room(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for total, free, state in (
        (100e9, 5.1e9, GOOD),
        (100e9, 4.9e9, WRONG),
        (8e9, 0.6e9, GOOD),
        (8e9, 0.49e9, WRONG),
    ):
        usage = SimpleNamespace(total=total, free=free, used=total - free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        assert examined()["Disk space"].state == state


def test_a_clock_that_cannot_be_right(examined: Any, server: Flask) -> None:
    assert examined()["Clock"].state == GOOD
    early = [str(each.sentence) for each in examined(now=datetime(2026, 1, 1, tzinfo=UTC)).values()]
    assert len([said for said in early if "before this program was made" in said]) == 1
    later = clock.now() + timedelta(days=1)
    with server.app_context(), transaction() as session:
        audit.append(session, None, "test.written", "1", {}, now=later)
    found = examined()["Clock"]
    assert (found.state, "lms site clock" in str(found.sentence)) == (WRONG, True)
    with server.app_context(), transaction() as session:
        audit.confirm_clock(session, now=clock.now())
    assert examined()["Clock"].state == GOOD


def test_the_clock_is_told_as_on_the_watches_of_the_country(examined: Any, server: Flask) -> None:
    with server.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Africa/Kampala"}, now=clock.now())
    now = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
    assert "2026-12-02 00:30 (21:30 UTC)" in str(examined(now=now)["Clock"].sentence)


def test_a_lost_issuing_key_comes_back_alone(
    lms: Any, examined: Any, server: Flask, here: Settings, stick: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    assert lms("backup", "--to", stick, "--passphrase-file", secret).exit_code == 0
    assert lms("backup").exit_code == 0
    has_issued(server, here)
    (sealed,), (plain,) = stick.iterdir(), (here.data / "backups").glob("*.tar")
    there = lms("restore", "--key", sealed, "--passphrase-file", secret)
    assert there.exit_code == 1, "a key that is good is never exchanged"
    with server.app_context(), transaction() as session:
        audit.append(session, None, "test.written", "since", {}, now=clock.now())
    key = here.issuing_key.read_bytes()
    here.issuing_key.unlink()
    found = examined()["Issuing key"]
    assert (found.state, "lms restore --key FILE" in str(found.sentence)) == (WRONG, True)
    assert "holds no issuing key" in lms("restore", "--key", plain).output

    done = lms("restore", "--key", sealed, "--passphrase-file", secret)

    assert done.exit_code == 0, done.output
    assert here.issuing_key.read_bytes() == key
    assert here.issuing_key.stat().st_mode & 0o077 == 0
    assert examined()["Issuing key"].state == GOOD
    with server.app_context():
        actions = [row.action for row in reading().query(AuditRow)]
    assert actions[-1] == "issuing-key.back"
    assert "test.written" in actions, "what was done since stays"
    assert not list(here.data.glob(".restoring-*"))

    here.issuing_key.write_bytes(b"another key")
    here.issuing_key.chmod(0o600)
    done = lms("restore", "--key", sealed, "--passphrase-file", secret)
    assert "The key that was here lies in " in done.output
    assert here.issuing_key.read_bytes() == key
    here.issuing_key.unlink()
    (here.data / "site.id").write_text("00000000-0000-4000-8000-000000000000")
    assert lms("restore", "--key", sealed, "--passphrase-file", secret).exit_code == 1
    assert not here.issuing_key.exists()


@pytest.mark.parametrize("damaged", [False, True], ids=["lost", "damaged"])
@pytest.mark.parametrize("step", ["set_aside", "put"])
@pytest.mark.parametrize("count", [0, 1])
def test_bringing_the_key_back_that_is_killed_goes_on_when_it_is_said_again(
    lms: Any,
    examined: Any,
    server: Flask,
    here: Settings,
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damaged: bool,
    step: str,
    count: int,
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    assert lms("backup", "--to", stick, "--passphrase-file", secret).exit_code == 0
    has_issued(server, here)
    again = ("restore", "--key", *stick.iterdir(), "--passphrase-file", secret)
    kept = {path: path.read_bytes() for path in here.issuing_key.parent.iterdir()}
    assert len(kept) == 2
    for path in kept:
        path.write_bytes(b"damaged") if damaged else path.unlink()
    does, left = getattr(Moves, step), [count]

    def killed(self: Moves, *paths: Path) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        does(self, *paths)

    with monkeypatch.context() as dying:
        dying.setattr(Moves, step, killed)
        dying.setattr(Moves, "undo", lambda _: None)  # a process that is killed undoes nothing
        assert lms(*again).exit_code == 1

    found = examined()["Issuing key"]
    assert (found.state, "lms restore --key FILE" in str(found.sentence)) == (WRONG, True)
    assert lms(*again).exit_code == 0
    assert {path: path.read_bytes() for path in kept} == kept
    assert examined()["Issuing key"].state == GOOD


def test_a_schema_that_does_not_fit(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted, said in (("0099", "Run: lms prepare"), ("0000", "newer version")):
        monkeypatch.setattr(schema, "wanted_revision", lambda wanted=wanted: wanted)
        found = examined()
        assert (found["Database"].state, said in str(found["Database"].sentence)) == (WRONG, True)
        assert found["Integrity"].state == GOOD


def has_issued(app: Flask, here: Settings) -> None:
    """Let the server publish the list of its keys, as its first certificate does."""
    with app.app_context(), transaction() as session:
        certificates.keep_ring(
            session, installation.read(session), office(here).signer, now=clock.now()
        )


def test_the_issuing_key(examined: Any, here: Settings) -> None:
    assert examined()["Issuing key"].state == GOOD
    here.issuing_key.chmod(0o644)
    assert "chmod 600" in str(examined()["Issuing key"].sentence)
    here.issuing_key.unlink()
    assert "there is none yet" in str(examined()["Issuing key"].sentence)


def test_an_issuing_key_that_is_lost_or_another_one(
    examined: Any, server: Flask, here: Settings
) -> None:
    has_issued(server, here)
    assert examined()["Issuing key"].state == GOOD
    kept = here.issuing_key.read_bytes()
    here.issuing_key.unlink()
    assert "is no longer at" in str(examined()["Issuing key"].sentence)
    ensure_keys(here)
    found = examined()["Issuing key"]
    assert (found.state, "is not the key with which" in str(found.sentence)) == (WRONG, True)
    here.issuing_key.write_bytes(b"no key at all")
    assert examined()["Issuing key"].state == WRONG
    here.issuing_key.write_bytes(kept)
    assert examined()["Issuing key"].state == GOOD


def test_languages_without_their_sentences(
    examined: Any, server: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "CATALOGUES", tmp_path)
    with server.app_context(), transaction() as session:
        installation.decide(session, {"languages": ["kk", "ru", "en"]}, now=clock.now())
    found = examined()["Languages"]
    assert found.state == WRONG
    assert "Қазақша, Русский" in str(found.sentence)
    for code in ("kk", "ru"):
        path = tmp_path / code / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
    assert examined()["Languages"].state == GOOD


def test_work_that_waits_or_gave_up(examined: Any, server: Flask) -> None:
    now = clock.now()
    with server.app_context(), transaction() as session:
        jobs.ask(session, "count", "1", now=now)
    assert examined()["Work in the background"].state == GOOD
    late = examined(now=now + timedelta(minutes=11))["Work in the background"]
    assert (late.state, "has waited since" in str(late.sentence)) == (WRONG, True)
    with server.app_context(), transaction() as session:
        session.execute(update(Job).values(state="failed", error="OSError: no key"))
    said = str(examined()["Work in the background"].sentence)
    assert "wait for you: 1. The last one: OSError: no key. Put" in said


def test_offered_changes_are_told_and_are_no_fault(examined: Any, server: Flask) -> None:
    with server.app_context(), transaction() as session:
        session.add(
            OfferedChange(course_id="C01", core_digest="0" * 64, seen_on=clock.now().date())
        )
    found = examined()["Courses"]
    assert (found.state, "lms content publish" in str(found.sentence)) == (NOTE, True)


def test_a_damaged_database_is_told_and_nothing_breaks(
    lms: Any, server: Flask, here: Settings
) -> None:
    stop(server)
    path = here.data / "lms.sqlite"
    data = bytearray(path.read_bytes())
    data[8192 : len(data) : 64] = b"\xff" * len(data[8192 : len(data) : 64])
    path.write_bytes(data)

    said = lms("doctor")

    assert said.exit_code == 1
    assert not said.exception or isinstance(said.exception, SystemExit)
    assert "TO DO     Integrity: the database is damaged" in said.output
    assert "lms restore FILE" in said.output


def test_plain_http_on_a_network_is_told(examined: Any, here: Settings) -> None:
    assert "Network" not in examined()
    assert "Network" not in examined(replace(here, host="10.1.2.3", trusted_proxies=1))
    found = examined(replace(here, host="10.1.2.3"))["Network"]
    assert (found.state, "TLS_CERT" in str(found.sentence)) == (NOTE, True)


def test_a_backup_to_a_stick_asks_for_a_passphrase(lms: Any, stick: Path, tmp_path: Path) -> None:
    said = lms("backup", "--to", stick)
    assert said.exit_code == 1
    assert "--passphrase-file" in said.output
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert "is empty" in lms("backup", "--to", stick, "--passphrase-file", empty).output
    assert list(stick.iterdir()) == []


def test_the_folder_decided_at_the_first_run_is_where_backups_go(
    lms: Any, server: Flask, here: Settings, stick: Path
) -> None:
    with server.app_context(), transaction() as session:
        installation.decide(session, {"backups": str(stick)}, now=clock.now())
    assert "is outside the data folder" in lms("backup").output
    with server.app_context(), transaction() as session:
        installation.decide(session, {"backups": ""}, now=clock.now())
    assert str(here.data / "backups") in lms("backup").output


def test_restore_says_what_it_did_and_what_comes_next(
    lms: Any,
    server: Flask,
    here: Settings,
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    assert lms("backup", "--to", stick, "--passphrase-file", secret).exit_code == 0
    stop(server)
    (path,) = stick.iterdir()
    assert "--passphrase-file" in lms("restore", path).output

    said = lms("restore", path, "--passphrase-file", secret)
    assert said.exit_code == 0, said.output
    assert "What was here before lies in " in said.output
    assert said.output.endswith("Next: lms serve\n")
    monkeypatch.setattr(backup_cli, "SYSTEMD", secret)
    stop(server)
    said = lms("restore", path, "--passphrase-file", secret)
    assert said.output.endswith("Next: systemctl enable --now lms.service lms-worker.timer\n")

    monkeypatch.setenv("LMS_DATA", str(tmp_path / "new machine"))
    said = lms("restore", path, "--passphrase-file", secret)
    assert said.exit_code == 0, said.output
    assert "lms site replace" in said.output


def test_a_station_needs_no_key_and_says_what_is_unsigned(
    examined: Any, server: Flask, here: Settings
) -> None:
    here.issuing_key.unlink()
    with server.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    found = examined()
    assert found["Issuing key"].state == GOOD
    assert "station" in str(found["Issuing key"].sentence)
    assert found["Editions"].state == GOOD

    with server.app_context(), transaction() as session:
        publish(session)
    found = examined()
    assert (found["Editions"].state, "another server" in str(found["Editions"].sentence)) == (
        NOTE,
        True,
    )


def test_an_edition_that_waits_for_its_signature(examined: Any, server: Flask) -> None:
    with server.app_context(), transaction() as session:
        publish(session)
    found = examined()["Editions"]
    assert (found.state, "not signed yet: 1." in str(found.sentence)) == (NOTE, True)

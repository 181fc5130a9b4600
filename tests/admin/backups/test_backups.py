"""/<language>/administer/backups: the list, one now, a restore test now"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.admin import backup_contents, backup_place, backup_progress, postgresql
from lms.admin.backup_plan import (
    BACKUPS,
    BY_HAND,
    DAILY,
    KNOWN,
    LAST_COPY,
    LAST_FAULTS,
    MAKE,
    WEEKLY,
    folder_elsewhere,
    folder_here,
)
from lms.admin.backups import listing, steps
from lms.admin.backups.steps import STEPS, drop_old
from lms.admin.drill import STEPS as DRILLS
from lms.admin.findings import message_facts, message_from
from lms.admin.night import DRILL
from lms.admin.schema import Contents
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs import progress, running
from lms.jobs.models import Job
from lms.jobs.steps import LEASE
from lms.kernel import clock
from lms.kernel.messages import Message
from lms.settings import Settings
from tests.admin.backups.conftest import Open
from tests.admin.conftest import NOW, PASSPHRASE
from tests.people import Cast

URL = "/en/administer/backups"
Made = Callable[..., None]


def known(app: Flask, name: str) -> Any:
    with app.app_context():
        return installation.setting(reading(), name)


@pytest.fixture
def made(server: Flask) -> Made:
    """Return a way to let the worker of a server on the disk make a backup."""

    def make(kind: str, settings: Settings | None = None, *, days: int = 0) -> None:
        if settings is not None:
            server.config["LMS"] = settings
        now = NOW + timedelta(days=days)
        with server.app_context():
            with transaction() as session:
                jobs.ask(session, MAKE, f"{kind} {days}", {"kind": kind}, now=now)
            running.run_due(reading, transaction, STEPS, "worker", lambda: now)

    return make


def names(folder: Path) -> list[str]:
    return sorted(path.name[:5] for path in folder.iterdir())


def test_the_daily_one_lies_in_the_data_folder_and_is_listed(
    server: Flask, here: Settings, made: Made
) -> None:
    made(DAILY)
    (path,) = (here.data / "backups").iterdir()
    assert path.name.startswith("daily-")
    (listed,) = known(server, KNOWN)
    assert (listed["path"], listed["kind"], listed["sealed"]) == (str(path), DAILY, False)
    assert listed["size"] == path.stat().st_size
    with server.app_context():
        assert reading().scalars(select(AuditRow.action)).all() == ["backup.made"]


def test_only_as_many_as_decided_stay_and_those_made_by_hand_stay_all(
    server: Flask, here: Settings, made: Made
) -> None:
    with server.app_context(), transaction() as session:
        plan = {"hour": 1, "keep": 2, "weekday": 6, "keep_copies": 2}
        installation.decide(session, {"backup_plan": plan}, now=NOW)
    made(BY_HAND)
    for day in range(4):
        made(DAILY, days=day)
    assert names(here.data / "backups") == ["daily", "daily", "lms-0"] or names(
        here.data / "backups"
    )[:2] == ["daily", "daily"]
    assert len(names(here.data / "backups")) == 3


def test_files_of_a_clock_that_was_ahead_do_not_push_out_those_of_today(tmp_path: Path) -> None:
    for moment in (
        "20261129-010000",
        "20261130-010000",
        "20261201-010000",
        "20290101-010000",
        "20290102-010000",
    ):
        (tmp_path / f"daily-00000001-{moment}.tar").touch()
    (tmp_path / "daily-00000002-20250101-010000.tar").touch()  # another server's
    (tmp_path / "lms-00000001-20250101-010000.tar").touch()
    drop_old(tmp_path / "daily-00000001-20261201-010000.tar", 2)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert "daily-00000001-20261129-010000.tar" not in left
    assert len(left) == 6


def test_the_copy_elsewhere_is_encrypted_and_holds_the_keys(
    server: Flask, here: Settings, stick: Path, tmp_path: Path, made: Made
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n", "utf-8")
    made(WEEKLY, replace(here, backup_to=stick, backup_passphrase_file=secret))
    (path,) = stick.iterdir()
    assert path.name.startswith("weekly-")
    assert path.suffix == ".sealed"
    (listed,) = known(server, KNOWN)
    assert listed["keys"]
    assert known(server, LAST_COPY)["path"] == str(path)
    assert known(server, LAST_FAULTS) == {}


@pytest.mark.parametrize("why", ["no file named", "not there", "too short"])
def test_why_no_copy_was_made_is_kept_until_one_is(
    server: Flask, here: Settings, stick: Path, tmp_path: Path, made: Made, why: str
) -> None:
    secret = tmp_path / "passphrase"
    if why == "too short":
        secret.write_text("short", "utf-8")
    settings = replace(
        here, backup_to=stick, backup_passphrase_file=None if why == "no file named" else secret
    )
    made(WEEKLY, settings)
    assert list(stick.iterdir()) == []
    assert set(known(server, LAST_FAULTS)) == {WEEKLY}
    secret.write_text(PASSPHRASE, "utf-8")
    made(WEEKLY, replace(settings, backup_passphrase_file=secret), days=1)
    assert known(server, LAST_FAULTS) == {}


def test_without_room_none_is_made_and_the_reason_is_kept(
    server: Flask, here: Settings, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "LEAST_FREE", 10**18)
    made(DAILY)
    assert "not enough room" in known(server, LAST_FAULTS)[DAILY]["sentence"]["msgid"]
    assert known(server, KNOWN) is None


def test_keeping_fewer_makes_the_room_that_the_next_one_lacks(
    server: Flask, here: Settings, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(4):
        made(DAILY, days=day)
    with server.app_context(), transaction() as session:
        plan = {"hour": 1, "keep": 2, "weekday": 6, "keep_copies": 2}
        installation.decide(session, {"backup_plan": plan}, now=NOW)
    monkeypatch.setattr(steps, "LEAST_FREE", 10**18)
    made(DAILY, days=4)
    assert DAILY in known(server, LAST_FAULTS), "there was still no room"
    moments = [path.stem.split("-", 2)[2] for path in (here.data / "backups").iterdir()]
    assert sorted(moments) == [f"{NOW + timedelta(days=day):%Y%m%d-%H%M%S}" for day in (2, 3)]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_the_worker_may_not_write_says_what_to_do(
    server: Flask, here: Settings, made: Made, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Where its unit does not name the folder, systemd says that the disk may only be read."""

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(backup_place, "clear", refuse)
    made(DAILY)
    said = str(message_from(known(server, LAST_FAULTS)[DAILY]["sentence"]))
    assert os.strerror(code) in said
    assert "its unit must name the folder" in said


def told_by(
    server: Flask, monkeypatch: pytest.MonkeyPatch, told: Callable[[], None], kind: str = DAILY
) -> list[tuple[int, str]]:
    """Return what a backup tells, each time it could; ``told`` is called each time, too."""
    monkeypatch.setattr(backup_progress, "EVERY", 0.0)
    monkeypatch.setattr(backup_contents, "COPIED_BETWEEN", 50)
    said: list[tuple[int, str]] = []

    def tell(percent: int, part: Mapping[str, Any]) -> None:
        said.append((percent, str(message_from(part))))
        told()

    with server.app_context():
        with transaction() as session:
            job = jobs.ask(session, MAKE, "told", {"kind": kind}, now=NOW).id
        running.prepare(reading(), job, STEPS, now=NOW, tell=tell)
    return said


def test_it_tells_in_words_how_far_it_is_and_lets_others_write(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        """Fail at once where anybody holds the lock of the database."""
        other = sqlite3.connect(here.data / "lms.sqlite", timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
        other.close()

    said = told_by(server, monkeypatch, write)

    percents = [percent for percent, _ in said]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 99)
    words = list(dict.fromkeys(re.sub(r"\d+(\.\d+)?\xa0[GM]B|\d+", "n", each) for _, each in said))
    assert words == [
        "The database is being copied, n so far.",
        "Stored files are being compared with their names: n of n.",
        "Files are being packed: n of n.",
        "The backup is being read back and verified: n of n files.",
    ]
    assert len([each for _, each in said if "copied" in each]) > 2


@pytest.mark.parametrize(("last", "percents"), [(1_000_000, [0, 7, 15, 30]), (None, [0, 3, 7, 15])])
def test_a_dump_is_measured_by_the_last_one_the_first_by_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int | None, percents: list[int]
) -> None:
    """PostgreSQL's program says only at its end how small it packs."""

    def dump(_: str, target: Path, meanwhile: Callable[[], None]) -> Contents:
        for size in (250_000, 500_000, 1_200_000 if last else 1_000_000):
            target.write_bytes(bytes(size))
            meanwhile()
        return Contents(None, None, {})

    monkeypatch.setattr(backup_progress, "EVERY", 0.0)
    monkeypatch.setattr(postgresql, "dump", dump)
    monkeypatch.setattr(backup_contents, "_size_of_database", lambda _: 2_000_000)
    told: list[tuple[int, str]] = []
    progress = backup_progress.Progress(lambda percent, said: told.append((percent, str(said))))
    backup_contents.copy_database("postgresql+psycopg://nobody/x", tmp_path, progress, last)
    assert [percent for percent, _ in told] == percents
    assert "so far" in told[-1][1]


def test_it_is_kept_how_large_the_copy_of_the_database_was(
    server: Flask, here: Settings, made: Made
) -> None:
    made(DAILY)
    (one,) = known(server, KNOWN)
    assert 100_000 < one["copied"] < one["size"]


def test_an_encrypted_one_says_so(
    server: Flask, here: Settings, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n", "utf-8")
    server.config["LMS"] = replace(here, backup_to=stick, backup_passphrase_file=secret)
    said = told_by(server, monkeypatch, lambda: None, WEEKLY)
    assert any("packed and encrypted" in each for _, each in said)


def test_where_they_lie(here: Settings, stick: Path) -> None:
    own = here.data / "backups"
    assert (folder_here(here, None), folder_elsewhere(here, None)) == (own, None)
    assert folder_here(here, "safe") == here.data / "safe"
    assert (folder_here(here, str(stick)), folder_elsewhere(here, str(stick))) == (own, stick)
    named = replace(here, backup_to=stick)
    assert folder_elsewhere(named, None) == stick


def test_the_list_bears_a_file_that_is_deleted_meanwhile_and_a_closed_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (tmp_path / f"daily-5a2b7f0c-2026112{day}-010000.tar" for day in (1, 2))
    one.touch()
    two.symlink_to(tmp_path / "deleted")
    assert [line.path for line in listing.lines([], tmp_path)] == [one]
    facts = {
        "path": str(two),
        "kind": DAILY,
        "at": NOW.isoformat(),
        "size": 1,
        "sealed": False,
        "keys": False,
        "tested": None,
    }
    assert [line.path for line in listing.lines([facts], tmp_path)] == [one]
    assert listing.lines([facts], tmp_path / "none") != []

    def closed(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", closed)
    assert [line.path for line in listing.lines([facts], tmp_path)] == [two]


# ---- The page -----------------------------------------------------------------------------------


def test_a_backup_and_a_test_by_button(
    app: Flask, browser: Open, halima: Cast, settings: Settings
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL's programs are tried elsewhere")
    here = browser(halima)
    assert "There is no backup yet." in here.get(URL).text
    for _ in range(2):
        assert here.post(f"{URL}/new", {"kind": BY_HAND}).location == URL
    page = here.get(URL)
    assert "A backup is being made." in page.text
    assert page.headers["Refresh"] == "5"
    assert "Make a backup now" not in page.text
    with app.app_context():
        assert reading().query(Job).filter_by(kind=MAKE).count() == 1
        running.run_due(reading, transaction, STEPS, "worker", clock.now)
    page = here.get(URL)
    assert "✓ read back whole" in page.text
    assert "by hand" in page.text
    assert "Refresh" not in page.headers

    for _ in range(2):
        here.post(f"{URL}/test")
    assert "A backup is being tested." in here.get(URL).text
    with app.app_context():
        assert reading().query(Job).filter_by(kind=DRILL).count() == 1
        running.run_due(reading, transaction, DRILLS, "worker", clock.now)
    page = here.get(URL)
    assert "rows were there" in page.text
    assert "✓ restored in a test" in page.text
    with app.app_context():
        said = reading().scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert said == ["backup.make.asked", "backup.made", "backup.drill.asked", "backup.tried"]


def test_its_page_says_how_far_it_is(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    here.post(f"{URL}/new", {"kind": BY_HAND})
    assert "<progress" not in here.get(URL).text
    part = message_facts(Message(backup_progress.PACKING.said, {"done": 120, "total": 300}))
    with app.app_context(), transaction() as session:
        job = running.take(session, "worker", STEPS, now=clock.now())
        assert job is not None
        progress.note(session, job.id, "worker", LEASE, 54, part, now=clock.now())
    page = here.get(URL)
    assert "54 % is done. Files are being packed: 120 of 300." in page.text
    assert '<progress value="54" max="100"' in page.text
    assert page.headers["Refresh"] == "5"
    assert "54/100" in here.get("/en/administer/jobs/all").text


def test_a_copy_that_is_due_without_a_passphrase_says_what_to_do(
    app: Flask, browser: Open, halima: Cast, stick: Path, tmp_path: Path
) -> None:
    app.config["LMS"] = replace(app.config["LMS"], backup_to=stick)
    here = browser(halima)
    page = here.get(URL).text
    assert "BACKUP_PASSPHRASE_FILE" in page
    assert "Make an encrypted copy elsewhere now" not in page
    app.config["LMS"] = replace(app.config["LMS"], backup_passphrase_file=tmp_path / "secret")
    page = here.get(URL).text
    assert "Make an encrypted copy elsewhere now" in page
    assert "BACKUP_PASSPHRASE_FILE" not in page


def test_files_that_nobody_noted_are_listed_too(app: Flask, browser: Open, halima: Cast) -> None:
    folder = app.config["LMS"].data / "backups"
    folder.mkdir(parents=True)
    (folder / "before-upgrade-0a1b2c3d-20261101-010000.tar").write_bytes(b"x" * 1_200_000)
    (folder / "notes.txt").touch()
    page = browser(halima).get(URL).text
    assert "before an upgrade" in page
    assert "1.2\N{NO-BREAK SPACE}MB" in page
    assert "not known" in page
    assert "notes.txt" not in page


def test_no_other_kind_is_made(app: Flask, browser: Open, halima: Cast) -> None:
    for kind in ("", DAILY, "../x"):
        assert browser(halima).post(f"{URL}/new", {"kind": kind}).status_code == 404


def test_it_is_for_the_office_alone(
    app: Flask, browser: Open, grace: Cast, bolat: Cast, amina: Cast
) -> None:
    for person in (grace, bolat, amina):
        here = browser(person)
        assert here.get(URL).status_code == 404
        assert here.get(f"{URL}/plan").status_code == 404
        for step in ("new", "test", "plan"):
            assert here.post(f"{URL}/{step}", {"kind": BY_HAND}).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert known(app, BACKUPS) is None
    with app.app_context():
        assert reading().query(Job).count() == 0

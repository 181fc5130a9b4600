"""The restore test: made by the worker every week, and by hand with ``lms restore --try``."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import installation
from lms.admin import backup, backup_contents, drill, verifying
from lms.admin.backup_place import BackupError, alone
from lms.admin.backup_plan import KNOWN, LAST_BACKUP
from lms.admin.backups import actions
from lms.admin.backups.actions import Backup
from lms.admin.drill import STEPS
from lms.admin.findings import message_from
from lms.admin.night import DRILL, LAST_DRILL
from lms.admin.verifying import RestoreError
from lms.audit import actions as audit
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs import running
from lms.jobs.models import Job
from lms.settings import Settings
from lms.tables import INDEX_TABLES
from tests.admin.conftest import NOW, PASSPHRASE, rows, stop

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def tested(server: Flask) -> Callable[[], Any]:
    """Return a way to do the weekly job as the worker does; it returns what the job left."""

    def run(now: datetime = NOW) -> Any:
        with server.app_context():
            with transaction() as session:
                jobs.ask(session, DRILL, f"{now:%H}", now=now)
            running.run_due(reading, transaction, STEPS, "worker", lambda: now)
            return installation.setting(reading(), LAST_DRILL)

    return run


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """Return the file with the passphrase of the copies elsewhere."""
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE)
    return path


def make_both(app: Flask, here: Settings, stick: Path) -> None:
    """Make a backup and then a copy elsewhere, as each Sunday does."""
    for folder, secret in ((here.data / "backups", None), (stick, PASSPHRASE)):
        made = backup.make(here, folder, secret, now=NOW)
        size, sealed = made.path.stat().st_size, secret is not None
        with app.app_context(), transaction() as session:
            facts = Backup("daily", str(made.path), size, sealed, sealed, 1.0, 1)
            actions.remember(session, facts, now=NOW)


@pytest.fixture
def with_copy(
    server: Flask, here: Settings, stick: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """Return a server that has both, and the passphrase of its copy."""
    make_both(server, here, stick)
    monkeypatch.setitem(server.config, "LMS", replace(here, backup_passphrase_file=passphrase))
    return server


def remember(app: Flask, path: Path, *, sealed: bool = False) -> None:
    with app.app_context(), transaction() as session:
        known = {"at": NOW.isoformat(), "path": str(path), "sealed": sealed}
        more = {"kind": "lms", "size": 1, "keys": False, "seconds": 1, "tested": None}
        installation.decide(session, {LAST_BACKUP: known, KNOWN: [known | more]}, now=NOW)


def plain(here: Settings) -> Path:
    return backup.make(here, here.data / "backups", None, now=NOW).path


def how_many(path: Path) -> int:
    return sum(
        len(found)
        for table, found in rows(path).items()
        if table != "alembic_version" and not table.startswith(INDEX_TABLES)
    )


def test_where_there_is_no_backup_it_makes_one_and_removes_it(
    server: Flask, here: Settings, tested: Any
) -> None:
    before = how_many(here.data / "lms.sqlite")

    found = tested()

    # The job itself was one more row when the backup was made.
    assert found == {"at": NOW.isoformat(), "rows": before + 1, "fault": None}
    assert list(here.data.glob(".trying-*")) == []
    assert list((here.data / "backups").iterdir()) == []
    with server.app_context():
        assert reading().query(Job).one().state == "done"
        said = [(row.action, row.facts) for row in reading().query(AuditRow)]
        assert said == [("backup.tried", {"good": True})]


def test_it_takes_the_newest_backup_of_the_server(
    server: Flask, here: Settings, tested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plain(here)
    remember(server, path)
    expected = how_many(here.data / "lms.sqlite")
    with server.app_context(), transaction() as session:
        for number in range(5):
            audit.append(session, None, "test.written", str(number), {}, now=NOW)
    monkeypatch.setattr(backup, "make", None)

    # The backup was remembered after it was made.
    assert tested()["rows"] == expected - 2
    assert path.exists()
    assert in_list(server) == [{"at": NOW.isoformat(), "good": True}]


def test_a_copy_elsewhere_that_is_newer_does_not_hide_the_backup_of_the_night(
    server: Flask, here: Settings, stick: Path, tested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each Sunday the copy follows the backup of the day, and the test follows the copy."""
    make_both(server, here, stick)
    monkeypatch.setattr(backup, "make", None)
    assert tested()["fault"] is None
    assert in_list(server) == [None, {"at": NOW.isoformat(), "good": True}]


def test_a_copy_elsewhere_has_its_turn_where_its_passphrase_is_known(
    with_copy: Flask, here: Settings, tested: Any
) -> None:
    hours = [NOW + timedelta(hours=each) for each in range(3)]
    seen = []
    for each in hours:
        assert tested(each)["fault"] is None
        seen.append([each and each["at"] for each in in_list(with_copy)])
    first, second, third = (each.isoformat() for each in hours)
    # The copy, which was made last, stands first in the list.
    assert seen == [[None, first], [second, first], [second, third]]
    assert not list(here.data.glob(f"{drill.SCRATCH}*")), "keys of a copy lie about"


def test_a_copy_elsewhere_that_its_passphrase_does_not_open_is_told(
    with_copy: Flask, passphrase: Path, tested: Any
) -> None:
    tested()
    passphrase.write_text("quite another passphrase\n")
    fault = tested(NOW + timedelta(hours=1))["fault"]
    assert "passphrase" in str(message_from(fault))
    assert in_list(with_copy)[0]["good"] is False


def test_a_copy_elsewhere_whose_passphrase_is_no_longer_named_is_not_tried(
    with_copy: Flask, here: Settings
) -> None:
    with with_copy.app_context():
        known = installation.setting(reading(), KNOWN)
    copy = next(each["path"] for each in known if each["sealed"])
    with pytest.raises(BackupError, match="no file with a passphrase"):
        drill._unpack(here, {"file": copy})


def in_list(app: Flask) -> list[Any]:
    with app.app_context():
        return [each["tested"] for each in installation.setting(reading(), KNOWN)]


def test_a_second_one_waits_until_the_first_has_ended(server: Flask, tested: Any) -> None:
    with server.app_context():
        with transaction() as session:
            first = jobs.ask(session, DRILL, "by hand", now=NOW)
            first.done_units, first.due_at = 3, NOW + timedelta(minutes=1)
        assert tested() is None
        second = reading().query(Job).filter_by(key=f"{NOW:%H}").one()
        assert (second.state, second.failures) == ("waiting", 1)
        assert "Another restore test" in str(second.error)


@pytest.mark.parametrize("why", ["sealed", "gone", "old"])
def test_a_backup_that_it_cannot_take_is_left_alone(
    server: Flask,
    here: Settings,
    stick: Path,
    tested: Any,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    remember(server, path, sealed=why == "sealed")
    if why == "gone":
        path.unlink()
    if why == "old":
        monkeypatch.setattr(drill, "EVERY", NOW - NOW)
    assert tested()["fault"] is None


def test_a_backup_that_rotted_on_the_disk_is_told(
    server: Flask, here: Settings, tested: Any
) -> None:
    path = plain(here)
    remember(server, path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    assert "is damaged" in str(message_from(tested()["fault"]))
    assert in_list(server) == [{"at": NOW.isoformat(), "good": False}]
    assert list(here.data.glob(".trying-*")) == []
    with server.app_context():
        assert reading().query(Job).one().state == "done"


def test_rows_that_did_not_come_along_are_told(
    server: Flask, here: Settings, tested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup_contents.contents_of
    monkeypatch.setattr(verifying, "contents_of", lambda path: _one_less(before(path)))
    assert "unit: 4 of 5 rows" in str(message_from(tested()["fault"]))


def _one_less(held: Any) -> Any:
    return type(held)(held.revision, held.site, {**held.rows, "unit": held.rows["unit"] - 1})


def test_without_room_nothing_is_tried(
    server: Flask, here: Settings, tested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = Usage(10_000_000_000, 0, 500_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    said = str(message_from(tested()["fault"]))

    assert "not enough room: a backup takes" in said
    assert "500.0\N{NO-BREAK SPACE}MB are free" in said


def test_without_room_to_try_it_a_backup_is_not_called_bad(
    server: Flask, here: Settings, tested: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(server, plain(here))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10_000_000_000, 0, 500_000_000))
    assert "not enough room" in str(message_from(tested()["fault"]))
    assert in_list(server) == [None]


def test_what_an_interrupted_test_left_is_removed_by_the_next(here: Settings, tested: Any) -> None:
    left = here.data / ".trying-before"
    left.mkdir()
    (left / "database.sqlite").write_bytes(b"half")
    assert tested()["fault"] is None
    assert not left.exists()


def test_another_backup_at_that_moment_lets_it_wait(
    server: Flask, here: Settings, tested: Any
) -> None:
    plain(here)
    with alone(here, here.data / "backups"):
        assert tested() is None
    with server.app_context():
        job = reading().query(Job).one()
        assert (job.state, job.failures) == ("waiting", 1)


def test_it_goes_on_where_a_killed_worker_stopped(server: Flask, here: Settings) -> None:
    with server.app_context():
        cursor = None
        for _ in range(4):
            part = drill.look(reading(), {}, cursor, now=NOW)
            cursor = part.then
        assert cursor is not None
        while cursor is not None:
            part = drill.look(reading(), {}, cursor, now=NOW)
            cursor = part.then
    assert (part.fault, part.rows) == (None, how_many(here.data / "lms.sqlite"))


def test_a_sealed_backup_is_tried_by_hand_while_the_server_runs(
    server: Flask, here: Settings, stick: Path
) -> None:
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    before = rows(here.data / "lms.sqlite")
    with server.app_context():
        assert reading().connection()  # somebody works with it
        manifest = drill.try_now(here, path, lambda: PASSPHRASE)

    assert manifest.has_keys
    assert sum(manifest.rows.values()) == how_many(here.data / "lms.sqlite")
    stop(server)
    assert rows(here.data / "lms.sqlite") == before
    assert list(here.data.glob(".t*-*")) == []


def test_by_hand_a_wrong_passphrase_or_a_cut_file_is_told(
    server: Flask, here: Settings, stick: Path
) -> None:
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    with pytest.raises(RestoreError, match="passphrase is not the one"):
        drill.try_now(here, path, lambda: "another passphrase")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RestoreError, match="damaged or was cut off"):
        drill.try_now(here, path, lambda: PASSPHRASE)
    assert list(here.data.glob(".t*-*")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_backup_that_this_account_may_not_read_is_no_fault(
    server: Flask, here: Settings, tested: Any
) -> None:
    path = plain(here)
    remember(server, path)
    path.chmod(0)
    assert tested()["fault"] is None


def test_on_either_database_the_weekly_test_ends_well(app: Flask, settings: Settings) -> None:
    """On PostgreSQL the dump is read to its end and its rows are counted."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("on SQLite the tests above say it")
    with app.app_context():
        with transaction() as session:
            jobs.ask(session, DRILL, "this week", now=NOW)
        running.run_due(reading, transaction, STEPS, "worker", lambda: NOW)
        found = installation.setting(reading(), LAST_DRILL)
    assert (found["fault"], found["rows"] > 0) == (None, True)

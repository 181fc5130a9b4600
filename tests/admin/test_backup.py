"""Backups: made under writers, read back, sealed where they leave; restored row for row."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from lms.admin import archive, backup, backup_contents, exchange, restore, schema
from lms.admin.backup_place import BackupError, alone
from lms.admin.schema import SchemaError
from lms.admin.unfinished import SCRATCH
from lms.admin.verifying import RestoreError, verify
from lms.app import create_app
from lms.audit import actions as audit
from lms.audit import chain
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.kernel.messages import Message
from lms.settings import Settings
from tests.admin.conftest import NOW, PASSPHRASE, never, rows, stop

PAPER = b"the paper of a certificate"


def plain(here: Settings) -> Path:
    return backup.make(here, here.data / "backups", None, now=NOW).path


def given() -> str:
    return PASSPHRASE


def names_in(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        return tar.getnames()


def add_row(app: Flask, number: int) -> None:
    with app.app_context(), transaction() as session:
        audit.append(session, None, "test.written", str(number), {}, now=NOW)


def test_a_backup_made_while_somebody_writes_restores_row_for_row(
    server: Flask, here: Settings, elsewhere: Settings
) -> None:
    writing, enough = threading.Event(), threading.Event()

    def write() -> None:
        number = 0
        while not enough.is_set():
            add_row(server, number)
            number += 1
            if number == 5:
                writing.set()
        with server.app_context():
            stop(server)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    assert writing.wait(60)
    path = plain(here)
    add_row(server, -1)  # writing goes on after it
    enough.set()
    writer.join(60)
    assert not writer.is_alive()
    stop(server)

    done = restore.restore(elsewhere, path, never, now=NOW)

    assert done.settled.recorded
    before, after = rows(here.data / "lms.sqlite"), rows(elsewhere.data / "lms.sqlite")
    assert after.keys() == before.keys()
    for table in before.keys() - {"audit", "audit_head"}:
        assert after[table] == before[table], table
    copied = [row for row in after["audit"] if "backup.restored" not in row]
    assert len(copied) == len(after["audit"]) - 1
    assert 5 <= len(copied) < len(before["audit"])
    assert set(map(repr, copied)) <= set(map(repr, before["audit"]))
    made = create_app(elsewhere)
    with made.app_context():
        assert chain.first_bad_row(reading()) is None
    stop(made)


def test_a_plain_backup_holds_no_key_and_not_the_identity(server: Flask, here: Settings) -> None:
    path = plain(here)

    names = names_in(path)
    assert names[:3] == ["manifest.json", "database.sqlite", "secret.key"]
    assert len([name for name in names if name.startswith("files/")]) == 1
    assert not [name for name in names if "key" in name and name != "secret.key"]
    assert "site.id" not in names
    assert here.issuing_key.read_bytes().splitlines()[1] not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_sealed_backup_brings_files_and_keys_to_another_machine(
    server: Flask, here: Settings, elsewhere: Settings, stick: Path
) -> None:
    made = backup.make(here, stick, PASSPHRASE, now=NOW)

    assert made.sealed
    assert made.manifest.has_keys
    assert PAPER not in made.path.read_bytes()
    done = restore.restore(elsewhere, made.path, given, now=NOW)
    assert done.aside is None
    assert not done.same_machine
    for name in ("keys/issuing.key", "keys/names.key", "secret.key"):
        assert (elsewhere.data / name).read_bytes() == (here.data / name).read_bytes()
        assert (elsewhere.data / name).stat().st_mode & 0o777 == 0o600
    (stored,) = (elsewhere.data / "files").glob("*/*")
    assert stored.read_bytes() == PAPER
    assert not (elsewhere.data / "site.id").exists()


@pytest.mark.parametrize("way", ["no passphrase", "short passphrase", "no folder", "symbolic link"])
def test_what_leaves_the_data_folder_is_sealed_or_refused(
    server: Flask, here: Settings, stick: Path, way: str
) -> None:
    folder, passphrase = stick, None
    if way == "short passphrase":
        passphrase = "short"
    elif way == "no folder":
        folder, passphrase = stick / "not" / "there", PASSPHRASE
    elif way == "symbolic link":
        folder = here.data / "link"
        folder.symlink_to(stick)

    with pytest.raises(BackupError):
        backup.make(here, folder, passphrase, now=NOW)

    assert list(stick.iterdir()) == []


def test_the_copy_of_the_database_never_touches_the_stick(
    server: Flask, here: Settings, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    before = backup_contents._copy_sqlite

    def watched(path: Path, copy: Path, reach: Callable[[], None]) -> None:
        seen.append(copy)
        before(path, copy, reach)

    monkeypatch.setattr(backup_contents, "_copy_sqlite", watched)
    backup.make(here, stick, PASSPHRASE, now=NOW)

    assert [path.is_relative_to(here.data) for path in seen] == [True]
    assert not seen[0].exists()


def test_a_full_disk_leaves_no_half_backup(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "pack", full)
    with pytest.raises(BackupError, match="not enough room"):
        plain(here)
    assert list((here.data / "backups").iterdir()) == []


def test_what_the_disk_did_not_keep_is_no_backup(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.pack

    def bad(target: Any, *facts: Any) -> None:
        before(target, *facts)
        target.seek(5000)
        target.write(b"another byte")

    monkeypatch.setattr(archive, "pack", bad)
    with pytest.raises(BackupError, match="failing"):
        plain(here)
    assert list((here.data / "backups").iterdir()) == []


def test_two_backups_at_the_same_second_both_stay(server: Flask, here: Settings) -> None:
    assert plain(here) != plain(here)


def test_only_one_backup_is_made_at_a_time(server: Flask, here: Settings) -> None:
    plain(here)
    with (
        alone(here, here.data / "backups"),
        pytest.raises(BackupError, match="being made"),
    ):
        plain(here)


@pytest.mark.parametrize("place", ["backups", "safe", "stick"])
def test_what_a_backup_of_any_kind_has_left_that_was_cut_off_is_gone_after_the_next(
    server: Flask, here: Settings, stick: Path, place: str
) -> None:
    folder = stick if place == "stick" else here.data / place
    made = backup.make(here, folder, PASSPHRASE, now=NOW, name="weekly")
    own = made.path.name.split("-")[1]
    left = [folder / f".lms-{own}-20261101-010000.tar.0a1b2c3d.part"]
    left += [here.data / "backups" / ".daily-x-20261101-010000.tar.0a1b2c3d.part"]
    others = stick / ".weekly-00000000-20261101-010000.tar.sealed.0a1b2c3d.part"
    for each in (*left, others):
        each.write_bytes(b"half")
    (here.data / "backups" / ".making-0").mkdir()

    backup.make(here, folder, PASSPHRASE, now=NOW, name="weekly")

    assert not any(each.exists() for each in left)
    assert list((here.data / "backups").glob(".*")) == []
    assert others.exists()  # another server may be writing it at this moment


def test_what_was_cut_off_does_not_take_the_room_of_the_next(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here.data / "backups"
    plain(here)
    (folder / ".making-0").mkdir()
    (folder / ".lms-x-20261101-010000.tar.0a1b2c3d.part").touch()
    usage = shutil.disk_usage(folder)

    def disk(_: object) -> object:
        """Be full as long as anything lies there that was cut off."""
        left = [*folder.glob(".making-0"), *folder.glob(".*.part")]
        return usage._replace(free=0 if left else 10**12)

    monkeypatch.setattr(shutil, "disk_usage", disk)
    assert backup.make(here, folder, None, now=NOW, spare=10**9).path.exists()


def test_a_damaged_stored_file_is_named_and_left_out(server: Flask, here: Settings) -> None:
    (stored,) = (here.data / "files").glob("*/*")
    stored.chmod(0o600)
    stored.write_bytes(b"rotten")

    made = backup.make(here, here.data / "backups", None, now=NOW)

    assert made.damaged == (stored.name,)
    assert verify(made.path, never).members.keys() == {"database.sqlite", "secret.key"}


def test_the_backup_before_an_upgrade_stops_it_when_it_fails(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backup.before_upgrade(here, now=NOW)
    assert path.parent == here.data / "backups"
    assert path.name.startswith("before-upgrade-")

    (here.data / "secret.key").unlink()
    with pytest.raises(SchemaError, match="No backup was made"):
        backup.before_upgrade(here, now=NOW)


def test_what_was_here_is_set_aside_whole(server: Flask, here: Settings) -> None:
    path = plain(here)
    add_row(server, 1)
    stop(server)
    kept = rows(here.data / "lms.sqlite")
    secret = (here.data / "secret.key").read_bytes()
    key = here.issuing_key.read_bytes()

    done = restore.restore(here, path, never, now=NOW)

    assert done.aside is not None
    assert done.same_machine
    assert rows(done.aside / "lms.sqlite") == kept
    assert (done.aside / "secret.key").read_bytes() == secret
    assert (done.aside / "site.id").read_bytes() == (here.data / "site.id").read_bytes()
    assert len(list((done.aside / "files").glob("*/*"))) == 1
    assert here.issuing_key.read_bytes() == key  # a plain backup has none to put in its place
    said = [row for row in rows(here.data / "lms.sqlite")["audit"] if "test.written" in row]
    assert said == []
    assert not list(here.data.glob(".restoring-*"))


def test_what_a_killed_restore_has_unpacked_goes_with_the_next(
    server: Flask, here: Settings
) -> None:
    path = backup.make(here, here.data / "backups", None, now=NOW).path
    stop(server)
    left = here.data / f"{SCRATCH}abc" / "keys"
    left.mkdir(parents=True)
    (left / "issuing.key").write_text("secret")
    restore.restore(here, path, never, now=NOW)
    assert list(here.data.glob(f"{SCRATCH}*")) == []


def test_keys_that_are_replaced_are_set_aside(server: Flask, here: Settings, stick: Path) -> None:
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    stop(server)
    old, newer = here.issuing_key.read_bytes(), b"a key that was made later"
    here.issuing_key.write_bytes(newer)

    done = restore.restore(here, path, given, now=NOW)

    assert here.issuing_key.read_bytes() == old
    assert done.aside is not None
    assert (done.aside / "keys" / "issuing.key").read_bytes() == newer


def test_nothing_is_restored_under_a_running_server(server: Flask, here: Settings) -> None:
    path = plain(here)
    with server.app_context():
        assert reading().scalar(text("SELECT 1")) == 1
        before = sorted(here.data.iterdir())
        with pytest.raises(RestoreError, match="is running"):
            _in_another_process(here, path)
        assert sorted(here.data.iterdir()) == before


def _in_another_process(here: Settings, path: Path) -> None:
    """Run the command: a lock that one process holds does not stop that process itself."""
    done = subprocess.run(
        [sys.executable, "-m", "lms.app", "restore", str(path)],
        env={**os.environ, "LMS_DATA": str(here.data), "DATABASE_URL": here.database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    if done.returncode:
        raise RestoreError(Message(done.stderr.replace("%", "%%")))


def test_a_wrong_passphrase_changes_nothing(server: Flask, here: Settings, stick: Path) -> None:
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    stop(server)
    before = rows(here.data / "lms.sqlite")

    with pytest.raises(RestoreError, match="passphrase is not the one"):
        restore.restore(here, path, lambda: "another passphrase", now=NOW)

    assert rows(here.data / "lms.sqlite") == before
    assert not list(here.data.glob("before-restore-*"))


def rewritten(path: Path, change: Any) -> Path:
    """Write a backup anew with other members: ``change`` gets and returns {name: bytes}."""
    with tarfile.open(path) as tar:
        members = {
            entry.name: stream.read()
            for entry in tar
            if (stream := tar.extractfile(entry)) is not None
        }
    target = path.with_name("changed.tar")
    with tarfile.open(target, "w") as tar:
        for name, data in change(members).items():
            head = tarfile.TarInfo(name)
            head.size = len(data)
            tar.addfile(head, io.BytesIO(data))
    return target


def with_manifest(**facts: object) -> Any:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        said = json.loads(members["manifest.json"])
        said.update(facts)
        return {**members, "manifest.json": json.dumps(said).encode()}

    return change


def changed(name: str, how: Any) -> Any:
    return lambda members: {**members, name: how(members[name])}


def without(name: str) -> Any:
    return lambda members: {key: data for key, data in members.items() if key != name}


def renamed(old: str, new: str) -> Any:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        said = json.loads(members["manifest.json"])
        said["members"][new] = said["members"].pop(old)
        other = {new if name == old else name: data for name, data in members.items()}
        return {**other, "manifest.json": json.dumps(said).encode()}

    return change


CHANGES: dict[str, tuple[Any, str]] = {
    "a changed byte": (changed("database.sqlite", lambda data: data[:-1] + b"!"), "damaged"),
    "a longer member": (changed("secret.key", lambda data: data + b"!"), "damaged"),
    "a missing member": (without("secret.key"), "damaged"),
    "a foreign member": (lambda members: {**members, "extra": b""}, "damaged"),
    "no manifest": (without("manifest.json"), "not a backup"),
    "a manifest of nonsense": (changed("manifest.json", lambda _: b"[]"), "damaged"),
    "a newer format": (with_manifest(format=2), "newer version"),
    "a newer schema": (with_manifest(revision="9999"), "newer version"),
    "another schema": (with_manifest(revision="0000"), "not sound"),
    "another server": (with_manifest(site="00000000-0000-7000-8000-000000000000"), "not sound"),
    "another kind of database": (with_manifest(database="postgresql"), "damaged"),
    "a way out": (renamed("secret.key", "../secret.key"), "damaged"),
    "a way out in keys": (renamed("secret.key", "keys/../../secret.key"), "damaged"),
    "an absolute name": (renamed("secret.key", "/secret.key"), "damaged"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_cannot_be_verified_is_refused(
    server: Flask, here: Settings, elsewhere: Settings, name: str
) -> None:
    change, said = CHANGES[name]
    path = rewritten(plain(here), change)

    with pytest.raises(RestoreError, match=said):
        restore.restore(elsewhere, path, never, now=NOW)

    assert list(elsewhere.data.iterdir()) == []


@pytest.mark.parametrize("keep", [0, 100, 5_000, 200_000])
def test_a_backup_that_was_cut_off_is_refused(
    server: Flask, here: Settings, elsewhere: Settings, keep: int
) -> None:
    path = plain(here)
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(RestoreError):
        restore.restore(elsewhere, path, never, now=NOW)
    assert list(elsewhere.data.iterdir()) == []


def test_an_unsound_database_is_refused(server: Flask, here: Settings, elsewhere: Settings) -> None:
    stop(server)
    connection = sqlite3.connect(here.data / "lms.sqlite")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("UPDATE unit SET parent_id = x'00112233445566778899aabbccddeeff'")
    connection.commit()
    connection.close()
    path = plain(here)

    with pytest.raises(RestoreError, match="not sound"):
        restore.restore(elsewhere, path, never, now=NOW)


def test_a_failing_move_puts_everything_back(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plain(here)
    stop(server)
    before = rows(here.data / "lms.sqlite")
    put = exchange.Moves.put

    def fail_at_the_database(self: Any, staged: Path, target: Path) -> None:
        if target.name == "lms.sqlite":
            raise OSError(5, "Input/output error", str(target))
        put(self, staged, target)

    monkeypatch.setattr(exchange.Moves, "put", fail_at_the_database)
    with pytest.raises(RestoreError, match="Input/output error"):
        restore.restore(here, path, never, now=NOW)

    assert rows(here.data / "lms.sqlite") == before
    assert (here.data / "secret.key").exists()
    assert len(list((here.data / "files").glob("*/*"))) == 1


def test_a_damaged_database_does_not_stop_its_own_restore(server: Flask, here: Settings) -> None:
    path = plain(here)
    stop(server)
    (here.data / "lms.sqlite").write_bytes(b"not a database" * 1000)

    assert restore.restore(here, path, never, now=NOW).aside is not None
    assert rows(here.data / "lms.sqlite")["site"]


def test_an_older_schema_is_restored_and_left_for_the_upgrade(
    server: Flask, here: Settings, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plain(here)
    monkeypatch.setattr(schema, "wanted_revision", lambda: "0099")

    assert not restore.restore(elsewhere, path, never, now=NOW).settled.recorded


def test_a_database_outside_the_data_folder_is_exchanged_where_it_lies(
    server: Flask, here: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    path = plain(here)
    place = tmp_path / "other"
    place.mkdir()
    (place / "db.sqlite").write_bytes(b"")
    away = replace(elsewhere, database_url=f"sqlite:///{place / 'db.sqlite'}")

    restore.restore(away, path, never, now=NOW)

    assert rows(place / "db.sqlite")["site"]
    assert len(list(place.glob("before-restore-*/db.sqlite"))) == 1


def test_postgresql_without_its_programs_says_so(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(BackupError, match=r"pg_dump.*postgresql-client"):
        backup.make(
            replace(here, database_url="postgresql+psycopg://lms@127.0.0.1:1/lms"),
            here.data / "backups",
            None,
            now=NOW,
        )


def test_on_postgresql_a_backup_restores_row_for_row(
    app: Flask, settings: Settings, leave_postgresql: Callable[[], None]
) -> None:
    """Runs where LMS_TEST_DATABASE names a server."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("on SQLite the tests above say it")
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(
            text("INSERT INTO alembic_version VALUES (:v)"), {"v": schema.wanted_revision()}
        )
    try:
        add_row(app, 1)
        path = plain(settings)
        add_row(app, 2)
        stop(app)
        engine.dispose()
        leave_postgresql()
        done = restore.restore(settings, path, never, now=NOW)
        assert done.settled.recorded
        assert done.aside is not None
        assert (done.aside / "database.dump").exists()
        with app.app_context():
            said = [row.action for row in reading().query(AuditRow).order_by(AuditRow.id)]
            assert said == ["test.written", "backup.restored"]
            assert chain.first_bad_row(reading()) is None
    finally:
        stop(app)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        engine.dispose()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_and_restores_belongs_to_the_account_of_the_server(
    server: Flask, here: Settings, stick: Path
) -> None:
    stop(server)
    for path in (here.data, *here.data.rglob("*")):
        os.chown(path, 12_345, 12_346)
    here.data.chmod(0o2770)  # two accounts of one group, as docs/install.md makes it
    assert plain(here).stat().st_mode & 0o7777 == 0o640  # the worker tries it each week
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    assert path.stat().st_mode & 0o7777 == 0o600
    restore.restore(here, path, given, now=NOW)

    theirs = {
        found.relative_to(here.data)
        for found in here.data.rglob("*")
        if (found.stat().st_uid, found.stat().st_gid) != (12_345, 12_346)
        and not found.relative_to(here.data).parts[0].startswith("before-restore-")
    }
    assert theirs == set()
    modes = {
        str(found.relative_to(here.data)): oct(found.stat().st_mode & 0o7777)
        for found in (*here.data.iterdir(), *here.data.glob("files/??"), here.issuing_key)
    }
    assert modes["backups"] == modes["files"] == "0o2770"
    assert modes["lms.sqlite"] == modes["secret.key"] == "0o660"
    assert modes["keys/issuing.key"] == "0o600"
    assert {mode for name, mode in modes.items() if name.startswith("files/")} == {"0o2770"}

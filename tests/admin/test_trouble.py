"""What a terminal says when the database cannot be used: a sentence, never a traceback."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import InvalidRequestError, OperationalError

from lms.admin import trouble
from lms.admin.upgrade.trust import ReleaseKey, line_of
from lms.app import cli, secret_key
from lms.app.commands import COMMANDS
from lms.settings import read


def run(monkeypatch: pytest.MonkeyPatch, data: Path, *words: str, **environment: str) -> Result:
    monkeypatch.setenv("LMS_DATA", str(data))
    for name in ("DATABASE_URL", "HOST", "TRUSTED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(cli, words)


WITH_A_SERVER = [
    ("backup",),
    ("unit", "add", "country", "XX", "--name", "en=X"),
    ("person", "reset-code", "N-1"),
    ("progress", "rebuild", "--check"),
    ("site", "new"),
    ("work", "--idle", "1"),
]


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("folder", ["mistyped", "of-something-else"])
@pytest.mark.parametrize(
    "words",
    [
        *WITH_A_SERVER,
        ("doctor",),
        ("card",),
        ("audit", "verify"),
        ("certificate", "keys"),
        ("release", "trust", "key.pub", "--yes"),
        ("upgrade", "--resume"),
        ("upgrade", "key.pub"),
        ("restore", "--key", "key.pub"),
        ("restore", "--try", "key.pub"),
        ("content", "publish", "key.pub"),
    ],
    ids=" ".join,
)
def test_where_no_server_has_begun_a_command_says_so_and_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "of-something-else" / "of somebody").mkdir(parents=True)
    key = ReleaseKey(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), "", tmp_path)
    (tmp_path / "key.pub").write_text(f"{line_of(key)}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    before = everything(tmp_path)
    done = run(monkeypatch, tmp_path / folder, *words)
    assert (done.exit_code, everything(tmp_path)) == (1, before)
    if "--try" not in words:  # a test of a backup needs no server
        assert str(tmp_path / folder) in done.output
        assert "LMS_DATA" in done.output
        assert "lms prepare" in done.output


@pytest.mark.parametrize("words", WITH_A_SERVER)
def test_in_a_folder_that_is_not_prepared_every_command_says_what_to_do_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "lms.sqlite").touch()
    done = run(monkeypatch, tmp_path, *words)
    assert done.exit_code == 1
    assert "is not prepared for this version. Run: lms prepare" in done.output


def test_a_wrong_setting_is_named_by_every_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = run(monkeypatch, tmp_path / "data", "backup", HOST="0.0.0.0")
    assert (done.exit_code, "TRUSTED_HOSTS must name" in done.output) == (1, True)


def test_a_postgresql_that_does_not_run_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = "postgresql+psycopg://lms@127.0.0.1:1/lms"
    nowhere = run(monkeypatch, tmp_path / "mistyped", "site", "new", DATABASE_URL=url)
    assert (nowhere.exit_code, "There is no server in" in nowhere.output) == (1, True)
    secret_key(read({"LMS_DATA": str(tmp_path / "data")}))
    done = run(monkeypatch, tmp_path / "data", "person", "reset-code", "N-1", DATABASE_URL=url)
    assert done.exit_code == 1
    assert "The database named by DATABASE_URL cannot be used" in done.output
    assert "Is PostgreSQL running" in done.output


def test_a_key_of_another_account_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_: object) -> bytes:
        raise PermissionError(13, "Permission denied", "/var/lib/lms/secret.key")

    secret_key(read({"LMS_DATA": str(tmp_path / "data")}))
    (tmp_path / "data" / "lms.sqlite").touch()
    monkeypatch.setattr("lms.app.secret_key", refuse)
    done = run(monkeypatch, tmp_path / "data", "backup")
    assert (done.exit_code, "may not use /var/lib/lms/secret.key" in done.output) == (1, True)


@pytest.mark.parametrize("where", [None, "/var/lib/lms/upgrade.lock"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_nothing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, where: str | None
) -> None:
    def fail(_: object) -> bytes:
        raise OSError(code, os.strerror(code), *([where] if where else []))

    (tmp_path / "lms.sqlite").touch()
    monkeypatch.setattr("lms.app.secret_key", fail)
    done = run(monkeypatch, tmp_path, "backup")
    assert (done.exit_code, os.strerror(code) in done.output) == (1, True)
    assert "lms doctor" in done.output
    assert (where or "written:") in done.output


def test_another_fault_of_a_file_is_one_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(_: object) -> bytes:
        raise OSError(errno.EBADF, "Bad file descriptor")

    (tmp_path / "lms.sqlite").touch()
    monkeypatch.setattr("lms.app.secret_key", fail)
    assert isinstance(run(monkeypatch, tmp_path, "backup").exception, OSError)


@pytest.mark.parametrize("left", [b"", b"half of the key "])
def test_a_secret_that_was_cut_off_is_named_and_never_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: bytes
) -> None:
    (tmp_path / "lms.sqlite").touch()
    (tmp_path / "secret.key").write_bytes(left)
    for words in (("backup",), ("doctor",), ("serve",)):
        done = run(monkeypatch, tmp_path, *words, PORT="0")
        assert (done.exit_code, f"{tmp_path / 'secret.key'} is damaged" in done.output) == (1, True)
    assert (tmp_path / "secret.key").read_bytes() == left


def failure(said: str, code: int = sqlite3.SQLITE_ERROR) -> OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (failure("no such table: unit"), trouble.NOT_PREPARED),
        (failure("no such column: unit.colour"), trouble.NOT_PREPARED),
        (failure("unable to open database file", sqlite3.SQLITE_CANTOPEN), trouble.NOT_OPENED),
        (failure("attempt to write a readonly database"), trouble.NOT_OPENED),
        (failure("disk I/O error", sqlite3.SQLITE_IOERR_SHMSIZE), trouble.NOT_OPENED),
        (failure("disk I/O error", sqlite3.SQLITE_IOERR_READ), trouble.DAMAGED),
        (failure("database disk image is malformed", sqlite3.SQLITE_CORRUPT), trouble.DAMAGED),
        (failure("database or disk is full", sqlite3.SQLITE_FULL), trouble.FULL),
        (failure("database is locked", sqlite3.SQLITE_BUSY), trouble.LOCKED),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else None,
)
def test_what_a_database_says_becomes_a_sentence(
    error: OperationalError, meaning: str, tmp_path: Path
) -> None:
    said = trouble.sentence(error, tmp_path)
    assert said is not None
    assert said.msgid == meaning
    assert "%(" not in str(said)


@pytest.mark.parametrize("error", [failure("near SELECT: syntax error"), InvalidRequestError("x")])
def test_a_fault_of_the_program_is_no_sentence(error: Any, tmp_path: Path) -> None:
    assert trouble.sentence(error, tmp_path) is None


def test_every_command_has_its_help() -> None:
    for name in COMMANDS:
        done = CliRunner().invoke(cli, [name, "--help"])
        assert done.exit_code == 0, done.output
        assert done.output.startswith("Usage:"), name


def test_the_data_folder_is_made_closed(tmp_path: Path) -> None:
    secret_key(read({"LMS_DATA": str(tmp_path / "new")}))
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700

"""A restore that is killed: the next start, or the next restore, puts back what was here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.admin import backup, backup_cli, restore, unfinished
from lms.admin.unfinished import FILE, LOCK, SCRATCH, UnfinishedError
from lms.admin.verifying import RestoreError
from lms.audit import actions as audit
from lms.db import transaction
from lms.settings import Settings
from tests.admin.conftest import NOW, PASSPHRASE, never, rows, stop

DEAD = 9  # how a process ends that was killed here


def given() -> str:
    return PASSPHRASE


@pytest.fixture
def sealed(server: Flask, here: Settings, stick: Path) -> Path:
    """A backup with keys; since it was made, everything here is another."""
    path = backup.make(here, stick, PASSPHRASE, now=NOW).path
    with server.app_context(), transaction() as session:
        audit.append(session, None, "test.written", "since", {}, now=NOW)
    stop(server)
    (here.data / "secret.key").write_bytes(b"another secret of the same length" * 2)
    (here.data / "files" / "ab").mkdir()
    (here.data / "files" / "ab" / "new").write_bytes(b"a paper that came later")
    here.issuing_key.with_name("issuing.key.of-before").write_bytes(b"a key that came later")
    return path


def state(here: Settings) -> dict[str, object]:
    """Return everything that a restore may change."""
    folders = {here.data, here.issuing_key.parent}
    files = {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        and "lms.sqlite" not in path.name
        and path.parent.name != "backups"
        and path.name != LOCK
        and not path.name.startswith(f".{FILE}.")
    }
    return {**files, "rows": rows(here.data / "lms.sqlite")}


def put_back(here: Settings) -> list[str]:
    """Do what the next start of the server does; return what it says."""
    said: list[str] = []
    unfinished.settle(here, said.append)
    return said


# What a kill may come between: each changes what lies on the disk.
STEPS: tuple[tuple[object, str], ...] = (
    (Path, "rename"), (Path, "mkdir"), (Path, "unlink"), (os, "fsync"), (os, "replace"),
)  # fmt: skip


def die_before(number: int, doing: Callable[[], object]) -> bool:
    """Do something in another process, which is gone before its step ``number``.

    returns whether it died; it has ended where it has fewer steps.
    """
    child = os.fork()
    if not child:
        left = [number]
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in STEPS:
                whole = getattr(owner, name)

                def step(
                    *facts: object, whole: Callable[..., object] = whole, **named: object
                ) -> object:
                    if not left[0]:
                        os._exit(DEAD)
                    left[0] -= 1
                    return whole(*facts, **named)

                patch.setattr(owner, name, step)
            try:
                doing()
            except BaseException:
                os._exit(1)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in {0, DEAD}, "it failed of itself"
    return ended == DEAD


def test_killed_before_each_of_its_steps_everything_is_put_back(
    here: Settings, sealed: Path, tmp_path: Path
) -> None:
    before, kept = state(here), tmp_path / "kept"
    shutil.copytree(here.data, kept)
    half = number = 0

    while die_before(number, lambda: restore.restore(here, sealed, given, now=NOW)):
        between = (here.data / FILE).exists() and aside_of(here) is not None
        half += between
        # The one that puts back is killed too, a step later each time.
        die_before(number % 7, lambda: put_back(here))
        put_back(here)
        now = state(here)
        if now != before:  # it was finished but for its last word
            assert aside_of(here) is not None
            assert not (here.data / FILE).exists()
        else:
            assert names(here.data) == names(kept), "half of it stays"
        shutil.rmtree(here.data)
        shutil.copytree(kept, here.data)
        number += 1 if between else 3  # unpacking is many steps that change nothing

    assert half > 20, "what is tried here is what lies between"
    assert state(here) != before


def names(folder: Path) -> set[str]:
    found = {path.name for path in folder.iterdir()}
    return {name for name in found if name != LOCK and not name.startswith(f".{FILE}.")}


def aside_of(here: Settings) -> Path | None:
    return next(here.data.glob("before-restore-*"), None)


def test_a_fault_that_comes_late_puts_everything_back(
    here: Settings, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(here)
    monkeypatch.setattr(restore, "is_same_machine", never)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy", full)
    with pytest.raises(RestoreError, match="not enough room"):
        restore.restore(here, sealed, given, now=NOW)
    assert state(here) == before
    assert aside_of(here) is None


def test_only_one_restore_goes_on_and_no_server_starts_meanwhile(
    here: Settings, sealed: Path
) -> None:
    with unfinished.begun(here, "before-restore-20261201-083000-0000"):
        with pytest.raises(UnfinishedError, match="going on"):
            restore.restore(here, sealed, given, now=NOW)
        with pytest.raises(UnfinishedError, match="going on"):
            put_back(here)
        for word in ("work", "doctor", "backup", "upgrade", "site"):
            with pytest.raises(UnfinishedError, match="lms restore FILE"):
                unfinished.require_finished(here.data, word)
        unfinished.require_finished(here.data, "serve")
    assert put_back(here) == []
    unfinished.require_finished(here.data, "work")


@pytest.fixture
def interrupted(here: Settings, sealed: Path) -> Path:
    """What a restore leaves that is killed when it has set the secret aside."""
    name = "before-restore-20261201-083000-abcd"
    (here.data / name).mkdir()
    moves = [{"path": str(here.data / "secret.key"), "kept": str(here.data / name / "secret.key")}]
    (here.data / "secret.key").rename(here.data / name / "secret.key")
    note = {"aside": name, "dump": None, "moves": moves}
    (here.data / FILE).write_text(json.dumps(note))
    (here.data / f"{SCRATCH}x").mkdir()
    return here.data / FILE


def command(here: Settings, server: Flask, *words: object) -> Result:
    group = click.Group("lms", commands=[backup_cli.restore])
    info = ScriptInfo(create_app=lambda: server, set_debug_flag=False)
    return CliRunner().invoke(group, [str(word) for word in words], obj=info)


def test_the_next_start_puts_back_and_the_rest_says_what_to_do(
    here: Settings, server: Flask, sealed: Path, interrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(here.data))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for option in ("--try", "--key"):
        said = command(here, server, "restore", sealed, option)
        assert (said.exit_code, "was interrupted" in said.output) == (1, True)
    doctor = subprocess.run(
        [sys.executable, "-m", "lms.app", "doctor"], capture_output=True, text=True, check=False
    )
    assert (doctor.returncode, "lms restore FILE" in doctor.stderr) == (1, True)
    assert len(put_back(here)) == 1
    assert (here.data / "secret.key").read_bytes().startswith(b"another secret")
    assert not interrupted.exists()
    assert not list(here.data.glob(f"{SCRATCH}*"))


def test_the_next_restore_puts_back_first(here: Settings, sealed: Path, interrupted: Path) -> None:
    done = restore.restore(here, sealed, given, now=NOW)
    assert done.aside is not None
    assert (done.aside / "secret.key").read_bytes().startswith(b"another secret")
    assert not interrupted.exists()


@pytest.mark.parametrize("note", ["{", "[]", "{}", '{"aside": "../x", "dump": null, "moves": []}'])
def test_a_note_that_nobody_wrote_changes_nothing(
    here: Settings, interrupted: Path, note: str
) -> None:
    interrupted.write_text(note)
    with pytest.raises(UnfinishedError, match="damaged"):
        put_back(here)
    assert interrupted.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must not believe others")
@pytest.mark.parametrize("fault", ["owner", "link", "folder"])
def test_root_believes_no_note_that_others_can_have_written(
    here: Settings, interrupted: Path, tmp_path: Path, fault: str
) -> None:
    if fault == "owner":
        os.chown(interrupted, 4711, 4711)
    elif fault == "link":
        interrupted.rename(tmp_path / "note")
        interrupted.symlink_to(tmp_path / "note")
    else:
        interrupted.unlink()
        interrupted.mkdir()
    with pytest.raises(UnfinishedError, match="Others than root"):
        put_back(here)
    assert not (here.data / "secret.key").exists()


def test_what_this_account_cannot_put_back_is_said(
    here: Settings, interrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/keys/issuing.key")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(UnfinishedError, match=r"issuing\.key: Permission denied.*as root"):
            put_back(here)
    assert interrupted.exists()
    assert len(put_back(here)) == 1


def test_a_database_that_is_elsewhere_is_put_back_too(
    here: Settings, sealed: Path, tmp_path: Path
) -> None:
    away = replace(here, database_url=f"sqlite:///{tmp_path / 'db' / 'lms.sqlite'}")
    (tmp_path / "db").mkdir()
    (here.data / "lms.sqlite").rename(tmp_path / "db" / "lms.sqlite")
    before = rows(tmp_path / "db" / "lms.sqlite")
    number = 0
    while die_before(number, lambda: restore.restore(away, sealed, given, now=NOW)):
        put_back(away)
        if not aside_of(here):
            assert rows(tmp_path / "db" / "lms.sqlite") == before
        number += 3
        if aside_of(here):
            break
    assert number > 20

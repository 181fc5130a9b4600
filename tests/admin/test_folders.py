"""Scratch folders: gone at the end, cleared where a killed process left one, never taken away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms.admin import backup, drill, restore
from lms.admin.folders import scratch, write_whole
from lms.admin.upgrade import journal, undo
from lms.admin.upgrade.journal import Journal
from lms.settings import Settings
from tests.admin.conftest import NOW, never, stop


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "site.id"
    write_whole(path, b"before", mode=0o600)

    def power_goes(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", power_goes)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"after", mode=0o600)
    assert path.read_bytes() == b"before"
    monkeypatch.undo()
    write_whole(path, b"after", mode=0o600)
    assert (list(tmp_path.iterdir()), path.read_bytes()) == ([path], b"after")
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_gone_at_the_end_and_after_a_fault(tmp_path: Path) -> None:
    with scratch(tmp_path, ".x-") as folder:
        (folder / "copy").touch()
    with pytest.raises(ZeroDivisionError), scratch(tmp_path, ".x-"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_left_is_cleared_and_one_in_use_is_not(tmp_path: Path) -> None:
    (tmp_path / ".x-left").mkdir()
    (tmp_path / ".x-left" / "copy").touch()
    (tmp_path / ".y-other").mkdir()
    with scratch(tmp_path, ".x-") as used, scratch(tmp_path, ".x-") as mine:
        assert sorted(tmp_path.iterdir()) == sorted([used, mine, tmp_path / ".y-other"])


def restored(here: Settings, file: Path) -> None:
    restore.restore(here, file, never, now=NOW)


def tried(here: Settings, file: Path) -> None:
    drill.try_now(here, file, never)


def put_back(here: Settings, file: Path) -> None:
    undo.put_back(here, Journal(journal.CHANGING, "0.1.0", "0.2.0", "x", file.name), now=NOW)


@pytest.mark.parametrize(
    ("prefix", "doing"),
    [(".restoring-", restored), (".testing-", tried), (".putting-back-", put_back)],
)
def test_a_killed_restore_takes_no_room_from_the_next(
    server: Flask,
    here: Settings,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
    doing: Callable[[Settings, Path], None],
) -> None:
    file = backup.make(here, here.data / "backups", None, now=NOW).path
    stop(server)
    left = here.data / f"{prefix}0"
    left.mkdir()
    usage = shutil.disk_usage(here.data)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage._replace(free=0 if left.exists() else 10**12)
    )
    doing(here, file)
    assert list(here.data.glob(f"{prefix}*")) == []

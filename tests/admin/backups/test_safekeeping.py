"""What the doctor and the pages say of backups and of the copy elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.admin.backup_plan import DAILY, LAST_BACKUP, LAST_COPY, LAST_FAULTS, WEEKLY
from lms.admin.findings import GOOD, NOTE, WRONG, message_facts
from lms.admin.safekeeping import copy_elsewhere, is_gone, last_backup, shares_disk
from lms.kernel.messages import Message
from lms.settings import Settings
from tests.admin.conftest import NOW

HOUR = timedelta(hours=1)
FULL = Message("There is not enough room.")


def made(hours: int, path: str = "/media/stick/x.tar.sealed") -> dict[str, Any]:
    return {"at": (NOW - hours * HOUR).isoformat(), "path": path, "sealed": True}


def fault(hours: int) -> dict[str, Any]:
    return {"at": (NOW - hours * HOUR).isoformat(), "sentence": message_facts(FULL)}


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, WRONG),
        ({LAST_BACKUP: made(1)}, GOOD),
        ({LAST_BACKUP: made(7 * 24 + 1)}, WRONG),
        ({LAST_FAULTS: {DAILY: fault(1)}}, WRONG),
        ({LAST_BACKUP: made(2), LAST_FAULTS: {DAILY: fault(1)}}, WRONG),
        ({LAST_BACKUP: made(1), LAST_FAULTS: {DAILY: fault(2)}}, GOOD),
        ({LAST_BACKUP: made(-2), LAST_FAULTS: {DAILY: fault(1)}}, WRONG),
        ({LAST_BACKUP: made(2), LAST_FAULTS: {WEEKLY: fault(1)}}, GOOD),
    ],
)
def test_the_last_backup(known: dict[str, Any], state: str) -> None:
    found = last_backup(known, NOW)
    assert found.state == state
    assert ("not enough room" in str(found.sentence)) == (state == WRONG and LAST_FAULTS in known)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({}, NOTE),
        ({LAST_COPY: made(1)}, GOOD),
        ({LAST_COPY: made(10 * 24 + 1)}, WRONG),
        ({LAST_COPY: made(2), LAST_FAULTS: {WEEKLY: fault(1)}}, WRONG),
        ({LAST_COPY: made(-1), LAST_FAULTS: {WEEKLY: fault(2)}}, WRONG),
        ({LAST_COPY: made(1), LAST_FAULTS: {WEEKLY: fault(2)}}, GOOD),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_the_copy_elsewhere(
    here: Settings, stick: Path, known: dict[str, Any], state: str, *, named: bool
) -> None:
    secret = stick / "passphrase"
    settings = replace(here, backup_to=stick, backup_passphrase_file=secret) if named else here
    assert copy_elsewhere(known, settings, NOW).state == state
    if named:
        without = copy_elsewhere(known, replace(settings, backup_passphrase_file=None), NOW)
        assert (without.state, str(stick) in str(without.sentence)) == (WRONG, True)


def test_a_copy_on_the_disk_of_the_data_is_lost_with_it(settings: Settings, tmp_path: Path) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    copy = tmp_path / "x.tar.sealed"
    known = {LAST_COPY: made(1, str(copy))}
    assert copy_elsewhere(known, settings, NOW).state == GOOD, "it may lie in a safe"
    copy.touch()
    found = copy_elsewhere(known, settings, NOW)
    assert (found.state, "on the same disk" in str(found.sentence)) == (NOTE, True)


def test_of_a_folder_that_only_the_worker_may_open_its_disk_is_known(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert shares_disk(settings.data, tmp_path / "closed.tar.sealed")
    assert not shares_disk(settings.data, Path("/proc/closed.tar.sealed"))


def test_where_one_may_not_look_nothing_is_called_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_gone(tmp_path / "x")

    def refuse(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", refuse)
    assert not is_gone(tmp_path / "x")


def test_the_folder_of_the_plan_is_late_by_itself(settings: Settings, tmp_path: Path) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    late = {LAST_COPY: made(10 * 24 + 1)}
    own = replace(settings, backup_to=tmp_path, backup_passphrase_file=tmp_path / "p")
    assert "work in the background" in str(copy_elsewhere(late, own, NOW).sentence)
    assert "Make another" in str(copy_elsewhere(late, settings, NOW).sentence)

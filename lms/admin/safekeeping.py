"""Whether the data would outlive a fault: backup, copy elsewhere, their test, the nightly look."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lms.admin import backup_plan
from lms.admin.backup_plan import BY_HAND, DAILY, LAST_BACKUP, LAST_COPY, LAST_FAULTS, WEEKLY
from lms.admin.findings import Finding, good, message_from, note, wrong
from lms.admin.night import LAST_CHECK, LAST_DRILL
from lms.admin.retention import RUNS
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.settings import Settings

# What the functions below are given: decisions of this installation by their names.
Known = Mapping[str, Any]
DECISIONS = (
    LAST_BACKUP, LAST_COPY, LAST_FAULTS, LAST_CHECK, LAST_DRILL, RUNS, backup_plan.BACKUPS,
)  # fmt: skip

BACKUP_EVERY, COPY_EVERY = timedelta(days=7), timedelta(days=10)
# A server that is switched off over a long weekend has done nothing wrong.
CHECK_EVERY, DRILL_EVERY = timedelta(days=4), timedelta(days=16)


def is_gone(path: Path) -> bool:
    """Return whether a file is seen not to be there; False where one may not look."""
    try:
        return not path.exists()
    except PermissionError:
        return False


def shares_disk(data: Path, path: Path) -> bool:
    """Return whether a copy is seen to lie on the disk of the data folder.

    Of a folder into which one may not look, the disk of the folder itself is known.
    """
    try:
        seen = path if os.access(path.parent, os.X_OK) else path.parent
        return seen.stat().st_dev == data.stat().st_dev
    except OSError:  # on a stick that is in a safe, for example
        return False


def last_backup(known: Known, now: datetime) -> Finding:
    """Whether there is a backup that is not too old and still lies where it was put."""
    last = known.get(LAST_BACKUP)
    fault = _fault(known, last, now, DAILY, BY_HAND)
    if fault is not None:
        return wrong(msg("Backup: that of %(day)s could not be made. %(reason)s"), fault)
    if not isinstance(last, dict):
        return wrong(
            msg("Backup: there is none yet. Make one on the page “Backups”, or: lms backup")
        )
    at, path = datetime.fromisoformat(last["at"]), Path(last["path"])
    values = {"day": at, "path": str(path)}
    if now - at > BACKUP_EVERY:
        said = msg(
            "Backup: the last one is of %(day)s, more than 7 days ago. See what is said about "
            "work in the background, which makes one every night. Make one at once on the page "
            "“Backups”, or: lms backup"
        )
        return wrong(said, values)
    if last["sealed"]:  # it may lie on a stick that is rightly in a safe
        return good(msg("Backup: the last one is of %(day)s, encrypted, put at %(path)s."), values)
    if is_gone(path):
        said = msg(
            "Backup: the last one, of %(day)s, is no longer at %(path)s. Make one on the page "
            "“Backups”, or: lms backup"
        )
        return wrong(said, values)
    return good(msg("Backup: the last one is of %(day)s, at %(path)s."), values)


def copy_elsewhere(known: Known, settings: Settings, now: datetime) -> Finding:
    """Whether an encrypted copy lies where a fault of this server's disk does not reach it."""
    last = known.get(LAST_COPY)
    folder = backup_plan.folder_elsewhere(settings, known.get(backup_plan.BACKUPS))
    at = datetime.fromisoformat(last["at"]) if isinstance(last, dict) else None
    if folder is not None and settings.backup_passphrase_file is None:
        said = msg(
            "Copy elsewhere: it should lie in %(folder)s, and no passphrase is set, so none is "
            "made. Write four words into a file that the worker's account alone can read, and "
            "name that file with BACKUP_PASSPHRASE_FILE (docs/backup.md says how)."
        )
        return wrong(said, {"folder": str(folder)})
    fault = _fault(known, last, now, WEEKLY)
    if fault is not None:
        return wrong(msg("Copy elsewhere: that of %(day)s could not be made. %(reason)s"), fault)
    if at is None or not isinstance(last, dict):
        return _no_copy(folder)
    values = {"day": at, "path": str(last["path"])}
    if now - at > COPY_EVERY and folder is not None:
        said = msg(
            "Copy elsewhere: the last one is of %(day)s, more than 10 days ago. See what is said "
            "about work in the background, which makes one every week. Make one at once on the "
            "page “Backups”, or: lms backup --to FOLDER"
        )
        return wrong(said, values)
    if now - at > COPY_EVERY:
        said = msg(
            "Copy elsewhere: the last encrypted one is of %(day)s, more than 10 days ago. Make "
            "another: lms backup --to FOLDER"
        )
        return wrong(said, values)
    if shares_disk(settings.data, Path(last["path"])):
        said = msg(
            "Copy elsewhere: the last one, of %(day)s, lies at %(path)s on the same disk as the "
            "data and is lost with it. Is the other disk connected? Then make one there on the "
            "page “Backups”, or: lms backup --to FOLDER"
        )
        return note(said, values)
    return good(msg("Copy elsewhere: the last one is of %(day)s, put at %(path)s."), values)


def _no_copy(folder: Path | None) -> Finding:
    if folder is not None:
        said = msg("Copy elsewhere: the first one will be made in %(folder)s.")
        return note(said, {"folder": str(folder)})
    said = msg(
        "Copy elsewhere: there is none. When the disk of this server fails its backups go with "
        "it: each week put an encrypted one on a stick with lms backup --to FOLDER, or name a "
        "folder for it with BACKUP_TO (docs/backup.md says how)."
    )
    return note(said)


def _fault(known: Known, last: Json, now: datetime, *kinds: str) -> dict[str, object] | None:
    """Return what was in the way of the newest backup of these kinds, None where one was made.

    One that a clock which was ahead has dated later than ``now`` hides no fault.
    """
    faults = known.get(LAST_FAULTS) or {}
    found = max((faults[kind] for kind in kinds if kind in faults), key=_moment, default=None)
    if found is None or (isinstance(last, dict) and _moment(found) <= _moment(last) <= now):
        return None
    reason: Message = message_from(found["sentence"])
    return {"day": _moment(found), "reason": reason}


def _reason(fault: Json) -> Message | str:
    """Return why a test failed; an earlier version kept it in English."""
    return message_from(fault) if isinstance(fault, Mapping) else f"{fault}."


def _moment(facts: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(facts["at"])


def restore_test(known: Known, now: datetime) -> Finding:
    """Whether a backup was restored lately, into a scratch folder, and was found whole."""
    last = known.get(LAST_DRILL)
    if not isinstance(last, dict):
        said = msg(
            "Restore test: none was made yet. The server makes one by itself in the night to "
            "Sunday, or when it runs next after that."
        )
        return note(said)
    at = datetime.fromisoformat(last["at"])
    values = {"day": at, "rows": last["rows"]}
    if last["fault"] is not None:
        said = msg(
            "Restore test: that of %(day)s failed. %(reason)s Put that right, then make a backup "
            "and test it on the page “Backups”, or: lms backup; lms restore --try FILE"
        )
        return wrong(said, {"day": at, "reason": _reason(last["fault"])})
    if now - at > DRILL_EVERY:
        said = msg(
            "Restore test: the last one is of %(day)s, and there should be one every week. Test "
            "your newest backup on the page “Backups”, or: lms restore --try FILE"
        )
        return wrong(said, values)
    said = msg(
        "Restore test: on %(day)s a backup was restored in a scratch folder; all its %(rows)s "
        "rows were there."
    )
    return good(said, values)


def nightly_check(known: Known, now: datetime) -> Finding:
    """Whether the database was looked through lately, and what was found."""
    last = known.get(LAST_CHECK)
    if not isinstance(last, dict):
        said = msg(
            "Nightly check: the database was not looked through yet. The server does it by itself "
            "every night, or when it runs next after that."
        )
        return note(said)
    at = datetime.fromisoformat(last["at"])
    values = {"day": at, "reason": last["fault"]}
    if last["fault"] is not None:
        said = msg(
            "Nightly check: on %(day)s the database was found damaged (%(reason)s). Stop the "
            "server, keep a copy of the data folder, then restore the last backup: lms restore FILE"
        )
        return wrong(said, values)
    if now - at > CHECK_EVERY:
        said = msg(
            "Nightly check: the last one is of %(day)s. See what is said about work in the "
            "background, which does it."
        )
        return wrong(said, values)
    return good(msg("Nightly check: on %(day)s every table of the database was whole."), values)

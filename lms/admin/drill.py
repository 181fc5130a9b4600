"""The restore test: a backup is unpacked into a scratch folder, checked, counted and removed.

A backup that was never restored is a hope. The worker tries one every week, a part at a time;
``lms restore --try FILE`` tries one at once. Nothing that people work with is touched.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import backup, verifying
from lms.admin.archive import DATABASES, Manifest
from lms.admin.backup_place import BackupBusyError, BackupError
from lms.admin.backup_plan import KNOWN
from lms.admin.backups import actions as backups
from lms.admin.findings import message_facts
from lms.admin.folders import scratch
from lms.admin.night import DRILL, LAST_DRILL
from lms.admin.schema import Contents
from lms.admin.verifying import RestoreError
from lms.audit import actions as audit
from lms.extensions import db
from lms.files import LEAST_FREE
from lms.jobs import queries as jobs
from lms.jobs.steps import SlowStep, Steps
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, Size, msg
from lms.settings import Settings

EVERY = timedelta(days=7)
TRIED = Message(msg("Another restore test is going on at this moment."))
SCRATCH, BY_HAND = ".trying-", ".testing-"  # the worker removes what its own tests have left


class NoRoomError(RestoreError):
    """There is no room to test a backup."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the weekly test came to.

    then    where the next part begins, None after the last one.
    fault   why it failed: a backup that would not have restored, or no room to try.
    rows    how many rows were restored, after the last part.
    file    the backup of which that tells something, where one was found.
    """

    then: Mapping[str, Any] | None = None
    fault: Message | None = None
    rows: int = 0
    file: str | None = None


def try_now(settings: Settings, file: Path, passphrase: Callable[[], str]) -> Manifest:
    """Restore ``file`` into a scratch folder and compare; return what it says of itself.

    raises RestoreError for a backup that would not restore, or where there is no room to try.
    """
    try:
        with scratch(settings.data, BY_HAND) as folder:
            _require_room(settings.data, file.stat().st_size, left=0)
            manifest = verifying.verify(file, passphrase, folder)
            verifying.require_kind(settings, manifest)
            verifying.require_sound(manifest, folder / DATABASES[manifest.database])
    except OSError as error:
        raise RestoreError(_why(error)) from error
    return manifest


def remember(
    session: Session, *, rows: int, fault: Message | None, file: str | None = None, now: datetime
) -> None:
    """Keep how a test ended, for the doctor, the list of backups and the log."""
    if file is not None:
        backups.note_test(session, file, good=fault is None, now=now)
    why = message_facts(fault) if fault else None
    known = {"at": now.isoformat(), "rows": rows, "fault": why}
    installation.decide(session, {LAST_DRILL: known}, now=now)
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    audit.append(session, None, "backup.tried", moment, {"good": fault is None}, now=now)


def look(
    session: Session, facts: Mapping[str, Any], cursor: Mapping[str, Any] | None, *, now: datetime
) -> Part:
    """Do one part: find a backup or make one; unpack it; look at one table; compare the rows."""
    del facts
    if cursor is None and jobs.has_begun(session, DRILL):
        raise BackupBusyError(TRIED)
    session.rollback()  # a backup is made meanwhile
    settings: Settings = current_app.config["LMS"]
    file = cursor["file"] if cursor else None
    try:
        if cursor is None:
            part = _find(settings, now)
        elif "tables" not in cursor:
            part = _unpack(settings, cursor)
        else:
            part = _compare(cursor)
    except BackupBusyError:
        raise  # tried again in a moment
    except NoRoomError as refused:  # which says nothing of the backup
        part = Part(fault=refused.message)
    except (BackupError, RestoreError) as refused:
        part = Part(fault=refused.message, file=file)
    except OSError as error:
        part = Part(fault=_why(error), file=None if error.errno == errno.ENOSPC else file)
    if part.then is None:
        _clear(settings.data)
    return part


def note(
    session: Session, facts: Mapping[str, Any], cursor: object, prepared: Part, *, now: datetime
) -> Mapping[str, Any] | None:
    """Go on with the next part, or keep how the test ended."""
    del facts, cursor
    if prepared.then is None:
        remember(session, rows=prepared.rows, fault=prepared.fault, file=prepared.file, now=now)
    return prepared.then


STEPS: Steps = {DRILL: SlowStep(look, note, lease=timedelta(minutes=30))}


def _find(settings: Settings, now: datetime) -> Part:
    """Take the backup of this week whose turn it is, or make one where there is none."""
    _clear(settings.data)
    with Session(db.engine) as session:
        known = installation.setting(session, KNOWN)
    file = _next(known, settings, now)
    if file is None:
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=settings.data))
        file = backup.make(settings, folder, None, now=now, spare=LEAST_FREE).path
    return Part(then={"file": str(file)})


def _next(known: Json, settings: Settings, now: datetime) -> Path | None:
    """Return the newest backup of this week that can be tried here, None without one.

    known  the decision ``KNOWN``, newest first.

    Plain backups and encrypted copies take turns, where the worker has the passphrase and the
    folder elsewhere is there: each is the only one left after another kind of loss.
    """
    newest: dict[bool, Path] = {}
    tested = {False: "", True: ""}
    for each in known or ():
        file, sealed = Path(each["path"]), bool(each["sealed"])
        if each["tested"]:
            tested[sealed] = max(tested[sealed], each["tested"]["at"])
        fresh = now - datetime.fromisoformat(each["at"]) < EVERY
        secret = settings.backup_passphrase_file
        opens = not sealed or (secret is not None and os.access(secret, os.R_OK))
        if fresh and opens and os.access(file, os.R_OK):
            newest.setdefault(sealed, file)
    turn = min(newest, key=lambda sealed: (tested[sealed], sealed), default=None)
    return None if turn is None else newest[turn]


def _unpack(settings: Settings, cursor: Mapping[str, Any]) -> Part:
    file = Path(cursor["file"])
    _require_room(settings.data, file.stat().st_size)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=settings.data))
    manifest = verifying.verify(file, partial(backup.passphrase_of, settings), folder)
    verifying.require_kind(settings, manifest)
    held = manifest.held
    return Part(
        then={
            "file": str(file),
            "copy": str(folder / DATABASES[manifest.database]),
            "revision": held.revision,
            "site": held.site and str(held.site),
            "rows": dict(held.rows),
            "tables": sorted(held.rows) if manifest.database == "sqlite" else [],
        }
    )


def _compare(cursor: Mapping[str, Any]) -> Part:
    copy, tables = Path(cursor["copy"]), list(cursor["tables"])
    if tables:
        verifying.require_whole(copy, tables.pop())
        return Part(then={**cursor, "tables": tables})
    site = cursor["site"] and UUID(cursor["site"])
    verifying.require_same(Contents(cursor["revision"], site, cursor["rows"]), copy)
    return Part(rows=sum(cursor["rows"].values()), file=cursor["file"])


def _clear(data: Path) -> None:
    for left in data.glob(f"{SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)


def _require_room(data: Path, needed: int, left: int = LEAST_FREE) -> None:
    """Raise NoRoomError where not even ``left`` bytes of the disk would stay free meanwhile."""
    free = shutil.disk_usage(data).free
    if free < needed + left:
        said = msg(
            "There is not enough room to test it: that takes %(needed)s of free disk, and "
            "%(free)s are free."
        )
        values = {"needed": Size(needed + left), "free": Size(free)}
        raise NoRoomError(Message(said, values))


def _why(error: OSError) -> Message:
    return Message(
        msg("%(path)s: %(reason)s"),
        {"path": str(error.filename or ""), "reason": error.strerror or type(error).__name__},
    )

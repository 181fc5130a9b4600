"""The job that makes a backup: every night, every week elsewhere, or when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import backup, backup_plan
from lms.admin.backup_place import BackupBusyError, BackupError, stem_of
from lms.admin.backup_plan import BACKUPS, DAILY, KNOWN, MAKE, PLAN, WEEKLY, Plan
from lms.admin.backups import actions
from lms.admin.backups.actions import Backup
from lms.admin.findings import message_facts
from lms.files import LEAST_FREE
from lms.jobs.progress import Tell
from lms.jobs.steps import Done, Steps, TellingStep
from lms.kernel import clock
from lms.kernel.messages import Message, msg
from lms.settings import Settings

_NAME = re.compile(r"(?P<ours>.+-)\d{8}-\d{6}(?:-\d+)?(?P<suffix>\.tar(?:\.sealed)?)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A backup that was made, or the sentence that says why none was."""

    made: Backup | None = None
    fault: Message | None = None


def make(
    session: Session, facts: Mapping[str, Any], cursor: object, *, now: datetime, tell: Tell
) -> Outcome:
    """Make the backup that the job asks for, and delete those that are more than shall stay.

    Those that are too many already go before: whoever keeps fewer wants room for the next one.
    """
    del cursor

    def say(percent: int, part: Message) -> None:
        tell(percent, message_facts(part))

    settings: Settings = current_app.config["LMS"]
    known = installation.decided(session, (BACKUPS, PLAN, KNOWN))
    site = installation.site_id(session)
    session.rollback()  # what copies the database must not hold the log of the others open
    kind, plan = facts["kind"], Plan.of(known.get(PLAN))
    began = clock.monotonic()
    try:
        folder, passphrase = _where(settings, known.get(BACKUPS), kind)
        keep = {DAILY: plan.keep, WEEKLY: plan.keep_copies}.get(kind)
        if keep is not None:
            suffix = ".tar" if passphrase is None else ".tar.sealed"
            drop_old(folder / f"{stem_of(kind, site, now)}{suffix}", keep + 1)
        made = backup.make(
            settings,
            folder,
            passphrase,
            now=now,
            name=kind,
            spare=LEAST_FREE,
            tell=say,
            copied=_last_copied(known.get(KNOWN)),
        )
    except BackupBusyError:
        raise  # tried again in a moment
    except BackupError as refused:
        return Outcome(fault=refused.message)
    if made.damaged:  # those before it may hold what is lost here
        return Outcome(fault=Message(DAMAGED, {"number": len(made.damaged)}))
    if keep is not None:
        drop_old(made.path, keep)
    return Outcome(
        Backup(
            kind,
            str(made.path),
            made.path.stat().st_size,
            made.sealed,
            made.manifest.has_keys,
            clock.monotonic() - began,
            made.manifest.copied,
        )
    )


def _last_copied(known: Sequence[Mapping[str, Any]] | None) -> int | None:
    """Return how many bytes the newest known copy of the database had."""
    return next((each["copied"] for each in known or () if "copied" in each), None)


# Translators: %(number)s counts files. The backup itself was made.
DAMAGED = msg(
    "Stored files are damaged and were left out of it: %(number)s. The disk of this server is "
    "failing. Restore an older backup on another disk."
)


def _where(settings: Settings, decided: str | None, kind: str) -> tuple[Path, str | None]:
    """Return the folder and the passphrase; raises BackupError where either is missing."""
    if kind != WEEKLY:
        return backup_plan.folder_here(settings, decided), None
    folder = backup_plan.folder_elsewhere(settings, decided)
    if folder is None:
        raise BackupError(Message(backup.NOT_NAMED))
    return folder.absolute(), backup.passphrase_of(settings)


def drop_old(made: Path, keep: int) -> None:
    """Delete the oldest backups of the kind of ``made``, so that ``keep`` are left with it.

    made  one that was made, or the name of one that will be.

    Only files that the same server has named so. Those that bear a later moment than ``made`` are
    left alone and do not count: the clock was ahead once.
    """
    own = _NAME.fullmatch(made.name)
    if own is None:
        return
    found = ((path.name, _NAME.fullmatch(path.name)) for path in made.parent.glob("*"))
    same = (own["ours"], own["suffix"])
    older = sorted(
        name
        for name, read in found
        if read is not None and (read["ours"], read["suffix"]) == same and name < made.name
    )
    for name in older[: max(0, len(older) - keep + 1)]:
        with suppress(OSError):  # one that stays does no harm; the next time it is tried again
            (made.parent / name).unlink()


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: object,
    prepared: Outcome,
    *,
    now: datetime,
) -> Done:
    """Keep how it went."""
    del cursor
    if prepared.made is not None:
        actions.remember(session, prepared.made, now=now)
    elif prepared.fault is not None:
        actions.note_fault(session, facts["kind"], prepared.fault, now=now)
    return Done({"good": prepared.fault is None})


# Copying a database in one statement tells each second, too; what is silent for so long is dead.
SILENT = timedelta(minutes=5)
STEPS: Steps = {MAKE: TellingStep(make, record, lease=SILENT)}

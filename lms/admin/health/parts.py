"""What the health page shows: what the worker found at its last look, and what is cheap, anew."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from lms import installation
from lms.admin import running, safekeeping, storage
from lms.admin.findings import GOOD, NOTE, WRONG, Finding, from_facts, note, wrong
from lms.admin.night import LAST_LOOK, LOOK
from lms.admin.retention import RUNS, deletion
from lms.admin.trail import finding as trail
from lms.admin.trail.actions import LAST_LOOK as LAST_LOOK_AT_LOG
from lms.admin.vital import ABOUT_THE_KEY, lost_key
from lms.audit import queries as audit
from lms.audit.models import CLOCK_FROM
from lms.jobs import queries as jobs
from lms.kernel.messages import msg
from lms.settings import Settings

LOOK_LATE = timedelta(days=4)
ORDER = (WRONG, NOTE, GOOD)


@dataclass(frozen=True, slots=True)
class Room:
    """The page on which a part is put right, and what it is called."""

    endpoint: str
    words: str


_BACKUPS = Room("backups.show", msg("Backups"))
ROOMS: Mapping[str, Room] = {
    "Backup": _BACKUPS,
    "Copy elsewhere": _BACKUPS,
    "Restore test": _BACKUPS,
    "Work in the background": Room("background.all_jobs", msg("All work of the server")),
    "Log": Room("trail.all", msg("Log")),
}


@dataclass(frozen=True, slots=True)
class Health:
    """How the server is.

    findings   of every part, what is to be done first.
    looked_at  when the worker looked at what is not looked at for this page; None before that.
    looking    whether it has been asked to look again.
    """

    findings: Sequence[Finding]
    looked_at: datetime | None
    looking: bool

    def count(self, state: str) -> int:
        """Return how many parts are in ``state``."""
        return sum(finding.state == state for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of the data folder, in bytes."""

    total: int
    free: int

    @property
    def used_share(self) -> int:
        """How much is used, in per cent of the whole."""
        return round(100 * (self.total - self.free) / self.total) if self.total else 0


def disk_of(data: Path) -> Disk:
    """Return how large the disk under ``data`` is, and what is free of it."""
    usage = shutil.disk_usage(data)
    return Disk(usage.total, usage.free)


def health(session: Session, settings: Settings, *, now: datetime) -> Health:
    """Return how every part of the server is; changes nothing and reads no large file."""
    names = (*safekeeping.DECISIONS, LAST_LOOK, LAST_LOOK_AT_LOG, CLOCK_FROM, *ABOUT_THE_KEY)
    known = installation.decided(session, names)
    fresh: list[Finding | None] = [
        storage.disk(settings.data),
        running.clock(audit.newest_since(session, known.get(CLOCK_FROM)), now),
        safekeeping.last_backup(known, now),
        safekeeping.copy_elsewhere(known, settings, now),
        safekeeping.restore_test(known, now),
        running.worker(jobs.standing(session), now),
        safekeeping.nightly_check(known, now),
        trail.log(known),
        deletion(known.get(RUNS), now),
        lost_key(known, settings),
    ]
    last = known.get(LAST_LOOK)
    at = datetime.fromisoformat(last["at"]) if last else None
    looked = [from_facts(facts) for facts in last["found"]] if last else []
    now_known = [finding for finding in fresh if finding]
    seen = {finding.part for finding in now_known}
    found = [*now_known, *(each for each in looked if each.part not in seen), *_look(at, now)]
    return Health(
        sorted(found, key=lambda finding: ORDER.index(finding.state)),
        at,
        looking=jobs.waiting(session, (LOOK,), now) != [],
    )


def _look(at: datetime | None, now: datetime) -> list[Finding]:
    """Return what to know where the worker's look is missing or old."""
    if at is None:
        said = msg(
            "All other parts: they were not looked at yet. The server looks once a day by itself, "
            "and when you ask it to."
        )
        return [note(said)]
    if now - at > LOOK_LATE:
        said = msg(
            "All other parts: they were last looked at on %(day)s. Ask the server to look again."
        )
        return [wrong(said, {"day": at})]
    return []

"""When the server makes its backups, where they lie and how many are kept.

What pages, jobs and commands share; apart from ``backup``, which loads what the serving process
never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.jobs import actions as jobs
from lms.kernel.json_value import Json
from lms.settings import Settings

MAKE = "backup.make"  # the job; its facts say which: {"kind": …}
DAILY, WEEKLY, BY_HAND = "daily", "weekly", "lms"  # also how the names of such files begin
UPGRADE = "before-upgrade"

BACKUPS = "backups"  # the folder in the data folder, and the decision that names another one
PLAN = "backup_plan"  # the decision of the country's office
LAST_BACKUP = "last_backup"  # what the newest backup leaves: {"at", "path", "sealed"}
LAST_COPY = "last_copy"  # the same of the newest encrypted one
LAST_FAULTS = "backup_faults"  # kind -> why it could not be made: {"at", "sentence"}
KNOWN = "known_backups"  # what is known of each: newest first
MOST_KNOWN = 100

# The copy elsewhere is made when the backup of that day has had its time.
COPY_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the country's office has decided; what stands here counts until it does.

    hour      of the day, on the clocks of the country, at which the daily backup is made.
    keep      how many daily backups stay.
    weekday   of the encrypted copy elsewhere: 0 for Monday to 6 for Sunday.
    keep_copies  how many of these copies stay.
    """

    hour: int = 1
    keep: int = 7
    weekday: int = 6
    keep_copies: int = 4

    @classmethod
    def of(cls, decided: Json) -> Plan:
        """Return the plan that the decision ``PLAN`` holds."""
        return cls(**decided) if isinstance(decided, Mapping) else cls()

    def to_facts(self) -> dict[str, int]:
        """Return what is stored of it."""
        return asdict(self)

    def next_backup(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return when the next daily backup is due."""
        return following(now, zone, time(self.hour))

    def next_copy(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return when the next copy elsewhere is due."""
        begins = following(now - COPY_AFTER, zone, time(self.hour), self.weekday)
        return begins + COPY_AFTER


def ask(session: Session, plan: Plan, zone: ZoneInfo, *, copies: bool, now: datetime) -> None:
    """Ask for the next daily backup and the next copy elsewhere; twice is once.

    copies  whether there is a folder for these.
    """
    _ask(session, DAILY, plan.next_backup(now, zone), now)
    if copies:
        _ask(session, WEEKLY, plan.next_copy(now, zone), now)


def ask_anew(session: Session, plan: Plan, zone: ZoneInfo, *, copies: bool, now: datetime) -> None:
    """Take back what was asked for by another plan, and ask by this one."""
    take_back(session, now=now)
    ask(session, plan, zone, copies=copies, now=now)


def take_back(session: Session, *, now: datetime) -> None:
    """Take back the backups that were planned and have not begun; those of people stay."""
    for kind in (DAILY, WEEKLY):
        jobs.take_back(session, MAKE, f"{kind} ", now=now)


def _ask(session: Session, kind: str, due: datetime, now: datetime) -> None:
    jobs.ask(session, MAKE, f"{kind} {due:%Y-%m-%dT%H:%MZ}", {"kind": kind}, now=now, due_at=due)


def following(now: datetime, zone: ZoneInfo, at: time, weekday: int | None = None) -> datetime:
    """Return the next moment after ``now`` at which the clocks of ``zone`` say ``at``.

    weekday  0 for Monday to 6 for Sunday, None for any day.
    """
    day = now.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment > now and weekday in {None, day.weekday()}:
            return moment
        day += timedelta(days=1)


def folder_of(settings: Settings, decided: str | None) -> Path:
    """Return where backups go: what was decided at the first run, else in the data folder."""
    return settings.data / (decided or BACKUPS)


def folder_here(settings: Settings, decided: str | None) -> Path:
    """Return the folder of the backups that need no passphrase: it never leaves the data folder."""
    folder = folder_of(settings, decided)
    return settings.data / BACKUPS if leaves(settings, folder) else folder


def folder_elsewhere(settings: Settings, decided: str | None) -> Path | None:
    """Return the folder of the encrypted copies; None where nobody has named one."""
    if settings.backup_to is not None:
        return settings.backup_to
    folder = folder_of(settings, decided)
    return folder if leaves(settings, folder) else None


def leaves(settings: Settings, folder: Path) -> bool:
    """Return whether ``folder`` is outside the data folder or on another disk than it."""
    here = settings.data.resolve()
    there = folder.resolve()
    if not there.is_relative_to(here):
        return True
    while not there.exists():
        there = there.parent
    return there.stat().st_dev != here.stat().st_dev

"""What is kept about backups: which were made and tested, why one was not, and the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, administers_country
from lms.admin import backup_plan
from lms.admin.backup_plan import (
    BY_HAND,
    KNOWN,
    LAST_BACKUP,
    LAST_COPY,
    LAST_FAULTS,
    MAKE,
    MOST_KNOWN,
    PLAN,
    WEEKLY,
    Plan,
)
from lms.admin.findings import message_facts
from lms.admin.night import DRILL
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs import queries
from lms.kernel.errors import NotFound
from lms.kernel.lines import Line
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer

LONGEST_REASON = 500
# What the log says of work that somebody asked for.
ASKED = {MAKE: "backup.make.asked", DRILL: "backup.drill.asked"}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that lies complete on a disk and was read back.

    kind     who made it: ``DAILY``, ``WEEKLY``, ``BY_HAND``.
    keys     whether the issuing key is in it.
    seconds  how long it took.
    copied   how many bytes of it are the copy of the database.
    """

    kind: str
    path: str
    size: int
    sealed: bool
    keys: bool
    seconds: float
    copied: int


def remember(session: Session, made: Backup, *, now: datetime) -> None:
    """Keep that a backup was made, for pages and the doctor; a fault of its kind is over."""
    known = installation.decided(session, (KNOWN, LAST_FAULTS))
    done = {"at": now.isoformat(), "path": made.path, "sealed": made.sealed}
    more = {
        "kind": made.kind,
        "size": made.size,
        "keys": made.keys,
        "seconds": round(made.seconds, 1),
        "copied": made.copied,
        "tested": None,
    }
    others = [each for each in known.get(KNOWN) or () if each["path"] != made.path]
    faults = dict(known.get(LAST_FAULTS) or {})
    faults.pop(made.kind, None)
    kept = {LAST_BACKUP: done, KNOWN: [done | more, *others][:MOST_KNOWN], LAST_FAULTS: faults}
    installation.decide(session, kept | ({LAST_COPY: done} if made.sealed else {}), now=now)
    facts = {"sealed": made.sealed, "keys": made.keys}
    audit.append(session, None, "backup.made", f"{now:%Y%m%dT%H%M%SZ}", facts, now=now)


def note_fault(session: Session, kind: str, why: Message, *, now: datetime) -> None:
    """Keep why no backup of this kind was made."""
    faults = dict(installation.setting(session, LAST_FAULTS) or {})
    faults[kind] = {"at": now.isoformat(), "sentence": message_facts(why)}
    installation.decide(session, {LAST_FAULTS: faults}, now=now)
    audit.append(session, None, "backup.failed", f"{now:%Y%m%dT%H%M%SZ}", {"kind": kind}, now=now)


def note_test(session: Session, path: str, *, good: bool, now: datetime) -> None:
    """Keep in the list of backups how the restore test of one of them ended."""
    tested = {"at": now.isoformat(), "good": good}
    listed = [
        each | {"tested": tested} if each["path"] == path else each
        for each in installation.setting(session, KNOWN) or ()
    ]
    if listed:
        installation.decide(session, {KNOWN: listed}, now=now)


def ask_to_make(session: Session, viewer: Viewer, kind: str, *, now: datetime) -> None:
    """Ask the worker for a backup now, or for a copy elsewhere; twice while it waits is once.

    kind    ``BY_HAND`` or ``WEEKLY``.
    raises  NotFound for anybody but the country's office, and for another kind.
    """
    if not administers_country(viewer) or kind not in {BY_HAND, WEEKLY}:
        raise NotFound
    _ask_once(session, viewer, MAKE, {"kind": kind}, now)


def ask_to_try(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """Ask the worker for a restore test now; twice while it waits is once.

    raises  NotFound for anybody but the country's office.
    """
    if not administers_country(viewer):
        raise NotFound
    _ask_once(session, viewer, DRILL, {}, now)


def _ask_once(
    session: Session, viewer: Viewer, kind: str, facts: Mapping[str, Any], now: datetime
) -> None:
    installation.lock(session)
    if any(job.facts == facts for job in queries.waiting(session, (kind,), now)):
        return
    by = actor_id(viewer)
    jobs.ask(session, kind, f"asked {now.isoformat()}", facts, now=now, asked_by=by)
    audit.append(session, by, ASKED[kind], f"{now:%Y%m%dT%H%M%SZ}", dict(facts), now=now)


def decide_plan(
    session: Session, viewer: Viewer, plan: Plan, reason: str, *, copies: bool, now: datetime
) -> None:
    """Make backups by another plan from now on; the same again changes nothing.

    copies  whether there is a folder elsewhere.
    raises  NotFound for anybody but the country's office; LineRefusedError for a reason that is
            no line of at most 500 characters.
    """
    if not administers_country(viewer):
        raise NotFound
    said = Line.of(reason, LONGEST_REASON).text
    installation.lock(session)
    before = Plan.of(installation.setting(session, PLAN))
    if before == plan:
        return
    installation.decide(session, {PLAN: plan.to_facts()}, now=now)
    zone = ZoneInfo(installation.read(session).time_zone)
    backup_plan.ask_anew(session, plan, zone, copies=copies, now=now)
    facts = {"before": before.to_facts(), "after": plan.to_facts(), "reason": said}
    audit.append(
        session, actor_id(viewer), "installation.backups", f"hour {plan.hour}", facts, now=now
    )

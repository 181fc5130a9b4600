"""What is deleted by itself, after how long, and the proof that it was: counts of each run.

``housekeeping`` deletes once a day and keeps here what it counted. The last runs lie in a decision
of this installation, for pages and the doctor; each run is a row of the log, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import once, rules, throttle
from lms.accounts.importing import actions as lists
from lms.admin.findings import Finding, good, note, wrong
from lms.assessment import actions as assessment
from lms.audit import actions as audit
from lms.authoring import rules as authoring
from lms.certificates.office.rules import KEPT as FILES_KEPT
from lms.kernel.json_value import Json
from lms.kernel.messages import msg

RUNS = "retention_runs"  # the decision: [{"at": …, "deleted": {kind: count}}, …], newest first
MOST_RUNS = 31
LATE = timedelta(days=2)
ADDRESSES_KEPT = timedelta(days=30)
JOBS_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Limit:
    """A kind of data that is deleted by itself: what it is, and how long it is kept."""

    words: str
    kept: timedelta


LIMITS: Mapping[str, Limit] = {
    "answers": Limit(
        msg("Answers given in tests; points and results stay"), assessment.ANSWERS_KEPT
    ),
    "addresses": Limit(msg("Network addresses in the log"), ADDRESSES_KEPT),
    "failures": Limit(msg("Failed sign-ins, with their network address"), throttle.ACCOUNT_MEMORY),
    "forms": Limit(msg("Forms that were kept when a session ended"), rules.HELD_FOR),
    "lists": Limit(msg("Staff lists: file, preview and rows"), lists.KEPT),
    "files": Limit(
        msg("Files put together for somebody: certificates, records, reports"), FILES_KEPT
    ),
    "packages": Limit(msg("Course packages that were sent in"), authoring.UPLOADS_KEPT),
    "keys": Limit(msg("Marks by which a form that is sent twice counts once"), once.KEPT),
    "jobs": Limit(msg("Finished work in the background"), JOBS_KEPT),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run: when it was, and how many of each kind it deleted."""

    at: datetime
    deleted: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many it deleted of all kinds together."""
        return sum(self.deleted.values())


def remember(session: Session, deleted: Mapping[str, int], *, now: datetime) -> None:
    """Keep what a run has deleted. Call it last: it writes to the log."""
    before = installation.setting(session, RUNS) or ()
    run = {"at": now.isoformat(), "deleted": dict(deleted)}
    installation.decide(session, {RUNS: [run, *before][:MOST_RUNS]}, now=now)
    audit.append(session, None, "retention.run", f"{now:%Y%m%dT%H%M%SZ}", dict(deleted), now=now)


def runs(known: Json) -> list[Run]:
    """Return the last runs that the decision ``RUNS`` tells, newest first."""
    return [Run(datetime.fromisoformat(each["at"]), each["deleted"]) for each in known or ()]


def deletion(known: Json, now: datetime) -> Finding:
    """Whether what must not be kept any longer was deleted in the last two days."""
    last = next(iter(runs(known)), None)
    if last is None:
        said = msg(
            "Deletion: it has not run yet. The server deletes what is too old once a day, and at "
            "each start."
        )
        return note(said)
    values = {"day": last.at, "number": last.total}
    if now - last.at > LATE:
        said = msg(
            "Deletion: it last ran on %(day)s, and it should every day. See what is said about "
            "work in the background, which does it."
        )
        return wrong(said, values)
    return good(msg("Deletion: it ran on %(day)s and deleted what was too old."), values)

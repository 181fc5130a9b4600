"""Asking for the file of a search in the log, and for the look at its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id, require_office
from lms.admin.trail.rules import Wanted
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer

EXPORT, CHECK = "audit.export", "audit.check"
LAST_LOOK = "last_audit_look"  # the decision that a look leaves: {"at", "rows", "good", "said"}


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for: in which language, from which page, with the key of its form."""

    language: str
    back: str
    key: str


def ask_export(
    session: Session, viewer: Viewer, wanted: Wanted, order: Order, *, now: datetime
) -> Job:
    """Ask the worker for the file; asking again with the same key is the same job.

    raises NotFound for whoever does not administer the country.
    """
    require_office(viewer)
    job = jobs.ask(
        session,
        EXPORT,
        f"{viewer.person_id} {order.key}",
        {
            "wanted": wanted.to_facts(),
            "language": order.language,
            "back": order.back,
            "asked_by": str(viewer.person_id),
        },
        now=now,
        asked_by=viewer.person_id,
    )
    if job.total_units is None:
        job.total_units = 1
        facts = {"job": job.id, **wanted.to_facts()}
        audit.append(session, actor_id(viewer), "audit.export asked", "audit", facts, now=now)
    return job


def ask_look(session: Session, viewer: Viewer, order: Order, *, now: datetime) -> Job:
    """Ask the worker to look at the chain; asking again with the same key is the same job.

    raises NotFound for whoever does not administer the country.
    """
    require_office(viewer)
    return jobs.ask(
        session,
        CHECK,
        f"{viewer.person_id} {order.key}",
        {"language": order.language, "back": order.back},
        now=now,
        asked_by=viewer.person_id,
    )


def ask_nightly_look(session: Session, key: str, at: datetime, *, now: datetime) -> None:
    """Ask for a look at the chain that nobody waits for; once for each ``key``."""
    jobs.ask(session, CHECK, key, {"language": "en"}, now=now, due_at=at)

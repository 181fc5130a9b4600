"""All work of the server, for the country's office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer

MOST_OPEN, MOST_DONE = 50, 25


@dataclass(frozen=True, slots=True)
class Listed:
    """A job, and who asked for it: None for the server, or a name that is no longer kept."""

    job: Job
    name: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """What the server has to do, and what it did.

    open     what gave up, was stopped or waits: in this order, what is due longest first.
    done     what was finished last, newest first.
    counts   how many jobs there are in each state.
    """

    open: Sequence[Listed]
    done: Sequence[Listed]
    counts: dict[str, int]


def all_work(session: Session, viewer: Viewer) -> Work:
    """Return the work of the whole server. raises NotFound for anybody but the country's office."""
    if not administers_country(viewer):
        raise NotFound
    rows = select(Job, Identity.name).outerjoin(Identity, Identity.person_id == Job.asked_by)
    order = case((Job.state == "failed", 0), (Job.state == "stopped", 1), else_=2)
    unfinished = (
        rows.where(Job.state != "done").order_by(order, Job.due_at, Job.id).limit(MOST_OPEN)
    )
    done = rows.where(Job.state == "done").order_by(Job.ended_at.desc(), Job.id.desc())
    counts = select(Job.state, func.count().label("number")).group_by(Job.state)
    return Work(
        [Listed(*row) for row in session.execute(unfinished)],
        [Listed(*row) for row in session.execute(done.limit(MOST_DONE))],
        {row.state: row.number for row in session.execute(counts)},
    )

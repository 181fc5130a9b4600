"""What work is waiting, and how it went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def next_due(session: Session) -> datetime | None:
    """Return when the next job is due, None when nothing waits."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == "waiting"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the work of the server is: what gave up, what is due next, what went wrong last."""

    failed: int
    due: datetime | None
    reason: str | None


def standing(session: Session) -> Standing:
    """Return how the work of the server is; one query."""
    last = (
        select(Job.error).where(Job.state == "failed").order_by(Job.ended_at.desc()).limit(1)
    ).scalar_subquery()
    failed = select(func.count()).where(Job.state == "failed").scalar_subquery()
    due = select(func.min(Job.due_at)).where(Job.state == "waiting").scalar_subquery()
    return Standing(*session.execute(select(failed, due, last)).one())


def has_begun(session: Session, kind: str) -> bool:
    """Return whether a job of a kind has done some of its work and has more to do."""
    begun = (Job.kind == kind, Job.state == "waiting", Job.done_units > 0)
    return session.scalar(select(Job.id).where(*begun).limit(1)) is not None


def waiting(session: Session, kinds: Collection[str], now: datetime) -> list[Job]:
    """Return the jobs of these kinds that are due and not done, oldest first."""
    due = (Job.kind.in_(tuple(kinds)), Job.state == "waiting", Job.due_at <= now)
    return list(session.scalars(select(Job).where(*due).order_by(Job.id)))


def own_job(session: Session, viewer: Viewer, job_id: int) -> Job:
    """Return a job that the viewer asked for. raises NotFound for any other."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.asked_by == viewer.person_id))
    if job is None:
        raise NotFound
    return job


def own_jobs(session: Session, viewer: Viewer) -> list[Job]:
    """Return what the viewer asked for lately, newest first."""
    return list(
        session.scalars(
            select(Job).where(Job.asked_by == viewer.person_id).order_by(Job.id.desc()).limit(50)
        )
    )

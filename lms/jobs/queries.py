"""What work is waiting, and how it went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def next_due(session: Session) -> datetime | None:
    """Return when the next job is due, None when nothing waits."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == "waiting"))


def failed(session: Session) -> int:
    """Return how many jobs gave up and wait for a person."""
    return session.scalar(select(func.count()).where(Job.state == "failed")) or 0


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


def last_failure(session: Session) -> str | None:
    """Return what the job that gave up last has said, None when none has."""
    return session.scalar(
        select(Job.error).where(Job.state == "failed").order_by(Job.ended_at.desc()).limit(1)
    )

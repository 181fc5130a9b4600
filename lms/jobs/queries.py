"""What work is waiting, and how it went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.jobs.models import Job


def next_due(session: Session) -> datetime | None:
    """Return when the next job is due, None when nothing waits."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == "waiting"))


def failed(session: Session) -> int:
    """Return how many jobs gave up and wait for a person."""
    return session.scalar(select(func.count()).where(Job.state == "failed")) or 0

"""Ask for work, stop it, let it go on. How it is done says ``steps``; ``running`` does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.tables import add_unless_there, deleted


def ask(
    session: Session,
    kind: str,
    key: str,
    facts: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    due_at: datetime | None = None,
    asked_by: UUID | None = None,
) -> Job:
    """Add a job; asking again for the same (kind, key) returns the one that is there.

    Two transactions that ask at once make one job: the later waits for the other and finds it.
    """
    same = select(Job).where(Job.kind == kind, Job.key == key)
    job = session.scalar(same)
    if job is None:
        add_unless_there(
            session,
            Job,
            {
                "kind": kind,
                "key": key,
                "facts": dict(facts or {}),
                "state": "waiting",
                "due_at": due_at or now,
                "failures": 0,
                "done_units": 0,
                "asked_by": asked_by,
                "made_at": now,
            },
        )
        job = session.scalars(same).one()
    return job


def take_back(session: Session, kind: str, prefix: str, *, now: datetime) -> None:
    """Delete the jobs whose keys begin with ``prefix`` that wait for their hour, not yet begun."""
    waits = (Job.state == "waiting", Job.done_units == 0, Job.failures == 0, Job.due_at > now)
    wanted = (Job.kind == kind, Job.key.startswith(prefix, autoescape=True))
    session.execute(delete(Job).where(*wanted, *waits))


def hasten(session: Session, *, but: Collection[str], now: datetime) -> None:
    """Let be due now what a clock that was ahead has put off, but for some kinds.

    That is what was to be done at once, what has begun, and what is tried again. What was planned
    for an hour of its own goes on waiting.
    """
    put_off = or_(Job.due_at <= Job.made_at, Job.done_units > 0, Job.failures > 0)
    waits = (Job.state == "waiting", Job.due_at > now, Job.kind.not_in(tuple(but)))
    session.execute(update(Job).where(*waits, put_off).values(due_at=now))


def forget_later(session: Session, kind: str, *, now: datetime) -> int:
    """Delete the jobs of a kind that were done, or are to be done, later than now.

    Those are of a clock that was ahead, or planned by it; they can then be asked for anew.
    returns how many they were.
    """
    done = and_(Job.state == "done", Job.ended_at > now)
    waits = and_(Job.state == "waiting", Job.due_at > now)
    return deleted(session, delete(Job).where(Job.kind == kind, or_(done, waits)))


def try_again(session: Session, *, now: datetime) -> int:
    """Let every job that gave up begin anew where it stopped; return how many they are."""
    given_up = session.scalars(select(Job).where(Job.state == "failed").with_for_update()).all()
    for job in given_up:
        job.state, job.failures, job.due_at, job.ended_at = "waiting", 0, now, None
    return len(given_up)


def stop(session: Session, job_id: int, asked_by: UUID, *, now: datetime) -> None:
    """Let a job that this person asked for rest after its running step; twice changes nothing.

    raises  NotFound for somebody else's job.
    """
    rest(_own(session, job_id, asked_by), now=now)


def resume(session: Session, job_id: int, asked_by: UUID, *, now: datetime) -> None:
    """Go on with a job of this person that was stopped or gave up, where it had come to.

    raises  NotFound for somebody else's job.
    """
    go_on(_own(session, job_id, asked_by), now=now)


def rest(job: Job, *, now: datetime) -> bool:
    """Stop a locked job after its running step; return whether it was waiting or running."""
    if job.state != "waiting":
        return False
    job.state, job.ended_at = "stopped", now
    return True


def go_on(job: Job, *, now: datetime) -> bool:
    """Let a locked job go on that was stopped or gave up; return whether it was."""
    if job.state not in {"stopped", "failed"}:
        return False
    # What waits for its hour, or for a second person, goes on waiting.
    job.due_at = now if job.state == "failed" else max(job.due_at, now)
    job.state, job.ended_at, job.failures, job.error = "waiting", None, 0, None
    return True


def _own(session: Session, job_id: int, asked_by: UUID) -> Job:
    job = session.scalar(
        select(Job).where(Job.id == job_id, Job.asked_by == asked_by).with_for_update()
    )
    if job is None:
        raise NotFound
    return job

"""Ask for work, take it under a lease, do one step at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.jobs.models import Job
from lms.kernel.errors import NotFound

log = logging.getLogger("lms.jobs")

LEASE = timedelta(seconds=60)
MOST_FAILURES = 8


class Step(Protocol):
    """One step of a kind of job: at most 5 s, resumable, the same result when repeated."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Any,  # noqa: ANN401 -- any JSON value
        *,
        now: datetime,
    ) -> Any:  # noqa: ANN401 -- any JSON value
        """Do one step after ``cursor`` and return where the next begins, None when all is done."""


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
    """Add a job; asking again for the same (kind, key) returns the one that is there."""
    job = session.scalar(select(Job).where(Job.kind == kind, Job.key == key))
    if job is None:
        job = Job(
            kind=kind, key=key, facts=dict(facts or {}), cursor=None, state="waiting",
            due_at=due_at or now, failures=0, done_units=0, asked_by=asked_by, made_at=now,
        )  # fmt: skip
        session.add(job)
        session.flush()
    return job


def take(session: Session, owner: str, *, now: datetime) -> Job | None:
    """Lease the job that is due longest, None when there is none.

    A lease that its owner let run out (killed, switched off) is free again.
    """
    job = session.scalar(
        select(Job)
        .where(
            Job.state == "waiting",
            Job.due_at <= now,
            or_(Job.lease_until.is_(None), Job.lease_until < now),
        )
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.lease_until, job.lease_owner = now + LEASE, owner
    return job


def step(
    session: Session, job_id: int, owner: str, steps: Mapping[str, Step], *, now: datetime
) -> bool:
    """Do one step of a leased job in this transaction; return whether more is to do.

    raises KeyError when this program does not know the kind of job.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.lease_owner != owner or job.state != "waiting":
        return False
    job.cursor = steps[job.kind](session, job.facts, job.cursor, now=now)
    job.lease_until = now + LEASE
    job.failures, job.error = 0, None
    job.done_units += 1
    if job.cursor is None:
        job.state, job.ended_at, job.lease_until = "done", now, None
    return job.state == "waiting"


def note_failure(session: Session, job_id: int, error: Exception, *, now: datetime) -> None:
    """Put a failed job back with a growing pause; after eight failures it waits for a person."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.failures += 1
    job.error = f"{type(error).__name__}: {error}"[:500]
    job.lease_until = None
    job.due_at = now + timedelta(seconds=min(2**job.failures, 600))
    if job.failures >= MOST_FAILURES:
        job.state, job.ended_at = "failed", now


def run_due(
    transaction: Callable[[], Any],
    steps: Mapping[str, Step],
    owner: str,
    clock: Callable[[], datetime],
) -> int:
    """Do all work that is due; return how many steps were done.

    transaction  opens a writing unit of work that commits at its end.
    """
    done = 0
    while True:
        with transaction() as session:
            job = take(session, owner, now=clock())
            leased = (job.id, job.kind) if job else None
        if leased is None:
            return done
        more = True
        while more:
            try:
                with transaction() as session:
                    more = step(session, leased[0], owner, steps, now=clock())
                done += 1
            except Exception as error:
                log.exception("job %s (%s) failed", *leased)
                with transaction() as session:
                    note_failure(session, leased[0], error, now=clock())
                more = False


def stop(session: Session, job_id: int, asked_by: UUID, *, now: datetime) -> None:
    """Let a job that this person asked for rest after its running step; twice changes nothing.

    raises  NotFound for somebody else's job.
    """
    job = _own(session, job_id, asked_by)
    if job.state == "waiting":
        job.state, job.ended_at = "stopped", now


def resume(session: Session, job_id: int, asked_by: UUID, *, now: datetime) -> None:
    """Go on with a job of this person that was stopped or gave up, where it had come to.

    raises  NotFound for somebody else's job.
    """
    job = _own(session, job_id, asked_by)
    if job.state in {"stopped", "failed"}:
        job.state, job.ended_at, job.failures, job.error = "waiting", None, 0, None
        job.due_at = now


def _own(session: Session, job_id: int, asked_by: UUID) -> Job:
    job = session.scalar(
        select(Job).where(Job.id == job_id, Job.asked_by == asked_by).with_for_update()
    )
    if job is None:
        raise NotFound
    return job

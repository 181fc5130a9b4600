"""The worker's side of jobs: take one under a lease, do one step at a time, note how it went."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.jobs import progress
from lms.jobs.models import Job
from lms.jobs.progress import Tell, tell_nobody
from lms.jobs.steps import LEASE, Done, SlowStep, Steps, TellingStep, TwoParts
from lms.kernel import memory

log = logging.getLogger("lms.jobs")

MOST_FAILURES = 8
NO_LEASE_LASTS = timedelta(hours=1)  # so long


def run_due(
    reading: Callable[[], Session],
    transaction: Callable[[], AbstractContextManager[Session]],
    steps: Steps,
    owner: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Do all work that is due, a step of each job in turn; return how many steps were done.

    reading      gives a session that looks things up and locks nothing.
    transaction  opens a writing unit of work that commits at its end.
    stopping     says that the process is to end: the step at hand is finished, no other begun.
    """
    done = 0
    while not stopping():
        with transaction() as session:
            job = take(session, owner, steps, now=clock())
            leased = (job.id, job.kind) if job else None
        if leased is None:
            break
        job_id = leased[0]
        try:
            lease = lease_of(steps, leased[1])
            tell = progress.teller(transaction, job_id, owner, lease, clock)
            prepared = prepare(reading(), job_id, steps, now=clock(), tell=tell)
            with transaction() as session:
                more = step(session, job_id, owner, steps, prepared, now=clock())
            prepared = None  # the next one may be as large
            doing = steps[leased[1]]
            if not more and isinstance(doing, TwoParts) and doing.large:
                memory.forget()
            done += 1
        except Exception as error:
            log.exception("job %s (%s) failed", *leased)
            with transaction() as session:
                note_failure(session, job_id, error, now=clock())
    return done


def take(session: Session, owner: str, steps: Steps | None = None, *, now: datetime) -> Job | None:
    """Lease the job that is due longest, None when there is none.

    steps  says which kinds take longer than the usual lease.

    A lease that its owner let run out (killed, switched off) is free again. So is one that ends
    later than any can: it was taken while the clock was ahead.
    """
    job = session.scalar(
        select(Job)
        .where(
            Job.state == "waiting",
            Job.due_at <= now,
            or_(
                Job.lease_until.is_(None),
                Job.lease_until < now,
                Job.lease_until > now + NO_LEASE_LASTS,
            ),
        )
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.lease_until, job.lease_owner = now + lease_of(steps or {}, job.kind), owner
    return job


def lease_of(steps: Steps, kind: str) -> timedelta:
    """Return how long nobody else may do a step of a kind of job."""
    doing = steps.get(kind)
    return doing.lease if isinstance(doing, TwoParts) else LEASE


def prepare(
    session: Session, job_id: int, steps: Steps, *, now: datetime, tell: Tell = tell_nobody
) -> object:
    """Do the slow part of the next step of a leased job; None where it has none.

    session  reads. The lease keeps others from the job meanwhile.
    tell     takes how far it is.
    raises KeyError when this program does not know the kind of job.
    """
    job = session.get_one(Job, job_id)
    doing = steps[job.kind]
    if isinstance(doing, TellingStep):
        return doing.prepare(session, job.facts, job.cursor, now=now, tell=tell)
    if isinstance(doing, SlowStep):
        return doing.prepare(session, job.facts, job.cursor, now=now)
    return None


def step(
    session: Session,
    job_id: int,
    owner: str,
    steps: Steps,
    prepared: object = None,
    *,
    now: datetime,
) -> bool:
    """Do one step of a leased job in this transaction; return whether more is to do.

    prepared  what ``prepare`` returned for this step.

    Whoever has lost the lease meanwhile does nothing.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.lease_owner != owner or job.state != "waiting":
        return False
    doing = steps[job.kind]
    if isinstance(doing, TwoParts):
        after = doing.record(session, job.facts, job.cursor, prepared, now=now)
    else:
        after = doing(session, job.facts, job.cursor, now=now)
    if isinstance(after, Done):
        job.result, after = dict(after.result), None
    job.cursor = after
    job.failures, job.error = 0, None
    job.done_units += 1
    # The next step waits behind what has become due meanwhile: nobody's certificate waits for
    # the two thousand that somebody else has asked for.
    job.lease_until, job.due_at = None, now
    if job.cursor is None:
        job.state, job.ended_at = "done", now
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

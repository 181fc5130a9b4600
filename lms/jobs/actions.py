"""Ask for work, take it under a lease, do one step at a time.

A step writes in one transaction together with its cursor, so that it has happened or it has not.
Nothing slow belongs into that transaction: everybody else's saving waits for it. A kind of job in
which something slow is done (a PDF, a large file) has a ``SlowStep``: what takes time is prepared
first, without any lock, and only its result is recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.jobs import progress
from lms.jobs.models import Job
from lms.jobs.progress import PrepareAndTell, Tell, tell_nobody
from lms.kernel import memory
from lms.kernel.errors import NotFound
from lms.tables import add_unless_there

log = logging.getLogger("lms.jobs")

LEASE = timedelta(seconds=60)
MOST_FAILURES = 8


class Step(Protocol):
    """One step of a kind of job: quick, resumable, the same result when repeated."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Any,  # noqa: ANN401 -- any JSON value
        *,
        now: datetime,
    ) -> Any:  # noqa: ANN401 -- any JSON value
        """Do one step after ``cursor`` and return where the next begins, None when all is done.

        ``Done`` instead of None keeps what the work made.
        """


class Prepare(Protocol):
    """The slow part of a step: at most 5 s. It reads, and writes nothing but files by content."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Any,  # noqa: ANN401 -- any JSON value
        *,
        now: datetime,
    ) -> Any:  # noqa: ANN401 -- what ``record`` takes
        """Return what the step after ``cursor`` records."""


class Record(Protocol):
    """The quick part of a step, in its transaction."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Any,  # noqa: ANN401 -- any JSON value
        prepared: Any,  # noqa: ANN401 -- what ``prepare`` returned
        *,
        now: datetime,
    ) -> Any:  # noqa: ANN401 -- any JSON value
        """Write what was ``prepared`` and return where the next step begins, as ``Step`` does.

        Since it was prepared, something else may have happened: what decides is looked up anew.
        """


@dataclass(frozen=True, slots=True)
class SlowStep:
    """A step in two parts. Killed between them, both are done again, once ``lease`` is over.

    lease   how long nobody else may do it: longer than the slow part may take, or than it takes
            from one telling to the next.
    large   it may hold a whole course or a long list: given back to the system when the job ends.
    tells   its slow part is given ``tell``.
    """

    prepare: Prepare | PrepareAndTell
    record: Record
    lease: timedelta = LEASE
    large: bool = False
    tells: bool = False


Steps = Mapping[str, Step | SlowStep]


@dataclass(frozen=True, slots=True)
class Done:
    """What the last step returns instead of None where the work made something.

    result  for ``Job.result``: counts, and a file as ``file`` (digest), ``name``, ``type``,
            ``bytes``.
    """

    result: Mapping[str, Any]


def keep(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    prepared: Mapping[str, Any],
    *,
    now: datetime,
) -> Done:
    """Leave what was prepared as the result of the job: a ``Record`` for work that only makes."""
    del session, facts, cursor, now
    return Done(prepared)


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
            session, Job, {
                "kind": kind, "key": key, "facts": dict(facts or {}), "state": "waiting",
                "due_at": due_at or now, "failures": 0, "done_units": 0, "asked_by": asked_by,
                "made_at": now,
            },
        )  # fmt: skip
        job = session.scalars(same).one()
    return job


def take(session: Session, owner: str, steps: Steps | None = None, *, now: datetime) -> Job | None:
    """Lease the job that is due longest, None when there is none.

    steps  says which kinds take longer than the usual lease.

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
        job.lease_until, job.lease_owner = now + lease_of(steps or {}, job.kind), owner
    return job


def lease_of(steps: Steps, kind: str) -> timedelta:
    """Return how long nobody else may do a step of a kind of job."""
    doing = steps.get(kind)
    return doing.lease if isinstance(doing, SlowStep) else LEASE


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
    if not isinstance(doing, SlowStep):
        return None
    if doing.tells:
        telling = cast("PrepareAndTell", doing.prepare)
        return telling(session, job.facts, job.cursor, now=now, tell=tell)
    return cast("Prepare", doing.prepare)(session, job.facts, job.cursor, now=now)


def step(
    session: Session, job_id: int, owner: str, steps: Steps, prepared: object = None, *,
    now: datetime,
) -> bool:  # fmt: skip
    """Do one step of a leased job in this transaction; return whether more is to do.

    prepared  what ``prepare`` returned for this step.

    Whoever has lost the lease meanwhile does nothing.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.lease_owner != owner or job.state != "waiting":
        return False
    doing = steps[job.kind]
    if isinstance(doing, SlowStep):
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


def try_again(session: Session, *, now: datetime) -> int:
    """Let every job that gave up begin anew where it stopped; return how many they are."""
    given_up = session.scalars(select(Job).where(Job.state == "failed").with_for_update()).all()
    for job in given_up:
        job.state, job.failures, job.due_at, job.ended_at = "waiting", 0, now, None
    return len(given_up)


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
            if not more and _is_large(steps[leased[1]]):
                memory.forget()
            done += 1
        except Exception as error:
            log.exception("job %s (%s) failed", *leased)
            with transaction() as session:
                note_failure(session, job_id, error, now=clock())
    return done


def _is_large(doing: Step | SlowStep) -> bool:
    return isinstance(doing, SlowStep) and doing.large


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

"""How a kind of job is done: in one quick step after the other, or in steps with a slow part.

A step writes in one transaction together with its cursor, so that it has happened or it has not.
Nothing slow belongs into that transaction: everybody else's saving waits for it. A kind of job in
which something slow is done (a PDF, a large file) has a ``SlowStep``: what takes time is prepared
first, without any lock, and only its result is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from lms.jobs.progress import Tell
from lms.kernel.json_value import Json

LEASE = timedelta(seconds=60)


class Step(Protocol):
    """One step of a kind of job: quick, resumable, the same result when repeated."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Json,
        *,
        now: datetime,
    ) -> Json:
        """Do one step after ``cursor`` and return where the next begins, None when all is done.

        ``Done`` instead of None keeps what the work made.
        """


class Prepare(Protocol):
    """The slow part of a step: at most 5 s. It reads, and writes nothing but files by content."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Json,
        *,
        now: datetime,
    ) -> Any:  # noqa: ANN401 -- what ``record`` takes
        """Return what the step after ``cursor`` records."""


class PrepareAndTell(Protocol):
    """A slow part that takes minutes and cannot be cut: it tells meanwhile how far it is."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Json,
        *,
        now: datetime,
        tell: Tell,
    ) -> Any:  # noqa: ANN401 -- what ``record`` takes
        """Return what the step after ``cursor`` records."""


class Record(Protocol):
    """The quick part of a step, in its transaction."""

    def __call__(
        self,
        session: Session,
        facts: Mapping[str, Any],
        cursor: Json,
        prepared: Any,  # noqa: ANN401 -- what ``prepare`` returned
        *,
        now: datetime,
    ) -> Json:
        """Write what was ``prepared`` and return where the next step begins, as ``Step`` does.

        Since it was prepared, something else may have happened: what decides is looked up anew.
        """


@dataclass(frozen=True, slots=True)
class SlowStep:
    """A step in two parts. Killed between them, both are done again, once ``lease`` is over.

    lease   how long nobody else may do it: longer than the slow part may take.
    large   it may hold a whole course or a long list: given back to the system when the job ends.
    """

    prepare: Prepare
    record: Record
    lease: timedelta = LEASE
    large: bool = False


@dataclass(frozen=True, slots=True)
class TellingStep:
    """A slow step whose slow part tells meanwhile how far it is, and so keeps its lease.

    lease   how long nobody else may do it: longer than from one telling to the next.
    large   as in ``SlowStep``.
    """

    prepare: PrepareAndTell
    record: Record
    lease: timedelta = LEASE
    large: bool = False


TwoParts = SlowStep | TellingStep
Steps = Mapping[str, Step | SlowStep | TellingStep]


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
    cursor: Json,
    prepared: Mapping[str, Any],
    *,
    now: datetime,
) -> Done:
    """Leave what was prepared as the result of the job: a ``Record`` for work that only makes."""
    del session, facts, cursor, now
    return Done(prepared)

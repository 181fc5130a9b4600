"""How far a slow part of a step is that cannot be cut: kept for pages, in short transactions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.jobs.models import Job

log = logging.getLogger("lms.jobs")


class Tell(Protocol):
    """Keeps how far the slow part of a step is, and its lease with it."""

    def __call__(self, percent: int, part: Mapping[str, Any]) -> None:
        """Note that ``percent`` of 100 are done, and the sentence of what is being done."""


def tell_nobody(percent: int, part: Mapping[str, Any]) -> None:
    """Stand for a page that nobody looks at."""


def teller(
    transaction: Callable[[], AbstractContextManager[Session]],
    job_id: int,
    owner: str,
    lease: timedelta,
    clock: Callable[[], datetime],
) -> Tell:
    """Return what keeps how far a leased job is."""

    def tell(percent: int, part: Mapping[str, Any]) -> None:
        try:
            with transaction() as session:
                note(session, job_id, owner, lease, percent, part, now=clock())
        except SQLAlchemyError:  # the work itself is worth more than the word about it
            log.warning("job %s could not tell how far it is", job_id)

    return tell


def note(
    session: Session,
    job_id: int,
    owner: str,
    lease: timedelta,
    percent: int,
    part: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Keep how far a leased job is, and renew its lease; what it makes takes the place of this.

    Whoever has lost the lease meanwhile does nothing.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.lease_owner != owner or job.state != "waiting":
        return
    job.done_units, job.total_units, job.result = percent, 100, {"part": dict(part)}
    job.lease_until = now + lease

"""The worker's side of searching: what was published becomes what can be found, a course a step.

Reading five languages of a course takes some tenths of a second, too long for a transaction that
everybody's saving waits for. Until it is done, the edition before is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.catalogue.models import Course
from lms.catalogue.search import actions
from lms.catalogue.search.actions import INDEX
from lms.jobs.steps import SlowStep, Steps
from lms.kernel.json_value import Json


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one edition."""

    course_id: str
    edition_id: int
    made: list[dict[str, Any]]


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Read | None:
    """Read the next course that cannot be found; None when all can."""
    del facts, now
    wanted = actions.next_course(session, str(cursor or ""))
    if wanted is None:
        return None
    return Read(*wanted, actions.entries(session, *wanted))


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Read | None,
    *,
    now: datetime,
) -> str | None:
    """Keep what was read, unless a newer edition was published meanwhile: that has its own job."""
    del facts, cursor, now
    if prepared is None:
        return None
    course = session.get_one(Course, prepared.course_id)
    if course.edition_id == prepared.edition_id:
        actions.keep(session, prepared.course_id, prepared.edition_id, prepared.made)
    return prepared.course_id


STEPS: Steps = {INDEX: SlowStep(prepare, record, large=True)}

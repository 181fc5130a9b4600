"""Keeping what a reader says of a section, without the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lms.kernel.viewer import Viewer
from lms.learning.reporting.models import ReaderReport
from lms.tables import AnyRow, add_unless_there


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says: of which part of which lesson, in which language, and what.

    block  its id, empty for the whole lesson.
    kind   unclear, wrong, not-here.
    """

    lesson: str
    block: str
    language: str
    kind: str
    text: str


def report(
    session: Session, viewer: Viewer, course: AnyRow, report_id: UUID, said: Said, *, today: date
) -> bool:
    """Keep a report; return False for one that was sent before, which changes nothing.

    course     as ``learning.queries.course`` found it for this person: it names the edition.
    report_id  random, made by the page.
    """
    del viewer  # on purpose: neither the row nor the audit says who it was
    values = {
        "id": report_id,
        "course_id": course.course_id,
        "number": course.number,
        "revision": course.revision,
        "lesson": said.lesson,
        "block": said.block,
        "language": said.language,
        "kind": said.kind,
        "text": said.text,
        "on": today,
        "closed_by": None,
        "closed_at": None,
    }
    return add_unless_there(session, ReaderReport, values)

"""The newest first attempts at the final test of a course, with the points of each question."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.marking import most_points
from lms.assessment.marks import AS_NOW, OUTCOME
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.catalogue.models import Course, EditionItem
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.reports.items.rules import Sat, share
from lms.reports.queries import IS_FIRST, works_here
from lms.tables import AnyRow

# Enough for two decimals in each of five languages; more would make a page wait.
NEWEST = 2000


def items(session: Session, viewer: Viewer, course_id: str) -> dict[str, AnyRow]:
    """Return the items of a course as it is published today: id -> module, lesson, kind, key."""
    del viewer  # the figures of the course were found for them
    rows = session.execute(
        select(
            EditionItem.item_id,
            EditionItem.module,
            EditionItem.lesson,
            EditionItem.kind,
            EditionItem.key,
        )
        .join(Course, Course.edition_id == EditionItem.edition_id)
        .where(Course.id == course_id)
        .order_by(EditionItem.item_id)
    )
    return {row.item_id: row for row in rows}


def first_attempts(
    session: Session, viewer: Viewer, course_id: str, known: dict[str, AnyRow], *, today: date
) -> list[Sat]:
    """Return the newest first attempts of people who work today at a place of the viewer.

    Items that are no longer in the course are left out.
    """
    rows = session.execute(
        select(Attempt.language, OUTCOME)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(
            Enrolment.course_id == course_id,
            IS_FIRST,
            Attempt.state == "submitted",
            works_here(viewer, today),
        )
        .order_by(Attempt.submitted_at.desc())
        .limit(NEWEST)
    )
    most = {item_id: most_points(row.kind, row.key) for item_id, row in known.items()}
    return [
        Sat(
            language,
            {
                item_id: share(points, most[item_id])
                for item_id, points in (outcome or {}).get("items", {}).items()
                if item_id in most
            },
        )
        for language, outcome in rows
    ]

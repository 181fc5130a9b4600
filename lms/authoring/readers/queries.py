"""What readers reported of the course of a draft."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts.models import Draft
from lms.authoring.readers.rules import Lesson
from lms.catalogue.models import Course, EditionLesson
from lms.kernel.viewer import Viewer
from lms.learning.reporting.models import ReaderReport
from lms.tables import AnyRow

MOST_REPORTS = 200


def open_reports(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return the open reports of the course, the first sent first; of very many the first 200."""
    del viewer  # ``found`` came through a query that carries the viewer
    return list(
        session.execute(
            select(
                ReaderReport.id,
                ReaderReport.number,
                ReaderReport.revision,
                ReaderReport.lesson,
                ReaderReport.block,
                ReaderReport.language,
                ReaderReport.kind,
                ReaderReport.text,
                ReaderReport.on,
            )
            .where(ReaderReport.course_id == found.course_id, ReaderReport.closed_at.is_(None))
            .order_by(ReaderReport.on, ReaderReport.id)
            .limit(MOST_REPORTS)
        )
    )


def lessons(
    session: Session, viewer: Viewer, found: Draft, codes: Collection[str], language: str
) -> dict[str, Lesson]:
    """Return some lessons of the published edition in a language, by their codes."""
    del viewer  # ``found`` came through a query that carries the viewer
    if not codes:
        return {}
    rows = session.execute(
        select(EditionLesson.code, EditionLesson.title, EditionLesson.parts["sections"].label("s"))
        .join(Course, Course.edition_id == EditionLesson.edition_id)
        .where(
            Course.id == found.course_id,
            EditionLesson.language == language,
            EditionLesson.code.in_(codes),
        )
    )
    return {row.code: Lesson(row.title, dict(row.s)) for row in rows}

"""In which languages courses can be read, and in which people learn."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.catalogue.models import Course, Edition, EditionText
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.reports.queries import IS_FIRST, works_here
from lms.tables import AnyRow


def texts(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return each course's published edition in each language, restricted courses left out.

    Columns: course_id, language, bank_complete, reviewed, said_in (which titles are in another
    language), modules (of the structure).
    """
    del viewer  # what is taught here is no secret of anybody
    return list(
        session.execute(
            select(
                Course.id.label("course_id"),
                EditionText.language,
                EditionText.bank_complete,
                EditionText.reviewed,
                EditionText.facts["said_in"].label("said_in"),
                EditionText.facts["lessons"].label("lessons"),
            )
            .join(Edition, Edition.id == Course.edition_id)
            .join(EditionText, EditionText.edition_id == Edition.id)
            .where(Course.kind == "course", Course.access != "restricted")
            .order_by(Course.id, EditionText.language)
        )
    )


def learners(session: Session, viewer: Viewer, *, today: date) -> dict[tuple[str, str], int]:
    """Return (course, language) -> first attempts at the final test that were begun in it.

    Of people who work today at a place of the viewer.
    """
    rows = session.execute(
        select(Enrolment.course_id, Attempt.language, func.count())
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(IS_FIRST, Attempt.state == "submitted", works_here(viewer, today))
        .group_by(Enrolment.course_id, Attempt.language)
    )
    return {(course_id, language): count for course_id, language, count in rows}

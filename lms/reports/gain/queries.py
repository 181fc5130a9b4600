"""Results before and after a course, of people who sat both tests."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from lms.assessment.marks import AS_NOW, PERCENT
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.reports.gain.rules import Sums
from lms.reports.queries import works_here

_before = aliased(Attempt)


def sums(session: Session, viewer: Viewer, *, today: date) -> dict[str, Sums]:
    """Return the sums of each course over enrolments with both tests: see ``rules.Sums``.

    The test before the course, and the first attempt at the final test after it; of people who
    work today at a place of the viewer.
    """
    gained = PERCENT - _before.percent
    rows = session.execute(
        select(
            Enrolment.course_id,
            func.count(),
            func.sum(_before.percent),
            func.sum(PERCENT),
            func.sum(gained),
            func.sum(gained * gained),
        )
        .select_from(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(
            _before,
            and_(
                _before.enrolment_id == Enrolment.id,
                _before.test == "pre",
                _before.number == 1,
                _before.state == "submitted",
            ),
        )
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(
            Attempt.test == "post",
            Attempt.number == 1,
            Attempt.state == "submitted",
            works_here(viewer, today),
        )
        .group_by(Enrolment.course_id)
    )
    return {row[0]: Sums(*(int(each or 0) for each in row[1:])) for row in rows}

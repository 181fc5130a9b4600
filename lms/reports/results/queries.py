"""First attempts at the final test of a course: how many, how many passed, with which result."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, Posting, Unit
from lms.assessment.marks import AS_NOW, PASSED, PERCENT
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.reports.days import day_of
from lms.reports.queries import IS_FIRST, in_scope


def first_attempts(
    session: Session,
    viewer: Viewer,
    course_id: str,
    since: datetime,
    until: datetime,
    zone: tzinfo,
) -> dict[str, tuple[int, int, int]]:
    """Return the path of each unit with attempts handed in, those passed, and the sum of percents.

    since, until  the moments between which they were handed in; the second one is outside.
    zone          of the clocks of the country, by whose day somebody worked at a place.

    The first attempt at the final test of an enrolment, whether of the course or of a renewal;
    a corrected mark counts as corrected. Somebody who worked at two places counts at both.
    """
    day = day_of(session, Attempt.submitted_at, zone, since, until)
    rows = session.execute(
        select(
            Unit.path,
            func.count(),
            func.sum(case((PASSED.is_(True), 1), else_=0)),
            func.sum(PERCENT),
        )
        .select_from(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Attempt.person_id)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .join(
            Posting,
            and_(
                Posting.person_id == Person.id,
                Posting.starts_on <= day,
                or_(Posting.ends_on.is_(None), Posting.ends_on >= day),
            ),
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Enrolment.course_id == course_id,
            IS_FIRST,
            Attempt.state == "submitted",
            Attempt.submitted_at >= since,
            Attempt.submitted_at < until,
            in_scope(viewer),
        )
        .group_by(Unit.path)
    )
    return {path: (int(n), int(passed), int(percents)) for path, n, passed, percents in rows}

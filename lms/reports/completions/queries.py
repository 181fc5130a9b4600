"""How many people completed a course in each quarter, by the place where they worked that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from itertools import pairwise

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person, Posting, Unit
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.reports.days import day_of
from lms.reports.quarters import Quarter
from lms.reports.queries import in_scope


def counts(
    session: Session, viewer: Viewer, course_id: str, quarters: Sequence[Quarter], zone: tzinfo
) -> dict[str, list[int]]:
    """Return the path of each unit with the completions of each quarter, in their order.

    zone  of the clocks of the country, by which quarters begin and somebody worked at a place.

    A completion is a final test that was passed; certificates from elsewhere are none. Whoever
    renews a course completes it again. Somebody who worked at two places counts at both.
    """
    passed = Progress.passed_at
    bounds = [each.begins(zone) for each in [*quarters, quarters[-1].following]]
    day = day_of(session, passed, zone, bounds[0], bounds[-1])
    in_each = [
        func.sum(case((and_(passed >= begins, passed < ends), 1), else_=0))
        for begins, ends in pairwise(bounds)
    ]
    rows = session.execute(
        select(Unit.path, *in_each)
        .select_from(Enrolment)
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
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
            passed >= bounds[0],
            passed < bounds[-1],
            in_scope(viewer),
        )
        .group_by(Unit.path)
    )
    return {row[0]: [int(count) for count in row[1:]] for row in rows}

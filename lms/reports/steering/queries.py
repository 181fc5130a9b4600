"""Who is counted on a steering sheet: one statement, each row a group of people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Person, Posting, Unit
from lms.assessment.marks import AS_NOW, PASSED
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.catalogue.models import Course, Programme
from lms.certificates.models import Certificate, CertificateEvent
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.reports.queries import IS_FIRST, in_scope
from lms.reports.steering.rules import Period
from lms.tables import AnyRow

MOST_PROGRAMMES = 200
STATES = ("begun", "completed", "later")
WAIVED = "waived"  # a certificate from elsewhere: nothing was learned here


def programmes(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return every programme, the one that begins last first: id, code, titles."""
    del viewer
    return list(
        session.execute(
            select(Programme.id, Programme.code, Programme.titles)
            .order_by(Programme.starts_on.desc(), Programme.code)
            .limit(MOST_PROGRAMMES)
        )
    )


def people(
    session: Session, viewer: Viewer, period: Period, programme_id: UUID | None
) -> list[AnyRow]:
    """Return groups of people who are the same in everything that is counted: one statement.

    Each row: path, sex, rank_group, function, ``people``, and ``certified``: 0 for people who had
    a course open in the quarter, 1 for people who held a valid certificate at its end; whoever
    is both is in two groups. For the former ``begun``, ``completed`` and ``later`` (than at the
    first attempt) say how far they had come, each 0 or 1; ``here`` and ``here_…`` say the same of
    the programme. Restricted courses are not counted.
    """
    rows = union_all(
        _by_group(viewer, period, _learners(period, programme_id), certified=0),
        _by_group(viewer, period, _holders(period, programme_id), certified=1),
    )
    return list(session.execute(rows))


def _learners(period: Period, programme_id: UUID | None) -> Select[Any]:
    passed = and_(Progress.passed_at.is_not(None), Progress.passed_at < period.ends)
    at_once = exists(
        select(1)
        .select_from(Attempt)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(Attempt.enrolment_id == Enrolment.id, IS_FIRST, PASSED.is_(True))
        .correlate(Enrolment)
    )
    states = {
        "begun": Enrolment.begun_at < period.ends,
        "completed": passed,
        "later": and_(passed, ~at_once),
    }
    here = _is_of(programme_id)
    return (
        select(
            Enrolment.person_id,
            *(_any(state, name) for name, state in states.items()),
            _any(here, "here"),
            *(_any(and_(here, state), f"here_{name}") for name, state in states.items()),
        )
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
        .where(
            Course.access != "restricted",
            Enrolment.made_at < period.ends,
            or_(Enrolment.closed_at.is_(None), Enrolment.closed_at >= period.begins),
            or_(Progress.passed_at.is_(None), Progress.passed_at >= period.begins),
            or_(Enrolment.closed_because.is_(None), Enrolment.closed_because != WAIVED),
        )
        .group_by(Enrolment.person_id)
    )


def _holders(period: Period, programme_id: UUID | None) -> Select[Any]:
    ended = exists().where(
        CertificateEvent.certificate_id == Certificate.id, CertificateEvent.at < period.ends
    )
    columns: list[Any] = [
        Certificate.person_id,
        *(literal(0).label(name) for name in STATES),
        _any(_is_of(programme_id), "here"),
        *(literal(0).label(f"here_{name}") for name in STATES),
    ]
    return (
        select(*columns)
        .join(Course, Course.id == Certificate.course_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            Course.access != "restricted",
            Certificate.issued_at < period.ends,
            or_(Certificate.valid_through.is_(None), Certificate.valid_through >= period.last),
            ~ended,
        )
        .group_by(Certificate.person_id)
    )


def _is_of(programme_id: UUID | None) -> ColumnElement[bool]:
    return true() if programme_id is None else Enrolment.programme_id == programme_id


def _any(condition: ColumnElement[bool], name: str) -> Any:  # noqa: ANN401 -- a column
    return func.max(case((condition, 1), else_=0)).label(name)


def _by_group(
    viewer: Viewer, period: Period, people_of: Select[Any], *, certified: int
) -> Select[Any]:
    """Count people by place, sex, rank group, function and the other columns of ``people_of``.

    Everybody counts once: where they worked on the last day, or worked last before it; who worked
    at two places counts where they came later.
    """
    each = people_of.subquery()
    last = aliased(Posting)
    newest = (
        select(last.id)
        .where(last.person_id == each.c.person_id, last.starts_on <= period.last)
        .order_by(
            or_(last.ends_on.is_(None), last.ends_on >= period.last).desc(),
            last.starts_on.desc(),
            last.id.desc(),
        )
        .limit(1)
        .correlate(each)
        .scalar_subquery()
    )
    function = case(
        (Posting.function.in_(scope.CONFIDENTIAL_FUNCTIONS), literal(scope.SHOWN_INSTEAD)),
        else_=Posting.function,
    ).label("function")
    # Grouped outside: PostgreSQL does not see that two expressions with values are the same.
    person = (
        select(
            Unit.path,
            Person.sex,
            Person.rank_group,
            function,
            *(column for column in each.c if column.name != "person_id"),
        )
        .select_from(each)
        .join(Person, Person.id == each.c.person_id)
        .join(Posting, Posting.id == newest)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_scope(viewer))
        .subquery()
    )
    return select(
        *person.c, func.count().label("people"), literal(certified).label("certified")
    ).group_by(*person.c)

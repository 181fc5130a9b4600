"""How people stand towards what they must hold: a list, some people, oneself, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Label, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Unit
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme, ProgrammeCourse
from lms.kernel.viewer import Viewer
from lms.requirements.models import Requirement
from lms.requirements.pairing import (
    AMONG,
    FACTS,
    IN_THE_PATH,
    LINE,
    Standing,
    duties,
    may_know,
    open_enrolment,
    standings_of,
    status_on,
)
from lms.requirements.rules import SETTLED, WORSE, Status
from lms.tables import AnyRow

_MINE = AMONG.order_by(*IN_THE_PATH)


def people(
    session: Session,
    viewer: Viewer,
    requirement_id: UUID,
    *,
    today: date,
    status: str = "",
    unit: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[Standing], int]:
    """Return the viewer's people under a requirement, by name, and how many there are in all.

    status  a value of ``Status``, or empty for all. unit  a code: there and below.
    """
    statement = duties(viewer, today, *LINE, *FACTS).where(Requirement.id == requirement_id)
    if status:
        statement = statement.where(status_on(today) == status)
    if unit:
        top = aliased(Unit)
        path = select(top.path).where(top.code == unit).scalar_subquery()
        statement = statement.where(func.substr(Unit.path, 1, func.length(path)) == path)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(Identity.name, Identity.person_id).limit(limit).offset(offset)
    )
    return standings_of(rows, today), total


def of_people(
    session: Session, viewer: Viewer, person_ids: Sequence[UUID], *, today: date
) -> dict[UUID, list[Standing]]:
    """Return how these people stand towards everything, as far as the viewer administers them."""
    found: dict[UUID, list[Standing]] = {each: [] for each in person_ids}
    for start in range(0, len(person_ids), 500):
        some = person_ids[start : start + 500]
        rows = session.execute(
            AMONG.where(
                scope.below(Unit.path, viewer.unit_paths("administrator")), may_know(viewer)
            ).order_by(*IN_THE_PATH),
            {"people": some, "today": today},
        )
        for each in standings_of(rows, today):
            found[each.row.person_id].append(each)
    return found


def titles(
    session: Session, standings: Sequence[Standing], language: str
) -> dict[str, tuple[str, str | None]]:
    """Return the titles of the courses of these standings: (title, its language), by course.

    The language is None where the title is in ``language``. Courses without an edition are left
    out.
    """
    wanted = {each.row.course_id for each in standings}
    if not wanted:
        return {}
    rows = session.execute(
        select(Course.id, EditionText.title, TITLE_IN)
        .join(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(Course.id.in_(wanted))
    )
    return {row.id: (row.title, row.title_in) for row in rows}


def mine(session: Session, viewer: Viewer, *, today: date) -> list[Standing]:
    """Return how the viewer stands towards what they must hold, in the order of the path."""
    return standings_of(
        session.execute(_MINE, {"people": [viewer.person_id], "today": today}), today
    )


def worst_of_each(standings: Sequence[Standing], viewer: Viewer | None = None) -> list[Standing]:
    """Return one line a course, the worse where two requirements ask for it, in the same order."""
    del viewer  # the lines were found for them
    worst: dict[str, Standing] = {}
    for each in standings:
        known = worst.get(each.row.course_id)
        if known is None or WORSE.index(each.status) > WORSE.index(known.status):
            worst[each.row.course_id] = each
    return list(worst.values())


def to_renew(session: Session, viewer: Viewer, course_id: str, *, today: date) -> Standing | None:
    """Return how the viewer stands towards a course that they have held and must renew by now.

    Of two requirements the one that comes first; None while none asks for it.
    """
    asking = [
        each
        for each in mine(session, viewer, today=today)
        if each.row.course_id == course_id
        and each.duty.held_from is not None
        and each.status not in SETTLED
    ]
    return min(asking, key=lambda each: each.duty.deadline, default=None)


def missing(
    session: Session,
    viewer: Viewer,
    requirement_id: UUID,
    *,
    today: date,
    most: int | None = None,
) -> list[AnyRow]:
    """Return who under a requirement neither holds the course nor is enrolled in it.

    ``programme_id``: for which programme they would learn.
    """
    statement = duties(viewer, today, *LINE, *FACTS, _learned_for(today)).where(
        Requirement.id == requirement_id,
        open_enrolment.id.is_(None),
        status_on(today).in_([Status.NEVER.value, Status.OVERDUE.value]),
    )
    by_name = statement.order_by(Identity.name, Identity.person_id).limit(most)
    return list(session.execute(by_name))


def _learned_for(today: date) -> Label[Any]:
    """Return the requirement's programme; NULL once it is over, or the course belongs no more."""
    return (
        select(ProgrammeCourse.programme_id)
        .join(Programme, Programme.id == ProgrammeCourse.programme_id)
        .where(
            ProgrammeCourse.programme_id == Requirement.programme_id,
            ProgrammeCourse.course_id == Requirement.course_id,
            or_(Programme.ends_on.is_(None), Programme.ends_on >= today),
        )
        .correlate(Requirement)
        .scalar_subquery()
        .label("programme_id")
    )


def reminders(session: Session, viewer: Viewer, unit: str, *, today: date) -> list[Standing]:
    """Return everybody at or below a unit for whom something is due, overdue or not begun.

    What is confidential is left out unless the viewer reads it: the list is printed.
    """
    top = aliased(Unit)
    path = select(top.path).where(top.code == unit).scalar_subquery()
    rows = session.execute(
        duties(viewer, today, *LINE, *FACTS)
        .where(
            func.substr(Unit.path, 1, func.length(path)) == path,
            status_on(today).not_in([Status.VALID.value, Status.EXEMPT.value]),
        )
        .order_by(Identity.name, Identity.person_id, *IN_THE_PATH)
        .limit(5000)
    )
    return standings_of(rows, today)

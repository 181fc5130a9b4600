"""How many people stand how towards what they must hold, by requirement and place: one statement.

What is confidential is in no report: requirements for P2 and P3 alone and restricted courses are
left out for everybody, as such groups are small and single people could be found in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, func, null, or_, select, union_all
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Person, Posting, Unit
from lms.catalogue.models import TITLE_IN, Course, EditionText
from lms.kernel.viewer import Viewer
from lms.reports.queries import in_scope, tops
from lms.requirements.models import Requirement
from lms.requirements.pairing import IN_THE_PATH, in_force, paired, place, status_on
from lms.requirements.rules import Status
from lms.tables import AnyRow

MOST_REQUIREMENTS = 200


def _may_be_told() -> ColumnElement[bool]:
    return and_(
        Course.access != "restricted",
        or_(
            Requirement.function.is_(None),
            Requirement.function.not_in(scope.CONFIDENTIAL_FUNCTIONS),
        ),
    )


def requirements(session: Session, viewer: Viewer, language: str, *, today: date) -> list[AnyRow]:
    """Return the requirements in force that touch a place of the viewer, in the path's order."""
    return list(
        session.execute(
            select(
                Requirement.id,
                Requirement.course_id,
                Requirement.function,
                Requirement.place,
                Requirement.interval_months,
                place.names.label("unit_names"),
                place.code.label("unit_code"),
                place.path.label("unit_path"),
                Course.slug,
                EditionText.title,
                TITLE_IN,
            )
            .join(place, place.id == Requirement.unit_id)
            .join(Course, Course.id == Requirement.course_id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(in_force(today), scope.meets(place.path, tops(viewer)), _may_be_told())
            .order_by(*IN_THE_PATH)
            .limit(MOST_REQUIREMENTS)
        )
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """People of the viewer's places.

    states  how many stand how: requirement -> path of the unit -> status -> people.
    staff   how many work there at all: path of the unit -> function -> people.
    """

    states: Mapping[UUID, Mapping[str, Mapping[Status, int]]]
    staff: Mapping[str, Mapping[str, int]]


def counts(
    session: Session, viewer: Viewer, *, today: date, requirement_id: UUID | None = None
) -> Counted:
    """Count the people of the viewer's places, by one requirement or by each: one statement."""
    state, people = status_on(today), func.count().label("people")
    standing = (
        paired(today, Requirement.id, Unit.path, state.label("state"), people)
        .where(in_scope(viewer), _may_be_told())
        .group_by(Requirement.id, Unit.path, state)
    )
    if requirement_id is not None:
        standing = standing.where(Requirement.id == requirement_id)
    working = (
        select(cast(null(), Requirement.id.type), Unit.path, Posting.function, people)
        .select_from(Posting)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, and_(Person.id == Posting.person_id, Person.status == "active"))
        .where(scope.posted_on(today), in_scope(viewer))
        .group_by(Unit.path, Posting.function)
    )
    states: dict[UUID, dict[str, dict[Status, int]]] = {}
    staff: dict[str, dict[str, int]] = {}
    for row_id, path, said, number in session.execute(union_all(standing, working)):
        if row_id is None:
            staff.setdefault(path, {})[said] = number
        else:
            states.setdefault(row_id, {}).setdefault(path, {})[Status(said)] = number
    return Counted(states, staff)

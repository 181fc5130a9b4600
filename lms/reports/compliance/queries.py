"""How many people stand how towards what they must hold, by requirement and place: one statement.

What is confidential is in no report: requirements for P2 and P3 alone and restricted courses are
left out for everybody, as such groups are small and single people could be found in them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Unit
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
                Requirement.id, Requirement.course_id, Requirement.function, Requirement.place,
                Requirement.interval_months, place.names.label("unit_names"),
                place.code.label("unit_code"), Course.slug, EditionText.title, TITLE_IN,
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
    )  # fmt: skip


def counts(
    session: Session, viewer: Viewer, *, today: date, requirement_id: UUID | None = None
) -> dict[UUID, dict[str, dict[Status, int]]]:
    """Return how many people stand how: requirement -> path of the unit -> status -> people."""
    state = status_on(today)
    statement = (
        paired(today, Requirement.id, Unit.path, state.label("state"), func.count().label("people"))
        .where(in_scope(viewer), _may_be_told())
        .group_by(Requirement.id, Unit.path, state)
    )
    if requirement_id is not None:
        statement = statement.where(Requirement.id == requirement_id)
    found: dict[UUID, dict[str, dict[Status, int]]] = {}
    for row_id, path, said, people in session.execute(statement):
        found.setdefault(row_id, {}).setdefault(path, {})[Status(said)] = people
    return found

"""What is required where the viewer administers, and how many stand how."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.requirements.models import Requirement
from lms.requirements.pairing import (
    IN_THE_PATH,
    duties,
    in_force,
    may_know,
    place,
    status_on,
)
from lms.requirements.rules import Status
from lms.tables import AnyRow

MOST_REQUIREMENTS = 200


def requirements(session: Session, viewer: Viewer, language: str, *, today: date) -> list[AnyRow]:
    """Return the requirements in force where the viewer administers, in the order of the path.

    Those that stand above and reach into the viewer's branch are among them, to be read only
    (``mine`` is false). What concerns a confidential function alone, or a restricted course, is
    left out for whom it is not entrusted to.
    """
    tops = viewer.unit_paths("administrator")
    above = or_(
        false(),
        *(func.substr(literal(top), 1, func.length(place.path)) == place.path for top in tops),
    )
    return list(
        session.execute(
            select(
                Requirement.id,
                Requirement.course_id,
                Requirement.function,
                Requirement.kind,
                Requirement.interval_months,
                Requirement.grace_days,
                Requirement.place,
                Requirement.enrols,
                Requirement.starts_on,
                Requirement.ends_on,
                place.code.label("unit_code"),
                place.names.label("unit_names"),
                place.path.label("unit_path"),
                Course.slug,
                Course.access,
                EditionText.title,
                TITLE_IN,
                scope.below(place.path, tops).label("mine"),
                Programme.titles.label("programme"),
            )
            .join(place, place.id == Requirement.unit_id)
            .join(Course, Course.id == Requirement.course_id)
            .outerjoin(Programme, Programme.id == Requirement.programme_id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(in_force(today), or_(scope.below(place.path, tops), above), may_know(viewer))
            .order_by(*IN_THE_PATH)
            .limit(MOST_REQUIREMENTS)
        )
    )


def requirement(
    session: Session, viewer: Viewer, requirement_id: UUID, language: str, *, today: date
) -> AnyRow:
    """Return one requirement of ``requirements``. raises NotFound for any other."""
    for row in requirements(session, viewer, language, today=today):
        if row.id == requirement_id:
            return row
    raise NotFound


def counts_since(session: Session, requirement_id: UUID) -> date:
    """Return the first day of a requirement that its caller has just set."""
    return session.execute(
        select(Requirement.starts_on).where(Requirement.id == requirement_id)
    ).scalar_one()


def counts(session: Session, viewer: Viewer, *, today: date) -> dict[UUID, dict[Status, int]]:
    """Return for each requirement how many of the viewer's people stand how."""
    state = status_on(today)
    rows = session.execute(
        duties(
            viewer, today, Requirement.id, state.label("state"), func.count().label("people")
        ).group_by(Requirement.id, state)
    )
    found: dict[UUID, dict[Status, int]] = {}
    for requirement_id, said, people in rows:
        found.setdefault(requirement_id, {})[Status(said)] = people
    return found

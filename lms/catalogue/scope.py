"""Who may know that somebody takes a course, and of which courses menus speak: SQL conditions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, exists, or_, true

from lms.accounts import scope
from lms.accounts.models import Person, Unit
from lms.accounts.rules import shared_tops
from lms.catalogue.models import Course
from lms.kernel.viewer import Viewer

# A handbook is not taken but read, so those may look it up who need no place on its list: who may
# see restricted courses, and who works on it. Asked with the values of ``looked_up_by``.
MAY_BE_LOOKED_UP = and_(
    Course.kind == "handbook",
    or_(
        bindparam("sees_restricted", type_=Boolean),
        Course.id.in_(bindparam("works_on", expanding=True)),
    ),
)


def looked_up_by(viewer: Viewer) -> Mapping[str, Any]:
    """Return the values with which a query asks ``MAY_BE_LOOKED_UP`` for this person."""
    return {
        "sees_restricted": viewer.holds("confidential-reader"),
        "works_on": [role.course_id for role in viewer.roles if role.course_id],
    }


def may_be_known(viewer: Viewer, day: date) -> ColumnElement[bool]:
    """Return whether the viewer may know that ``Person`` takes ``Course``; the query joins both.

    A restricted course is known to confidential readers of a place where the person works on
    ``day``, and to nobody else who looks after them.
    """
    return or_(Course.access != "restricted", scope.works_below(viewer, "confidential-reader", day))


def may_be_offered(viewer: Viewer, unit: str = "") -> ColumnElement[bool]:
    """Return whether a menu of the office may offer ``Course`` by its title.

    unit  code of the branch that the page shows; empty for all that the viewer administers.

    A restricted course is offered where the viewer may know who takes it: in that branch they
    administer a place of which they are a confidential reader. Elsewhere its title would tell what
    the list beside it hides.
    """
    tops = shared_tops(viewer, "administrator", "confidential-reader")
    is_open = Course.access != "restricted"
    if not tops:
        return is_open
    if not unit:
        return true()
    return or_(is_open, exists().where(Unit.code == unit, scope.meets(Unit.path, tops)))


def may_be_offered_for(viewer: Viewer, person_id: UUID, day: date) -> ColumnElement[bool]:
    """Return the same for a page about one person: where they work on ``day``."""
    known = scope.works_below(viewer, "confidential-reader", day)
    return or_(Course.access != "restricted", exists().where(Person.id == person_id, known))

"""Who may know that somebody takes a course, and of which courses menus speak: SQL conditions."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, true

from lms.accounts import scope
from lms.accounts.models import Person, Unit
from lms.accounts.rules import shared_tops
from lms.catalogue.models import Course
from lms.kernel.viewer import Viewer


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

"""Who may know that somebody takes a course, as a condition of SQL."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_

from lms.accounts import scope
from lms.catalogue.models import Course
from lms.kernel.viewer import Viewer


def may_be_known(viewer: Viewer, day: date) -> ColumnElement[bool]:
    """Return whether the viewer may know that ``Person`` takes ``Course``; the query joins both.

    A restricted course is known to confidential readers of a place where the person works on
    ``day``, and to nobody else who looks after them.
    """
    return or_(Course.access != "restricted", scope.works_below(viewer, "confidential-reader", day))

"""What is asked of a decision before it is made: that its parts fit, that it has a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms import installation
from lms.catalogue.models import Course
from lms.catalogue.programmes import queries as programmes
from lms.kernel.errors import NotFound, Refused
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import actions as learning
from lms.requirements import rules


def require_that(fits: bool, otherwise: str) -> None:
    """Refuse with the sentence ``otherwise`` what does not fit."""
    if not fits:
        raise Refused(Message(otherwise))


def reason_of(typed: str) -> str:
    """Return a reason as it is kept: one line, never empty, at most 500 characters."""
    said = " ".join(typed.split())
    require_that(bool(said), msg("Say why. The reason is kept with the decision."))
    return Line.of(said[: rules.LONGEST_REASON], rules.LONGEST_REASON).text


def course_and_programme(
    session: Session, viewer: Viewer, course_id: str, programme: str | None, *, now: datetime
) -> tuple[Course, UUID | None]:
    """Return the course in which somebody is to be enrolled, and the programme with this code.

    raises  NotFound for a course or a programme that is not here; Refused for a programme that is
            over, or to which the course does not belong.
    """
    course = session.get(Course, course_id)
    if course is None or course.edition_id is None:
        raise NotFound
    if not programme:
        return course, None
    found = programmes.programme(session, viewer, programme)
    require_that(
        found.ends_on is None or found.ends_on >= installation.day_of(session, now),
        msg("This programme is over. Choose another one."),
    )
    learning.require_belongs(session, found.id, course.id)
    return course, found.id

"""Give and end roles at a course: administrators of the country, and nobody for themselves."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.actions import NewRole, end_role, give_role
from lms.accounts.rules import administers_country, folded_service_number
from lms.authoring.course_people import queries
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

NOT_ONESELF = msg(
    "Nobody gives a role to themselves. Another administrator of the country can give it, or "
    "whoever looks after the server with the command: lms grant give."
)
NOBODY = msg("Nobody has this service number.")


def give(
    session: Session,
    viewer: Viewer,
    course_id: str,
    service_number: str,
    role: str,
    ends_on: date | None,
    *,
    today: date,
    now: datetime,
) -> None:
    """Give somebody a role at a course from today on.

    raises  NotFound for whoever does not administer the country; Refused for a number that nobody
            has, for oneself, and for a last day in the past.
    """
    if not administers_country(viewer):
        raise NotFound
    folded = folded_service_number(service_number)
    try:
        person = accounts.person_by_number(session, viewer, folded, today=today)
    except NotFound:
        raise Refused(Message(NOBODY)) from None
    if person.id == viewer.person_id:
        raise Refused(Message(NOT_ONESELF))
    new = NewRole(role, today, ends_on, course_id=course_id)
    give_role(session, viewer, service_number, new, now=now)


def end(session: Session, viewer: Viewer, course_id: str, grant_id: UUID, *, now: datetime) -> None:
    """End a role at a course at once; raises NotFound for one that the viewer could not give."""
    queries.require_grant(session, viewer, course_id, grant_id)
    end_role(session, viewer, grant_id, now=now)

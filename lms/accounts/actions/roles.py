"""Roles: giving one at a unit or at a course, and ending it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries, rules
from lms.accounts.models import (
    Grant,
    Person,
    Unit,
)
from lms.audit import actions as audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES, Role, Viewer

PLACE_OF_A_ROLE = msg("Name a unit for a role at a unit, or a course for a role at a course.")


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to give: at a unit (named by its code) or at a course (named by its id).

    ends_on  the last day on which it counts, None for a role without an end.
    """

    role: str
    starts_on: date
    ends_on: date | None = None
    unit_code: str | None = None
    course_id: str | None = None


def give_role(
    session: Session, viewer: Viewer, service_number: str, new: NewRole, *, now: datetime
) -> UUID:
    """Give a person a role; return the grant's id.

    A role that they hold already stays one row, with the last day that is asked for now.

    A role at a unit is given by administrators of that unit or above it, a role at a course by
    those of the country; nobody gives anything to themselves.
    raises  NotFound for a person or unit of somewhere else, Refused for what the viewer may not
            give and for a role that needs an end and has none.
    """
    folded = rules.folded_service_number(service_number)
    today = installation.day_of(session, now)
    person_id = queries.person_by_number(session, viewer, folded, today=today).id
    unit = queries.unit_by_code(session, viewer, new.unit_code) if new.unit_code else None
    _require_allowed(viewer, person_id, new, unit, today=today)
    unit_id = unit.id if unit else None
    held = _held(session, person_id, new, unit_id)
    if held is not None and held.ends_on == new.ends_on:
        return held.id
    if held is None:
        held = Grant(
            id=new_ordered_id(),
            person_id=person_id,
            role=new.role,
            unit_id=unit_id,
            course_id=new.course_id,
            starts_on=new.starts_on,
            given_by=rules.actor_id(viewer),
        )
        session.add(held)
    held.ends_on = new.ends_on
    session.flush()
    facts = {
        "person": str(person_id),
        "role": new.role,
        "unit": str(unit_id) if unit_id else None,
        "course": new.course_id,
        "until": new.ends_on.isoformat() if new.ends_on else None,
    }
    audit.append(session, rules.actor_id(viewer), "grant.given", str(held.id), facts, now=now)
    return held.id


def _require_allowed(
    viewer: Viewer, person_id: UUID, new: NewRole, unit: Unit | None, *, today: date
) -> None:
    """Refuse a role that does not fit its place or its days, or that the viewer may not give."""
    if unit is not None and new.course_id is None:
        fits = new.role in UNIT_ROLES
        may = rules.may_give_at_unit(viewer, person_id, new.role, unit.path)
    else:
        fits = unit is None and bool(new.course_id) and new.role in COURSE_ROLES
        may = rules.may_give_at_course(viewer, person_id, new.role)
    if not fits:
        raise Refused(Message(PLACE_OF_A_ROLE))
    if not may:
        raise Refused(Message(msg("You cannot give this role. Ask an administrator above you.")))
    if rules.lacks_end(new.role, new.ends_on):
        raise Refused(Message(msg("This role reads what is confidential, so it needs a last day.")))
    if new.ends_on is not None and new.ends_on < max(new.starts_on, today):
        raise Refused(Message(msg("The last day lies before the first. Change one of them.")))


def _held(session: Session, person_id: UUID, new: NewRole, unit_id: UUID | None) -> Grant | None:
    """Return the grant by which a person holds the role on its first day, None without one.

    The person is locked first: no unique constraint keeps two equal grants apart, because one of
    the two columns, unit or course, is always null and nulls are never equal.
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    return session.scalar(
        select(Grant).where(
            Grant.person_id == person_id,
            Grant.role == new.role,
            Grant.unit_id == unit_id,
            Grant.course_id == new.course_id,
            Grant.starts_on <= new.starts_on,
            or_(Grant.ends_on.is_(None), Grant.ends_on >= new.starts_on),
        )
    )


def become_author(session: Session, viewer: Viewer, course_id: str, *, now: datetime) -> Viewer:
    """Make somebody the author of a course that they begin; return the viewer with that role.

    The one role that nobody else gives: the course is not there yet, so there is nothing to guard.
    The caller has made sure that the id is new and that the viewer may begin courses.
    """
    grant = Grant(
        id=new_ordered_id(),
        person_id=viewer.person_id,
        role="author",
        unit_id=None,
        course_id=course_id,
        starts_on=installation.day_of(session, now),
        ends_on=None,
        given_by=viewer.person_id,
    )
    session.add(grant)
    session.flush()
    facts = {"person": str(viewer.person_id), "role": "author", "course": course_id}
    audit.append(session, rules.actor_id(viewer), "grant.given", str(grant.id), facts, now=now)
    return replace(viewer, roles=(*viewer.roles, Role("author", None, course_id)))


def end_role(session: Session, viewer: Viewer, grant_id: UUID, *, now: datetime) -> None:
    """Take a role away at once: it counts for nothing at the next request.

    raises  NotFound for a grant that the viewer could not give. Twice changes nothing.
    """
    found = session.execute(
        select(Grant, Unit.path)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Grant.id == grant_id)
        .with_for_update(of=Grant)
    ).one_or_none()
    if found is None or not rules.may_end(viewer, found[0].person_id, found[0].role, found[1]):
        raise NotFound
    grant = found[0]
    yesterday = installation.day_of(session, now) - timedelta(days=1)
    if grant.ends_on is not None and grant.ends_on <= yesterday:
        return
    grant.ends_on = yesterday
    facts = {"person": str(grant.person_id), "role": grant.role}
    audit.append(session, rules.actor_id(viewer), "grant.ended", str(grant.id), facts, now=now)

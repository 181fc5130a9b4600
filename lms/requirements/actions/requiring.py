"""What everybody in a function at a place must hold is set and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.accounts.rules import FUNCTIONS, actor_id
from lms.accounts.staff import queries as staff
from lms.audit import actions as audit
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import msg
from lms.kernel.viewer import Viewer
from lms.requirements import rules
from lms.requirements.actions.checks import course_and_programme, require_that
from lms.requirements.actions.enrolling import ask_to_enrol
from lms.requirements.models import Requirement


@dataclass(frozen=True, slots=True)
class NewRequirement:
    """A requirement to set; see ``models.Requirement`` for what each part means."""

    course_id: str
    unit_code: str
    function: str | None = None
    kind: str = "initial"
    interval_months: int | None = None
    grace_days: int = 0
    place: int | None = None
    enrols: bool = True
    programme: str | None = None  # code of the one for which people learn who are enrolled by it


def require(session: Session, viewer: Viewer, new: NewRequirement, *, now: datetime) -> UUID:
    """Require a course, from today on, of everybody in a function at or below a unit.

    The same one in force already is kept; one that differs ends yesterday and gives way.
    raises  NotFound for a place that the viewer does not administer, for a course or a programme
            that is not here; Refused for what does not fit together.
    """
    unit = accounts.unit_by_code(session, viewer, new.unit_code)
    course, programme_id = course_and_programme(
        session, viewer, new.course_id, new.programme, now=now
    )
    _require_offered(new)
    today = installation.day_of(session, now)
    there = _in_force(session, new, unit.id, today)
    wanted = (new.interval_months, new.grace_days, new.place, new.enrols, programme_id)
    for each in there:
        if wanted == (
            each.interval_months,
            each.grace_days,
            each.place,
            each.enrols,
            each.programme_id,
        ):
            return each.id
        _end(each, today)
    made = Requirement(
        id=new_ordered_id(),
        course_id=course.id,
        unit_id=unit.id,
        function=new.function,
        kind=new.kind,
        interval_months=new.interval_months,
        grace_days=new.grace_days,
        place=new.place,
        enrols=new.enrols,
        programme_id=programme_id,
        # One that gives way hands its beginning on: nobody gets new days of grace by a correction.
        starts_on=min([today, *(each.starts_on for each in there)]),
        ends_on=None,
        made_by=actor_id(viewer),
        made_at=now,
    )
    session.add(made)
    session.flush()
    if new.enrols:
        ask_to_enrol(session, now=now, because=str(made.id))
    audit.append(
        session,
        actor_id(viewer),
        "requirement.set",
        str(made.id),
        {
            "course": course.id,
            "unit": str(unit.id),
            "function": new.function,
            "kind": new.kind,
            "programme": new.programme or None,
        },
        now=now,
    )
    return made.id


def _require_offered(new: NewRequirement) -> None:
    """Refuse a kind, function, interval or time of grace that no page offers."""
    require_that(
        new.kind in rules.KINDS and (new.function is None or new.function in FUNCTIONS),
        msg("Choose one of the kinds and functions that are offered."),
    )
    require_that(
        (new.kind == "refresher") == (new.interval_months in rules.INTERVALS),
        msg("A refresher comes back after a number of months; what is asked for once does not."),
    )
    require_that(new.grace_days in rules.GRACES, msg("Choose one of the times that are offered."))


def _in_force(
    session: Session, new: NewRequirement, unit_id: UUID, today: date
) -> Sequence[Requirement]:
    """Return the requirements of the same kind for the same people that count today, locked."""
    return session.scalars(
        select(Requirement)
        .where(
            Requirement.course_id == new.course_id,
            Requirement.unit_id == unit_id,
            Requirement.kind == new.kind,
            # SQL's ``IS``, which knows NULL: the requirement for every function has none.
            Requirement.function.is_not_distinct_from(new.function),
            Requirement.ends_on.is_(None) | (Requirement.ends_on >= today),
        )
        .with_for_update()
    ).all()


def end_requirement(
    session: Session, viewer: Viewer, requirement_id: UUID, *, now: datetime
) -> None:
    """End a requirement as of yesterday; what was learned stays. Ending it twice is harmless."""
    found = session.scalar(
        select(Requirement).where(Requirement.id == requirement_id).with_for_update()
    )
    if found is None:
        raise NotFound
    _own_place(session, viewer, found.unit_id)
    today = installation.day_of(session, now)
    if found.ends_on is not None and found.ends_on < today:
        return
    _end(found, today)
    session.flush()
    audit.append(session, actor_id(viewer), "requirement.ended", str(found.id), now=now)


def _end(requirement: Requirement, today: date) -> None:
    requirement.ends_on = today - timedelta(days=1)


def _own_place(session: Session, viewer: Viewer, unit_id: UUID) -> None:
    staff.place(session, viewer, unit_id)

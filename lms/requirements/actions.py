"""What changes who must hold what, who is enrolled because of it, and who need not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.rules import FUNCTIONS, SERVER, actor_id
from lms.accounts.staff import queries as staff
from lms.accounts.staff.actions import acted_on
from lms.audit import actions as audit
from lms.catalogue.models import Course
from lms.catalogue.programmes import queries as programmes
from lms.jobs import actions as jobs
from lms.jobs.steps import Step
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.json_value import Json
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Role, Viewer
from lms.learning import actions as learning
from lms.learning.models import Enrolment, Extension
from lms.requirements import queries, rules
from lms.requirements.models import Requirement

ENROL = "requirements.enrol"
LOOK_EVERY = timedelta(hours=1)
A_STEP = 200  # people


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
    """Let everybody in a function at or below a unit have to hold a course, from today on.

    The same one in force already is kept; one that differs ends yesterday and gives way.
    raises  NotFound for a place that the viewer does not administer, for a course or a programme
            that is not here; Refused for what does not fit together.
    """
    unit = accounts.unit_by_code(session, viewer, new.unit_code)
    course, programme_id = course_and_programme(
        session, viewer, new.course_id, new.programme, now=now
    )
    require_that(
        new.kind in rules.KINDS and (new.function is None or new.function in FUNCTIONS),
        msg("Choose one of the kinds and functions that are offered."),
    )
    require_that(
        (new.kind == "refresher") == (new.interval_months in rules.INTERVALS),
        msg("A refresher comes back after a number of months; what is asked for once does not."),
    )
    require_that(new.grace_days in rules.GRACES, msg("Choose one of the times that are offered."))
    today = now.date()
    there = session.scalars(
        select(Requirement)
        .where(
            Requirement.course_id == course.id, Requirement.unit_id == unit.id,
            Requirement.kind == new.kind,
            Requirement.function.is_(None) if new.function is None
            else Requirement.function == new.function,
            Requirement.ends_on.is_(None) | (Requirement.ends_on >= today),
        )
        .with_for_update()
    ).all()  # fmt: skip
    wanted = (new.interval_months, new.grace_days, new.place, new.enrols, programme_id)
    for each in there:
        if wanted == (
            each.interval_months, each.grace_days, each.place, each.enrols, each.programme_id
        ):  # fmt: skip
            return each.id
        _end(each, today)
    made = Requirement(
        id=new_ordered_id(), course_id=course.id, unit_id=unit.id, function=new.function,
        kind=new.kind, interval_months=new.interval_months, grace_days=new.grace_days,
        place=new.place, enrols=new.enrols, programme_id=programme_id,
        # One that gives way hands its beginning on: nobody gets new days of grace by a correction.
        starts_on=min([today, *(each.starts_on for each in there)]), ends_on=None,
        made_by=actor_id(viewer), made_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    if new.enrols:
        ask_to_enrol(session, now=now, because=str(made.id))
    audit.append(
        session, actor_id(viewer), "requirement.set", str(made.id),
        {"course": course.id, "unit": str(unit.id), "function": new.function, "kind": new.kind,
         "programme": new.programme or None},
        now=now,
    )  # fmt: skip
    return made.id


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
        found.ends_on is None or found.ends_on >= now.date(),
        msg("This programme is over. Choose another one."),
    )
    learning.require_belongs(session, found.id, course.id)
    return course, found.id


def end_requirement(
    session: Session, viewer: Viewer, requirement_id: UUID, *, now: datetime
) -> None:
    """Let a requirement count no more from today on; what was learned stays. Twice is harmless."""
    found = session.scalar(
        select(Requirement).where(Requirement.id == requirement_id).with_for_update()
    )
    if found is None:
        raise NotFound
    _own_place(session, viewer, found.unit_id)
    if found.ends_on is not None and found.ends_on < now.date():
        return
    _end(found, now.date())
    session.flush()
    audit.append(session, actor_id(viewer), "requirement.ended", str(found.id), now=now)


def _end(requirement: Requirement, today: date) -> None:
    requirement.ends_on = today - timedelta(days=1)


def _own_place(session: Session, viewer: Viewer, unit_id: UUID) -> None:
    staff.place(session, viewer, unit_id)


def require_that(fits: bool, otherwise: str) -> None:
    """Refuse with the sentence ``otherwise`` what does not fit."""
    if not fits:
        raise Refused(Message(otherwise))


def reason_of(typed: str) -> str:
    """Return a reason as it is kept: one line, never empty, at most 500 characters."""
    said = " ".join(typed.split())
    require_that(bool(said), msg("Say why. The reason is kept with the decision."))
    return Line.of(said[: rules.LONGEST_REASON], rules.LONGEST_REASON).text


# ---- Enrolling ----------------------------------------------------------------------------------


def enrol_missing(
    session: Session, viewer: Viewer, requirement_id: UUID, *, now: datetime,
    due_on: date | None = None, most: int | None = None,
) -> int:  # fmt: skip
    """Enrol everybody under a requirement who neither holds the course nor is enrolled.

    They learn for the programme of the requirement, while it runs and the course belongs to it.
    due_on   the deadline; where none is given, the end of each one's days of grace.
    most     how many at the most, where the work is done in steps.
    returns  how many were enrolled; the second time none.
    """
    done = 0
    for row in queries.missing(session, viewer, requirement_id, today=now.date(), most=most):
        grace = max(row.required_on, row.posted_on) + timedelta(days=row.grace_days)
        try:
            learning.enrol(
                session, row.person_id, row.course_id, route="rule", by=viewer, now=now,
                due_on=due_on or max(grace, now.date()), programme_id=row.programme_id,
            )  # fmt: skip
        except Refused:  # under two requirements for the same course: enrolled a moment ago
            continue
        done += 1
    return done


def enrol_people(
    session: Session, viewer: Viewer, numbers: Sequence[str], course_id: str, *,
    due_on: date | None, programme: str | None = None, now: datetime,
) -> list[str]:  # fmt: skip
    """Enrol people by their service numbers, folded; return the numbers that were enrolled.

    programme  code of the one for which they learn.
    due_on     of a handbook none is kept: being on its list is to read it, and nothing is passed.

    Whoever is enrolled already, and every number of somebody whom the viewer does not administer,
    is passed over: the preview has named them.
    raises  what ``course_and_programme`` raises.
    """
    course, programme_id = course_and_programme(session, viewer, course_id, programme, now=now)
    done = []
    for number in numbers:
        try:
            person = accounts.person_by_number(session, viewer, number, today=now.date())
            learning.enrol(
                session, person.id, course.id, route="list", by=viewer, now=now,
                due_on=due_on if course.kind == "course" else None, programme_id=programme_id,
            )  # fmt: skip
        except (NotFound, Refused):
            continue
        done.append(number)
    return done


def ask_to_enrol(session: Session, *, now: datetime, because: str = "") -> None:
    """Ask for the hourly look at new joiners, and for one at once where there is a reason."""
    hour = now.strftime("%Y-%m-%dT%H")
    jobs.ask(session, ENROL, f"{hour} {because}".strip(), now=now)


def enrol_joiners(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Json:
    """Enrol whoever came under a requirement lately: a step of ``requirements.enrol``.

    One requirement, or two hundred people of it, a step; the last one asks for the next hour.
    """
    del facts
    wanted = [
        row.id
        for row in session.execute(
            select(Requirement.id)
            .where(
                Requirement.enrols, Requirement.starts_on <= now.date(),
                Requirement.ends_on.is_(None) | (Requirement.ends_on >= now.date()),
            )
            .order_by(Requirement.id)
        )
    ]  # fmt: skip
    done = int(cursor or 0)
    if done < len(wanted):
        if enrol_missing(session, SERVER_READER, wanted[done], now=now, most=A_STEP) == A_STEP:
            return done
        if done + 1 < len(wanted):
            return done + 1
    later = now + LOOK_EVERY
    jobs.ask(session, ENROL, later.strftime("%Y-%m-%dT%H"), now=now, due_at=later)
    return None


STEPS: Mapping[str, Step] = {ENROL: enrol_joiners}

# The server itself, which may know every function and course.
SERVER_READER = Viewer(
    SERVER.person_id, SERVER.language,
    roles=(*SERVER.roles, Role("confidential-reader", "/")),
)  # fmt: skip


def extend(
    session: Session, viewer: Viewer, enrolment_id: UUID, due_on: date, reason: str, *,
    now: datetime,
) -> None:  # fmt: skip
    """Move the deadline of an open enrolment, with the reason.

    raises  NotFound for an enrolment of somebody elsewhere, Refused without a reason or for a day
            that is over.
    """
    enrolment = session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.closed_at.is_(None))
        .with_for_update()
    )
    if enrolment is None:
        raise NotFound
    acted_on(session, viewer, enrolment.person_id, today=now.date())
    said = reason_of(reason)
    require_that(due_on >= now.date(), msg("This day is over. Choose a later one."))
    if enrolment.due_on == due_on:
        return
    session.add(
        Extension(
            id=new_ordered_id(), enrolment_id=enrolment.id, before=enrolment.due_on,
            due_on=due_on, reason=said, given_by=actor_id(viewer), given_at=now,
        )
    )  # fmt: skip
    enrolment.due_on = due_on
    session.flush()
    audit.append(
        session, actor_id(viewer), "deadline.moved", str(enrolment.id),
        {"to": due_on.isoformat()}, now=now,
    )  # fmt: skip

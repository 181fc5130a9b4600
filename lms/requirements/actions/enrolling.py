"""People are enrolled because of a requirement or a list, and deadlines are moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.accounts.rules import SERVER, actor_id
from lms.accounts.staff.actions import acted_on
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.steps import Step
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.json_value import Json
from lms.kernel.messages import msg
from lms.kernel.viewer import Role, Viewer
from lms.learning import actions as learning
from lms.learning.models import Enrolment, Extension
from lms.requirements import queries
from lms.requirements.actions.checks import course_and_programme, reason_of, require_that
from lms.requirements.models import Requirement

ENROL = "requirements.enrol"
LOOK_EVERY = timedelta(hours=1)
A_STEP = 200  # people


def enrol_missing(
    session: Session,
    viewer: Viewer,
    requirement_id: UUID,
    *,
    now: datetime,
    due_on: date | None = None,
    most: int | None = None,
) -> int:
    """Enrol everybody under a requirement who neither holds the course nor is enrolled.

    They learn for the programme of the requirement, while it runs and the course belongs to it.
    due_on   the deadline; where none is given, the end of each one's days of grace.
    most     how many at the most, where the work is done in steps.
    returns  how many were enrolled; the second time none.
    """
    done, today = 0, installation.day_of(session, now)
    for row in queries.missing(session, viewer, requirement_id, today=today, most=most):
        grace = max(row.required_on, row.posted_on) + timedelta(days=row.grace_days)
        try:
            learning.enrol(
                session,
                row.person_id,
                row.course_id,
                route="rule",
                by=viewer,
                now=now,
                due_on=due_on or max(grace, today),
                programme_id=row.programme_id,
            )
        except Refused:  # under two requirements for the same course: enrolled a moment ago
            continue
        done += 1
    return done


def enrol_people(
    session: Session,
    viewer: Viewer,
    numbers: Sequence[str],
    course_id: str,
    *,
    due_on: date | None,
    programme: str | None = None,
    now: datetime,
) -> list[str]:
    """Enrol people by their service numbers, folded; return the numbers that were enrolled.

    programme  code of the one for which they learn.
    due_on     of a handbook none is kept: being on its list is to read it, and nothing is passed.

    Whoever is enrolled already, and every number of somebody whom the viewer does not administer,
    is passed over: the preview has named them.
    raises  what ``course_and_programme`` raises.
    """
    course, programme_id = course_and_programme(session, viewer, course_id, programme, now=now)
    done, today = [], installation.day_of(session, now)
    for number in numbers:
        try:
            person = accounts.person_by_number(session, viewer, number, today=today)
            learning.enrol(
                session,
                person.id,
                course.id,
                route="list",
                by=viewer,
                now=now,
                due_on=due_on if course.kind == "course" else None,
                programme_id=programme_id,
            )
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
    today = installation.day_of(session, now)
    wanted = [
        row.id
        for row in session.execute(
            select(Requirement.id)
            .where(
                Requirement.enrols,
                Requirement.starts_on <= today,
                Requirement.ends_on.is_(None) | (Requirement.ends_on >= today),
            )
            .order_by(Requirement.id)
        )
    ]
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
    SERVER.person_id,
    SERVER.language,
    roles=(*SERVER.roles, Role("confidential-reader", "/")),
)


def extend(
    session: Session,
    viewer: Viewer,
    enrolment_id: UUID,
    due_on: date,
    reason: str,
    *,
    now: datetime,
) -> None:
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
    acted_on(session, viewer, enrolment.person_id, now=now)
    said = reason_of(reason)
    require_that(
        due_on >= installation.day_of(session, now), msg("This day is over. Choose a later one.")
    )
    if enrolment.due_on == due_on:
        return
    session.add(
        Extension(
            id=new_ordered_id(),
            enrolment_id=enrolment.id,
            before=enrolment.due_on,
            due_on=due_on,
            reason=said,
            given_by=actor_id(viewer),
            given_at=now,
        )
    )
    enrolment.due_on = due_on
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "deadline.moved",
        str(enrolment.id),
        {"to": due_on.isoformat()},
        now=now,
    )

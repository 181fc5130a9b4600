"""People paired with the requirements of their places and functions, and how they stand.

One statement, ``duties``, on which the pages, the printed lists, the exports and the learner's own
home all stand. How somebody stands is decided in SQL here and by ``rules.Duty`` for a row; a test
compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.accounts.scope import Day
from lms.catalogue.models import Course
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.requirements import rules
from lms.requirements.models import Exemption, Requirement
from lms.requirements.rules import REMIND, Duty, Status
from lms.tables import AnyRow, AnySelect

place = aliased(Unit)  # where the requirement stands
# Every list of requirements, and the same one on both databases.
IN_THE_PATH = (
    Requirement.place.is_(None), Requirement.place, Requirement.course_id,
    Requirement.function.is_not(None), Requirement.function, Requirement.id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """A person under a requirement with everything that a line of a list shows."""

    row: AnyRow
    duty: Duty
    status: Status


# What somebody holds of a course, and what they are exempt from: grouped over everybody for a list,
# over a few people where it is about them (``AMONG``): a home page must not read a country.
def _held_by(people: BindParameter[UUID] | None) -> Subquery:
    statement = (
        select(
            Enrolment.person_id,
            Enrolment.course_id,
            func.max(Progress.held_from).label("held_from"),
            # The end of the longest one; a pass without end beats every day.
            func.max(func.coalesce(Progress.valid_through, date.max)).label("through"),
        )
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .where(Progress.held_from.is_not(None))
        .group_by(Enrolment.person_id, Enrolment.course_id)
    )
    if people is not None:
        statement = statement.where(Enrolment.person_id.in_(people))
    return statement.subquery("held")


def _exempt_among(people: BindParameter[UUID] | None) -> Subquery:
    statement = (
        select(
            Exemption.person_id,
            Exemption.course_id,
            func.max(Exemption.until_on).label("until_on"),
        )
        .where(Exemption.ended_at.is_(None))
        .group_by(Exemption.person_id, Exemption.course_id)
    )
    if people is not None:
        statement = statement.where(Exemption.person_id.in_(people))
    return statement.subquery("exempt")


_TODAY = bindparam("today", type_=Date())
_PEOPLE: BindParameter[UUID] = bindparam("people", expanding=True, type_=Person.id.type)
_held, _exempt = _held_by(None), _exempt_among(None)
open_enrolment = aliased(Enrolment)

LINE = (
    Person.id.label("person_id"), Identity.name, Identity.service_number,
    Unit.code.label("unit_code"), Unit.names.label("unit_names"),
    Requirement.id.label("requirement_id"), Requirement.course_id, Requirement.place,
    open_enrolment.id.label("enrolment_id"),
)  # fmt: skip
FACTS = (
    Requirement.starts_on.label("required_on"), Posting.starts_on.label("posted_on"),
    Requirement.grace_days, Requirement.interval_months, Requirement.kind, _held.c.held_from,
    _held.c.through, open_enrolment.begun_at, open_enrolment.due_on, _exempt.c.until_on,
)  # fmt: skip
# Which requirement it is, in words: ``rules.which``.
WHICH = (
    Requirement.function.label("required_of"), place.names.label("required_at"),
    place.code.label("required_at_code"),
)  # fmt: skip


def in_force(today: Day) -> ColumnElement[bool]:
    """Return whether a requirement counts on ``today``."""
    return and_(
        Requirement.starts_on <= today,
        or_(Requirement.ends_on.is_(None), Requirement.ends_on >= today),
    )


def may_know(viewer: Viewer) -> ColumnElement[bool]:
    """Return whether the viewer may know of a requirement; see ``scope.shown_function``."""
    entrusted = scope.below(place.path, viewer.unit_paths("confidential-reader"))
    return or_(
        entrusted,
        and_(
            Course.access != "restricted",
            or_(
                Requirement.function.is_(None),
                Requirement.function.not_in(scope.CONFIDENTIAL_FUNCTIONS),
            ),
        ),
    )


def paired(today: date, *columns: Any) -> AnySelect:
    """Pair everybody with the requirements of their place and function on ``today``.

    Whoever may not sign in is left out: they have left the service, or cannot do what is asked.
    """
    return _pairing(today, _held, _exempt, *columns).where(Person.status == "active")


def _pairing(today: Day, held: Subquery, exempt: Subquery, *columns: Any) -> AnySelect:
    return (
        select(*columns)
        .select_from(Requirement)
        .join(place, place.id == Requirement.unit_id)
        .join(Course, Course.id == Requirement.course_id)
        .join(Unit, func.substr(Unit.path, 1, func.length(place.path)) == place.path)
        .join(
            Posting,
            and_(
                Posting.unit_id == Unit.id,
                scope.posted_on(today),
                or_(Requirement.function.is_(None), Requirement.function == Posting.function),
            ),
        )
        .join(Person, and_(Person.id == Posting.person_id, Person.status != "anonymised"))
        .join(Identity, Identity.person_id == Person.id)
        .outerjoin(
            held, and_(held.c.person_id == Person.id, held.c.course_id == Requirement.course_id)
        )
        .outerjoin(
            open_enrolment,
            and_(
                open_enrolment.person_id == Person.id,
                open_enrolment.course_id == Requirement.course_id,
                open_enrolment.closed_at.is_(None),
            ),
        )
        .outerjoin(
            exempt,
            and_(exempt.c.person_id == Person.id, exempt.c.course_id == Requirement.course_id),
        )
        .where(in_force(today))
    )


def _among() -> AnySelect:
    held, exempt = _held_by(_PEOPLE), _exempt_among(_PEOPLE)
    facts = (
        Requirement.starts_on.label("required_on"),
        Posting.starts_on.label("posted_on"),
        Requirement.grace_days,
        Requirement.interval_months,
        Requirement.kind,
        held.c.held_from,
        held.c.through,
        open_enrolment.begun_at,
        open_enrolment.due_on,
        exempt.c.until_on,
    )
    return _pairing(_TODAY, held, exempt, *LINE, *facts, *WHICH).where(Person.id.in_(_PEOPLE))


# A few people paired with their requirements: ``people`` and ``today`` are given when it is run.
# Every home page runs it; building it in each call cost as much as the rest of the page.
AMONG = _among()


def duties(viewer: Viewer, today: date, *columns: Any) -> AnySelect:
    """Pair the people whom the viewer administers with what they must hold and the viewer knows."""
    return paired(today, *columns).where(
        scope.below(Unit.path, viewer.unit_paths("administrator")), may_know(viewer)
    )


def status_on(today: date) -> ColumnElement[str]:
    """Return ``rules.Duty.status`` in SQL."""
    # What is without end is never due.
    endless = and_(_held.c.through == date.max, Requirement.interval_months.is_(None))
    soon = today + REMIND + timedelta(days=1)
    began = case(
        (Posting.starts_on > Requirement.starts_on, Posting.starts_on),
        else_=Requirement.starts_on,
    )
    last_good_beginning = case(
        {days: today - timedelta(days=days) for days in rules.GRACES},
        value=Requirement.grace_days,
        else_=today,
    )
    late = and_(began < last_good_beginning, func.coalesce(open_enrolment.due_on, date.min) < today)
    return case(
        (_exempt.c.until_on >= today, Status.EXEMPT.value),
        (and_(_holds_on(today), or_(endless, _holds_on(soon))), Status.VALID.value),
        (_holds_on(today), Status.DUE.value),
        (late, Status.OVERDUE.value),
        (open_enrolment.begun_at.is_not(None), Status.IN_PROGRESS.value),
        else_=Status.NEVER.value,
    )


def _holds_on(day: date) -> ColumnElement[bool]:
    """Return whether the newest pass still counts on ``day``, for the requirement's interval."""
    earliest = case(
        {months: rules.held_since(day, months) for months in rules.INTERVALS},
        value=Requirement.interval_months,
        else_=date.min,
    )
    return and_(
        _held.c.held_from.is_not(None), _held.c.through >= day, _held.c.held_from >= earliest
    )


def standings_of(rows: Iterable[AnyRow], today: date) -> list[Standing]:
    """Return rows of ``LINE`` and ``FACTS`` with how each person stands on ``today``."""
    found = []
    for row in rows:
        through = row.through
        duty = Duty(
            began_on=max(row.required_on, row.posted_on),
            grace_days=row.grace_days,
            months=row.interval_months,
            held_from=row.held_from,
            valid_through=None if through in (None, date.max) else through,
            begun=row.begun_at is not None,
            due_on=row.due_on,
            exempt_until=row.until_on,
        )
        found.append(Standing(row, duty, duty.status(today)))
    return found

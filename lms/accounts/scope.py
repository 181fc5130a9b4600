"""Which people a viewer may see, as conditions of SQL.

Every list, page, export and report of people asks these, so that none is wider than the screen.

A person is seen by who holds a role at a unit where they work, or above it. Somebody who worked
there before is seen as they were then: facts after the last day of that posting belong to the
other side.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from lms.accounts.models import Person, Posting, Unit
from lms.accounts.rules import administers_country
from lms.kernel.viewer import Viewer

# Who works in these functions may not be known to everybody who sees the list.
CONFIDENTIAL_FUNCTIONS = ("P2", "P3")
SHOWN_INSTEAD = "P1"
# Who reads the pages about people, with names.
LOOKS_AFTER = ("administrator", "inspector")


def below(path: SQLColumnExpression[str], tops: Iterable[str]) -> ColumnElement[bool]:
    """Return whether a unit's path lies at or below one of ``tops``; nothing for no tops."""
    return or_(false(), *(path.startswith(top, autoescape=True) for top in tops))


def meets(path: SQLColumnExpression[str], tops: Iterable[str]) -> ColumnElement[bool]:
    """Return whether a unit's branch and one of ``tops`` share a unit: one lies below the other."""
    tops = tuple(tops)
    above = (func.substr(literal(top), 1, func.length(path)) == path for top in tops)
    return or_(below(path, tops), *above)


# A day, or the place of one in a statement that is built once.
Day = date | BindParameter[date]


def posted_on(day: Day) -> ColumnElement[bool]:
    """Return whether a posting runs on ``day``."""
    return and_(Posting.starts_on <= day, or_(Posting.ends_on.is_(None), Posting.ends_on >= day))


def works_below(viewer: Viewer, role: str, day: date) -> ColumnElement[bool]:
    """Return whether ``Person`` works on ``day`` where the viewer holds ``role``.

    Whoever holds it for the whole country also sees people who work nowhere at present.
    """
    tops = viewer.unit_paths(role)
    here = (
        exists()
        .where(
            Posting.person_id == Person.id,
            Posting.unit_id == Unit.id,
            posted_on(day),
            below(Unit.path, tops),
        )
        .correlate(Person)
    )
    if any(top.count("/") <= 2 for top in tops):
        nowhere = ~exists().where(Posting.person_id == Person.id, posted_on(day)).correlate(Person)
        return or_(here, nowhere)
    return here


def worked_below(viewer: Viewer, role: str) -> ColumnElement[bool]:
    """Return whether ``Person`` works or once worked where the viewer holds ``role``."""
    if role == "administrator" and administers_country(viewer):
        return Person.id.is_not(None)
    return (
        exists()
        .where(
            Posting.person_id == Person.id,
            Posting.unit_id == Unit.id,
            below(Unit.path, viewer.unit_paths(role)),
        )
        .correlate(Person)
    )


def looked_after(viewer: Viewer) -> ColumnElement[bool]:
    """Return whether the viewer looks after ``Person``, or once did: see ``seen_until``."""
    return or_(*(worked_below(viewer, role) for role in LOOKS_AFTER))


def seen_until(viewer: Viewer, role: str, today: date) -> ScalarSelect[Any]:
    """Return the last day of which the viewer may know facts about ``Person``.

    The far future for who works there today; the last day of the newest posting there for who
    has left; NULL for a stranger.
    """
    place, where = aliased(Posting), aliased(Unit)
    ends = func.max(
        case(
            (or_(place.ends_on.is_(None), place.ends_on >= today), date.max),
            else_=place.ends_on,
        )
    )
    return (
        select(ends)
        .join(where, where.id == place.unit_id)
        .where(place.person_id == Person.id, below(where.path, viewer.unit_paths(role)))
        .correlate(Person)
        .scalar_subquery()
    )


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the last moment of a day until which facts may be known, also of ``date.max``.

    zone  of the clocks of the country.

    Databases and drivers take no moment of the year 9999 in every time zone.
    """
    return datetime.combine(min(day, date(9000, 1, 1)), time.max, zone).astimezone(UTC)


def shown_function(viewer: Viewer) -> ColumnElement[str]:
    """Return ``Posting.function`` as the viewer may read it; the query joins ``Unit``.

    P2 and P3 (intelligence, work with violent extremist prisoners) are P1 for everybody but a
    confidential reader of that unit or one above.
    """
    return case(
        (below(Unit.path, viewer.unit_paths("confidential-reader")), Posting.function),
        (Posting.function.in_(CONFIDENTIAL_FUNCTIONS), SHOWN_INSTEAD),
        else_=Posting.function,
    )


def public_function() -> ColumnElement[str]:
    """Return ``Posting.function`` as everybody may read it: P2 and P3 are P1."""
    return case(
        (Posting.function.in_(CONFIDENTIAL_FUNCTIONS), SHOWN_INSTEAD), else_=Posting.function
    )


def may_know_function(viewer: Viewer, function: str, unit_path: str) -> bool:
    """Return the same for one posting that is known already."""
    return function not in CONFIDENTIAL_FUNCTIONS or any(
        unit_path.startswith(top) for top in viewer.unit_paths("confidential-reader")
    )

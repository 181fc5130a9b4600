"""The day of a moment on the clocks of the country, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, case, cast, func
from sqlalchemy.orm import Session

NONE = timedelta(0)


def day_of(
    session: Session,
    moment: SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None],
    zone: tzinfo,
    since: datetime,
    until: datetime,
) -> ColumnElement[date]:
    """Return the day of a moment from ``since`` to ``until`` on the clocks of ``zone``.

    A day in Greenwich is another one in Almaty for five hours of 24. What each clock said is
    computed here, with the time zones of Python: SQLite has none, PostgreSQL perhaps others.
    """
    *before, (last, _) = offsets(zone, since, until)
    usual = _day(session, moment, last)
    if not before:
        return usual
    return case(
        *((moment < ends, _day(session, moment, ahead)) for ahead, ends in before), else_=usual
    )


def _day(
    session: Session,
    moment: SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None],
    ahead: timedelta,
) -> ColumnElement[date]:
    if session.get_bind().dialect.name == "sqlite":  # where days are texts
        return func.date(moment, f"{ahead.total_seconds():+.0f} seconds", type_=Date)
    return cast(func.timezone("UTC", moment) + ahead, Date)


def offsets(zone: tzinfo, since: datetime, until: datetime) -> Sequence[tuple[timedelta, datetime]]:
    """Return how far the clocks of a zone were ahead, each with the moment when that ended.

    The last one ends at ``until``. One without summer time has one.
    """
    found: list[tuple[timedelta, datetime]] = []
    at, end = since.astimezone(UTC), until.astimezone(UTC)
    while at < end:
        following = min(at + timedelta(days=1), end)
        if _ahead(zone, at) != _ahead(zone, following):
            found.append((_ahead(zone, at), _change(zone, at, following)))
        at = following
    return [*found, (_ahead(zone, end), end)]


def _ahead(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NONE


def _change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """Return the first moment, to the second, of the time in which ``after`` lies."""
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _ahead(zone, middle) == _ahead(zone, before):
            before = middle
        else:
            after = middle
    return after

"""What the log holds, as far as a viewer may read it: names only of people whom they look after."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Unit
from lms.accounts.rules import folded_service_number
from lms.admin.trail.rules import Shown, Wanted, ids_in, places_in, reads_everything, said_of
from lms.audit.models import AuditRow
from lms.certificates.models import Certificate
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer

# No more rows are counted or paged through; who looks for older ones says until which day.
MOST_ROWS = 2_500
SET_BACK = ("backup.restored", "upgrade.undone")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the log. ``total`` counts at most ``MOST_ROWS``.

    places  id -> names of the places in the rows, by language, the code under ``""``; only for
            who reads the whole log.
    """

    rows: Sequence[Shown]
    total: int
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def require_reader(viewer: Viewer) -> None:
    """Raise NotFound unless the log is for this person: the country's office, an inspector."""
    if not (reads_everything(viewer) or viewer.holds("inspector")):
        raise NotFound


def person(session: Session, viewer: Viewer, number: str, *, today: date) -> tuple[UUID, date]:
    """Return who has a service number, and the last day of which the viewer may know.

    raises  NotFound for a number of nobody whom the viewer looks after.
    """
    require_reader(viewer)
    until = scope.seen_until(viewer, "inspector", today)
    found = session.execute(
        select(Person.id, until)
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Identity.service_number_folded == folded_service_number(number),
            scope.looked_after(viewer),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    last = date.max if reads_everything(viewer) else _day(found[1])
    if last is None:
        raise NotFound
    return found[0], last


def _day(value: Any) -> date | None:  # noqa: ANN401 -- a date, or its text where SQLite computed it
    return date.fromisoformat(value) if isinstance(value, str) else value


def subject(session: Session, viewer: Viewer, typed: str) -> str:
    """Return the subject that a typed number means: of a certificate or a place, else as it is."""
    require_reader(viewer)
    certificate = select(Certificate.id).where(Certificate.number == typed.upper())
    unit = select(Unit.id).where(Unit.code == typed)
    found = session.execute(select(certificate.scalar_subquery(), unit.scalar_subquery())).one()
    return str(found[0] or found[1] or typed)


def entries(
    session: Session, viewer: Viewer, wanted: Wanted, *, limit: int, offset: int
) -> Found:  # fmt: skip
    """Return one page of the rows that are wanted, the newest first.

    An inspector of one branch reads what one person of it did and what was done to them; without
    a person there is nothing.
    """
    require_reader(viewer)
    if wanted.person is None and not reads_everything(viewer):
        return Found((), 0)
    conditions = _conditions(wanted)
    bounded = select(AuditRow.id).where(*conditions).limit(MOST_ROWS).subquery()
    found = session.execute(
        select(AuditRow, select(func.count()).select_from(bounded).scalar_subquery())
        .where(*conditions)
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(max(0, min(limit, MOST_ROWS - offset)))
        .offset(offset)
    ).all()
    rows = [row for row, _ in found]
    names = _names(session, viewer, rows)
    return Found(
        [said_of(viewer, row, names) for row in rows], found[0][1] if found else 0,
        _places(session, viewer, rows),
    )  # fmt: skip


def every_entry(session: Session, viewer: Viewer, wanted: Wanted, most: int) -> Iterator[Shown]:
    """Yield the rows that are wanted, the newest first, with ids alone: for a file."""
    require_reader(viewer)
    if wanted.person is None and not reads_everything(viewer):
        return
    rows = (
        select(AuditRow)
        .where(*_conditions(wanted))
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(most)
    )
    for row in session.scalars(rows).yield_per(500):
        session.expunge(row)
        yield said_of(viewer, row, {})


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        about = AuditRow.subject == str(wanted.person)
        found.append(or_(AuditRow.actor_id == wanted.person, about))
    if wanted.action:
        # One person has few rows, an action half of the log: its index is kept from SQLite.
        few = wanted.person is not None or bool(wanted.subject)
        action = func.coalesce(AuditRow.action, "") if few else AuditRow.action
        found.append(action == wanted.action)
    if wanted.subject:
        found.append(AuditRow.subject == wanted.subject)
    if wanted.since is not None:
        found.append(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditRow.at < wanted.until)
    return found


def _names(
    session: Session, viewer: Viewer, rows: Iterable[AuditRow]
) -> Mapping[UUID, tuple[str, str]]:
    """Return name and number of those in the rows whom the viewer looks after."""
    ids = {each for row in rows for each in ids_in(row)}
    if not ids:
        return {}
    found = session.execute(
        select(Identity.person_id, Identity.name, Identity.service_number)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.person_id.in_(ids), scope.looked_after(viewer))
    )
    return {row.person_id: (row.name, row.service_number) for row in found}


def _places(
    session: Session, viewer: Viewer, rows: Iterable[AuditRow]
) -> Mapping[str, Mapping[str, str]]:
    ids = {each for row in rows for each in places_in(row)} if reads_everything(viewer) else set()
    if not ids:
        return {}
    found = session.execute(select(Unit.id, Unit.code, Unit.names).where(Unit.id.in_(ids)))
    return {str(row.id): {**row.names, "": row.code} for row in found}


def newest_restore(session: Session, viewer: Viewer, after: datetime | None) -> AuditRow | None:
    """Return the first row after a moment that tells of a restored backup, None without one.

    An upgrade that was undone has restored the backup that was made before it.
    """
    require_reader(viewer)
    wanted = select(AuditRow).where(AuditRow.action.in_(SET_BACK))
    if after is not None:
        wanted = wanted.where(AuditRow.at >= after)
    return session.scalar(wanted.order_by(AuditRow.at).limit(1))


def certificate_heads(session: Session, viewer: Viewer) -> set[str]:
    """Return the heads of the log that certificates have kept since they were issued."""
    require_reader(viewer)
    kept = Certificate.snapshot["audit_head"].as_string()
    return {
        head
        for head in session.scalars(
            select(kept).where(Certificate.issued_at.is_not(None)).execution_options(yield_per=500)
        )
        if head
    }


def hashes(session: Session, viewer: Viewer) -> Generator[bytes]:
    """Yield the hash of every row of the log; whoever stops before the end closes it."""
    require_reader(viewer)
    with closing(session.scalars(select(AuditRow.hash)).yield_per(5000)) as found:
        yield from found

"""The chain of the log, looked through a part at a time: which row is the first that does not fit.

A row holds the hash of the one before it, so that nobody changes, removes or adds one in the middle
unseen. Cutting off the end shows in the head row, and setting the whole log back to an older state
shows where a later head is known elsewhere (``heads``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.heads import Head
from lms.audit.models import AuditHead, AuditRow

START = b"\0" * 32
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Place:
    """How far the chain was looked through: the last row that fits, and its hash."""

    row: int = 0
    hash: bytes = START


@dataclass(frozen=True, slots=True)
class Looked:
    """What the look at one part of the chain found.

    place    the last row that fits.
    bad      the number of the first row that does not fit, None while all do.
    ended    whether this was the last part.
    strange  the newest of the known heads that this part should hold and does not: its row is
             missing, or says something else; None while all are there.
    """

    place: Place
    bad: int | None = None
    ended: bool = False
    strange: Head | None = None


def row_hash(row: AuditRow) -> bytes:
    """Return SHA-256 over the row before this one and everything that this row says."""
    said = json.dumps(
        [row.id, row.at.isoformat(), str(row.actor_id), row.action, row.subject, row.facts],
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(row.previous + said.encode()).digest()


def head(session: Session) -> Place:
    """Return where the log ends; row 0 for an empty one."""
    found = session.execute(select(AuditHead.rows, AuditHead.hash)).one_or_none()
    return Place(found.rows, found.hash) if found else Place()


def look(session: Session, after: Place, most: int, known: Sequence[Head] = ()) -> Looked:
    """Look at up to ``most`` rows after a place, and compare them with heads known elsewhere.

    A log that was cut at its end has fewer rows than its head counts: then the first missing
    number is bad.
    """
    # One statement, one moment: rows that are added meanwhile are looked at another time.
    end = session.execute(
        select(AuditHead.rows, AuditHead.hash, select(func.max(AuditRow.id)).scalar_subquery())
    ).one_or_none()
    last = end.rows if end else 0
    if end and (end[2] or 0) > last:
        return Looked(after, bad=last + 1, ended=True)
    place = after
    said: dict[int, list[Head]] = {}
    for each in known:
        said.setdefault(each.row, []).append(each)
    strange = None
    rows = (
        select(AuditRow)
        .where(AuditRow.id > after.row, AuditRow.id <= min(last, after.row + most))
        .order_by(AuditRow.id)
    )
    # Closed also where a bad row ends it: a cursor that is left open stays on PostgreSQL.
    with closing(session.scalars(rows).yield_per(AT_ONCE)) as found:
        for row in found:
            if row.id != place.row + 1 or row.previous != place.hash or row.hash != row_hash(row):
                return Looked(place, bad=place.row + 1, ended=True)
            place = Place(row.id, row.hash)
            session.expunge(row)
            if any(not each.is_of(row.hash) for each in said.get(row.id, ())):
                strange = said[row.id][-1]
    if place.row < min(last, after.row + most):
        return Looked(place, bad=place.row + 1, ended=True)
    if place.row < last:
        return Looked(place, strange=strange)
    if end and place.hash != end.hash:
        return Looked(place, bad=place.row + 1, ended=True)
    beyond = [each for each in known if each.row > last]
    return Looked(place, ended=True, strange=beyond[-1] if beyond else strange)


def first_bad_row(session: Session) -> int | None:
    """Return the number of the first row that does not fit the chain, None when all do."""
    found = Looked(Place())
    while not found.ended:
        found = look(session, found.place, 20_000)
    return found.bad

"""Trying a list of places, taking it over, taking it back. Each place is one action, audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lms.accounts import actions as accounts
from lms.accounts.actions import NewUnit
from lms.accounts.importing import place_rules, queries, rules
from lms.accounts.importing.checking import RawRow
from lms.accounts.importing.vocabulary import Vocabulary
from lms.accounts.models import StaffImport, StaffImportRow, Unit
from lms.accounts.rules import actor_id
from lms.accounts.staff import actions as staff
from lms.accounts.staff import queries as staff_queries
from lms.audit import actions as audit
from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

CLOSED_INSTEAD = Message(
    msg("Something has happened at this place since, so it was closed and not taken away.")
)
LEFT_AS_IT_IS = Message(msg("This place was changed since, so it was left as it is now."))


def check_rows(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    rows: Sequence[RawRow],
    words: Vocabulary,
) -> None:
    """Decide a whole list of places and keep what it would do; nothing is changed."""
    fields: Mapping[str, int] = listed.mapping["fields"]
    read = [(row.number, place_rules.read_place(row.cells, fields, words)) for row in rows]
    known = queries.known_places(session, viewer)
    ids = {each.code: each.id for each in known}
    decided = place_rules.decide(read, known, viewer)
    made = []
    for number, (row, decision) in decided.items():
        changes = {"changes": dict(decision.changes)} if decision.changes else {}
        made.append(
            {
                "import_id": listed.id,
                "number": number,
                "verdict": decision.verdict,
                "facts": {**row.facts(), **changes},
                "reasons": [rules.kept(each) for each in decision.reasons],
                "subject_id": ids.get(row.code),
                "before": None,
                "done": False,
            }
        )
    if made:
        session.execute(insert(StaffImportRow), made)


def next_rows(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    after: Sequence[int],
    *,
    undo: bool,
    limit: int,
) -> list[StaffImportRow]:
    """Return the next rows to take over or to take back, those above first or those below.

    after  what ``position`` said of the last one; empty at the beginning.
    """
    verdicts = (rules.NEW, rules.CHANGED)
    found = queries.to_do(
        session, viewer, listed, verdicts, 0, done=undo, limit=place_rules.MOST_PLACES
    )
    found.sort(key=lambda row: position(row, undo=undo))
    return [row for row in found if position(row, undo=undo) > list(after)][:limit]


def position(row: StaffImportRow, *, undo: bool) -> list[int]:
    """Return where a row stands in the order: a place follows the one above, undone it precedes."""
    level = int(row.facts["level"])
    return [-level if undo else level, row.number]


def take_rows(
    session: Session, viewer: Viewer, rows: Sequence[StaffImportRow], *, now: datetime
) -> None:
    """Add and rename places that were tried; one that cannot be is refused with the reason."""
    for row in rows:
        _try(row, _add if row.verdict == rules.NEW else _rename, session, viewer, now)
    session.flush()


def _try(
    row: StaffImportRow, act: Callable[..., None], session: Session, viewer: Viewer, now: datetime
) -> None:
    try:
        act(session, viewer, row, now)
    except LmsError as refused:
        row.verdict = rules.REFUSED
        row.reasons = [*row.reasons, rules.kept(refused.message)]


def _add(session: Session, viewer: Viewer, row: StaffImportRow, now: datetime) -> None:
    said = row.facts
    new = NewUnit(said["kind"], said["code"], said["names"], said["parent"] or None)
    row.subject_id = accounts.add_unit(session, viewer, new, now=now).id
    row.before, row.done = {}, True


def _rename(session: Session, viewer: Viewer, row: StaffImportRow, now: datetime) -> None:
    unit = session.get_one(Unit, row.subject_id)
    changes = _names(row.facts["changes"])
    if any(unit.names.get(language) != old for language, (old, _) in changes.items()):
        row.verdict = rules.REFUSED
        row.reasons = [*row.reasons, rules.kept(rules.SINCE_CHANGED)]
        return
    names = {**unit.names, **{language: new for language, (_, new) in changes.items()}}
    staff.rename(session, viewer, unit.id, names, now=now)
    row.before, row.done = {"changes": row.facts["changes"]}, True


def _names(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {field.removeprefix("name_"): change for field, change in changes.items()}


def undo_rows(
    session: Session, viewer: Viewer, rows: Sequence[StaffImportRow], *, now: datetime
) -> None:
    """Take places back: former names, and away with those to which nothing has happened."""
    for row in rows:
        reason = (_take_away if row.verdict == rules.NEW else _name_back)(session, viewer, row, now)
        row.done = reason is not None
        row.reasons = [*row.reasons, *([rules.kept(reason)] if reason else [])]
    session.flush()


def _take_away(
    session: Session, viewer: Viewer, row: StaffImportRow, now: datetime
) -> Message | None:
    if row.subject_id is None:
        return LEFT_AS_IT_IS
    try:
        unit = staff_queries.place(session, viewer, row.subject_id)
        if queries.places_in_use(session, viewer, [unit.id]):
            staff.close(session, viewer, unit.id, now=now)
            return CLOSED_INSTEAD
    except LmsError as refused:
        return refused.message
    session.execute(delete(Unit).where(Unit.id == unit.id))
    session.expunge(unit)
    audit.append(session, actor_id(viewer), "unit.removed", str(row.subject_id), now=now)
    return None


def _name_back(
    session: Session, viewer: Viewer, row: StaffImportRow, now: datetime
) -> Message | None:
    if row.subject_id is None:
        return LEFT_AS_IT_IS
    try:
        unit = staff_queries.place(session, viewer, row.subject_id)
        changes = _names((row.before or {}).get("changes", {}))
        if any(unit.names.get(language) != new for language, (_, new) in changes.items()):
            return LEFT_AS_IT_IS
        names = {**unit.names, **{language: old for language, (old, _) in changes.items()}}
        staff.rename(session, viewer, unit.id, names, now=now)
    except LmsError as refused:
        return refused.message
    return None

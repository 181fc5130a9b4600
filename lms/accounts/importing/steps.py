"""The worker's side of lists: reading the file, and the steps of the four kinds of work.

What reads the file is prepared before the transaction, so that nobody's saving waits for it. Killed
between two steps, the next one goes on where the cursor says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.accounts.importing import (
    actions,
    checking,
    columns,
    place_taking,
    queries,
    taking,
    undoing,
)
from lms.accounts.importing.actions import (
    APPLY_JOB,
    AT_ONCE,
    CHECK_JOB,
    CHECKED,
    CHECKING,
    DONE,
    READ_JOB,
    READING,
    RUNNING,
    UNDO_JOB,
    UNDOING,
    UNDONE,
)
from lms.accounts.importing.checking import RawRow
from lms.accounts.importing.place_rules import MOST_PLACES
from lms.accounts.importing.reading import FILE_GONE, looked_at, rows_after
from lms.accounts.importing.rules import MISSING, TAKEN
from lms.accounts.importing.store import store
from lms.accounts.importing.title_rules import collected, meanings
from lms.accounts.importing.vocabulary import Vocabulary
from lms.accounts.models import StaffImport, StaffImportRow
from lms.accounts.rules import SERVER
from lms.audit import actions as audit
from lms.jobs.steps import SlowStep, Step
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.sheets.refusals import SheetRefusedError
from lms.web.language import sentence

PLACES_AT_ONCE = 100

Facts = Mapping[str, Any]
Cursor = Any


def _acting(session: Session, facts: Facts, now: datetime) -> Viewer:
    """Return who asked, with the rights that they have now; the server for the command line."""
    if facts["by"] is None:
        return SERVER
    today = installation.day_of(session, now)
    return accounts.acting(session, UUID(facts["by"]), facts["language"], today=today)


def _listed(
    session: Session, facts: Facts, state: str, *, locked: bool = True
) -> StaffImport | None:
    """Return the list that a step is about; None where somebody has gone another way meanwhile."""
    listed = session.get(StaffImport, UUID(facts["import"]), with_for_update=locked)
    current = listed is not None and listed.reading.get("turn", 0) == facts["turn"]
    return listed if listed and current and listed.state == state else None


@cache
def vocabulary() -> Vocabulary:
    """Return the words of cells in every language; made once a process."""
    return Vocabulary.of(sentence)


def prepare_read(session: Session, facts: Facts, cursor: Cursor, *, now: datetime) -> Json:
    """Find out what a file is: the slow part of ``people.read``."""
    del cursor, now
    listed = _listed(session, facts, READING, locked=False)
    return looked_at(listed) if listed else None


def record_read(
    session: Session, facts: Facts, cursor: Cursor, prepared: Json, *, now: datetime
) -> None:
    """Store what a file is, or why it cannot be read."""
    del cursor, now
    listed = _listed(session, facts, READING)
    if listed is None or prepared is None:
        return
    if isinstance(prepared, Message):
        actions.note_refusal(session, listed, prepared)
    else:
        actions.note_reading(session, listed, prepared)


# ---- Trying -------------------------------------------------------------------------------------


def prepare_check(
    session: Session, facts: Facts, cursor: Cursor, *, now: datetime
) -> list[RawRow] | Message:
    """Read the next rows of a file, or say why not: the slow part of ``people.check``."""
    del now
    listed = _listed(session, facts, CHECKING, locked=False)
    place = cursor or {"after": 0}
    if listed is None or "after" not in place:
        return []
    # Whether a place fits depends on the others of its list: they are decided together.
    count = MOST_PLACES + 1 if listed.kind == columns.PLACES else AT_ONCE
    try:
        return rows_after(listed, place["after"], count)
    except SheetRefusedError as refused:
        return refused.message
    except FileNotFoundError:
        return FILE_GONE


def record_check(
    session: Session,
    facts: Facts,
    cursor: Cursor,
    prepared: list[RawRow] | Message,
    *,
    now: datetime,
) -> Cursor:
    """Decide the rows that were read; when there are none, find who is missing in the list."""
    listed = _listed(session, facts, CHECKING)
    if listed is None:
        return None
    if isinstance(prepared, Message):
        return actions.note_refusal(session, listed, prepared)
    viewer = _acting(session, facts, now)
    if cursor is None:
        session.execute(delete(StaffImportRow).where(StaffImportRow.import_id == listed.id))
    if listed.kind == columns.PLACES:
        place_taking.check_rows(session, viewer, listed, prepared, vocabulary())
        return _checked(session, viewer, listed)
    if cursor is None or "after" in cursor:
        checking.check_rows(
            session, viewer, listed, prepared, _words(session, viewer, listed), now=now
        )
        end = len(prepared) < AT_ONCE
        return {"missing": 0, "person": None} if end else {"after": prepared[-1].number}
    after = UUID(cursor["person"]) if cursor["person"] else None
    last, count = checking.check_missing(
        session, viewer, listed, after, cursor["missing"], now=now, limit=AT_ONCE
    )
    if last is None:
        return _checked(session, viewer, listed)
    return {"missing": count, "person": str(last)}


def _words(session: Session, viewer: Viewer, listed: StaffImport) -> Vocabulary:
    """Return the words that count for a list: ours, the country's job titles, what was chosen."""
    remembered = queries.job_titles(session, viewer)
    functions = meanings(vocabulary().functions, remembered, listed.mapping.get("titles", {}))
    return replace(vocabulary(), functions=functions)


def _checked(session: Session, viewer: Viewer, listed: StaffImport) -> None:
    if listed.kind == columns.PEOPLE:
        functions = _words(session, viewer, listed).functions
        titles = collected(queries.titled_rows(session, viewer, listed), functions)
        listed.reading = {**listed.reading, "titles": titles}
    listed.counts = queries.counts(session, viewer, listed)
    listed.state = CHECKED


# ---- Taking over, taking back -------------------------------------------------------------------


def apply_list(session: Session, facts: Facts, cursor: Cursor, *, now: datetime) -> Cursor:
    """Take the next rows over: the step of ``people.apply``."""
    listed = _listed(session, facts, RUNNING)
    if listed is None:
        return None
    viewer = _acting(session, facts, now)
    if listed.kind == columns.PLACES:
        rows = place_taking.next_rows(
            session, viewer, listed, cursor or (), undo=False, limit=PLACES_AT_ONCE
        )
        place_taking.take_rows(session, viewer, rows, now=now)
        if rows:
            return place_taking.position(rows[-1], undo=False)
    else:
        rows = queries.to_do(
            session, viewer, listed, actions.taken(listed), cursor or 0, done=False, limit=AT_ONCE
        )
        taking.take_rows(session, viewer, listed, rows, now=now)
        if len(rows) == AT_ONCE:
            return rows[-1].number
    return _ended(session, viewer, listed, DONE, now)


def undo_list(session: Session, facts: Facts, cursor: Cursor, *, now: datetime) -> Cursor:
    """Take the next rows back: the step of ``people.undo``."""
    listed = _listed(session, facts, UNDOING)
    if listed is None:
        return None
    viewer = _acting(session, facts, now)
    if listed.kind == columns.PLACES:
        rows = place_taking.next_rows(
            session, viewer, listed, cursor or (), undo=True, limit=PLACES_AT_ONCE
        )
        place_taking.undo_rows(session, viewer, rows, now=now)
        if rows:
            return place_taking.position(rows[-1], undo=True)
    else:
        rows = queries.to_do(
            session, viewer, listed, (*TAKEN, MISSING), cursor or 0, done=True, limit=AT_ONCE
        )
        undoing.undo_rows(session, viewer, listed, rows, now=now)
        if len(rows) == AT_ONCE:
            return rows[-1].number
    return _ended(session, viewer, listed, UNDONE, now)


def _ended(
    session: Session, viewer: Viewer, listed: StaffImport, state: str, now: datetime
) -> None:
    """Note that a list is taken over or taken back, with the numbers."""
    session.flush()
    done = queries.counts(session, viewer, listed, done=True)
    if state == DONE:
        verdicts = queries.counts(session, viewer, listed)
        listed.counts = {**verdicts, "done": done}
        listed.done_at = now
        # It may hold what is never taken: with the rows here, nobody needs it any more.
        actions.drop_file(session, listed, store().drop)
    else:
        listed.counts = {**listed.counts, "stayed": done}
        listed.undone_at = now
    listed.state = state
    session.flush()
    action = "staff-list.done" if state == DONE else "staff-list.back"
    by = None if viewer is SERVER else viewer.person_id
    audit.append(session, by, action, str(listed.id), {"rows": done}, now=now)


STEPS: Mapping[str, Step | SlowStep] = {
    READ_JOB: SlowStep(prepare_read, record_read),
    CHECK_JOB: SlowStep(prepare_check, record_check),
    APPLY_JOB: apply_list,
    UNDO_JOB: undo_list,
}


def run(
    transaction: Callable[[], AbstractContextManager[Session]],
    reading: Callable[[], Session],
    kind: str,
    facts: Facts,
    clock: Callable[[], datetime],
) -> None:
    """Do one piece of work here and now, in the steps in which the worker does it."""
    cursor: Cursor = None
    step = STEPS[kind]
    while True:
        if isinstance(step, SlowStep):
            prepared = step.prepare(reading(), facts, cursor, now=clock())
            with transaction() as session:
                cursor = step.record(session, facts, cursor, prepared, now=clock())
        else:
            with transaction() as session:
                cursor = step(session, facts, cursor, now=clock())
        if cursor is None:
            return

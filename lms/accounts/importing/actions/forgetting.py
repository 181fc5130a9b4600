"""A list is thrown away, or forgotten after 30 days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.importing.actions.states import (
    BEFORE,
    DONE,
    DROPPED,
    KEPT,
    RUNNING,
    UNDOING,
    UNDONE,
    in_state,
)
from lms.accounts.models import StaffImport, StaffImportRow
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.kernel.viewer import Viewer


def drop(
    session: Session,
    viewer: Viewer,
    import_id: UUID,
    discard: Callable[[str], object],
    *,
    now: datetime,
) -> None:
    """Throw a list away that has changed nothing: its file, its rows, its preview. Twice is once.

    discard  deletes a file of the store by its digest.
    raises   NotFound for somebody else's list, Refused for one that was taken over.
    """
    listed = in_state(session, viewer, import_id, {*BEFORE, DROPPED})
    if listed.state != DROPPED:
        _forget(session, listed, discard)
        listed.state = DROPPED
        session.flush()
        audit.append(session, actor_id(viewer), "staff-list.dropped", str(listed.id), now=now)


def forget_old(session: Session, discard: Callable[[str], object], *, now: datetime) -> int:
    """Delete rows, files and previews of lists after 30 days; return of how many.

    That there was a list, who sent it and what it counted, stays.
    """
    before = now - KEPT
    old = session.scalars(
        select(StaffImport).where(
            StaffImport.file_name != "",
            func.coalesce(StaffImport.undone_at, StaffImport.done_at, StaffImport.made_at) < before,
            or_(StaffImport.done_at.is_(None), StaffImport.done_at < before),
        )
    ).all()
    for listed in old:
        _forget(session, listed, discard)
        # Work that was stopped for so long is not gone on with.
        ends = {RUNNING: DONE, UNDOING: UNDONE, DONE: DONE, UNDONE: UNDONE}
        listed.state = ends.get(listed.state, DROPPED)
    session.flush()
    return len(old)


def _forget(session: Session, listed: StaffImport, discard: Callable[[str], object]) -> None:
    session.execute(delete(StaffImportRow).where(StaffImportRow.import_id == listed.id))
    drop_file(session, listed, discard)
    listed.file_name = ""
    listed.reading = {"turn": listed.reading.get("turn", 0) + 1}
    listed.mapping = {}


def drop_file(session: Session, listed: StaffImport, discard: Callable[[str], object]) -> None:
    """Delete the file of a list; its rows stay. One that was sent twice lies in the store once."""
    file, listed.file = listed.file, ""
    needed = select(StaffImport.id).where(StaffImport.file == file, StaffImport.id != listed.id)
    if file and session.scalar(needed.limit(1)) is None:
        discard(file)

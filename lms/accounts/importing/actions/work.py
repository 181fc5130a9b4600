"""What the worker is asked to do with a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.importing.rules import MISSING, TAKEN
from lms.accounts.models import StaffImport, StaffImportRow
from lms.accounts.rules import actor_id
from lms.jobs import actions as jobs
from lms.kernel.viewer import Viewer

READ_JOB, CHECK_JOB = "people.read", "people.check"
APPLY_JOB, UNDO_JOB = "people.apply", "people.undo"
AT_ONCE = 250  # rows of one step


def ask(
    session: Session, viewer: Viewer, listed: StaffImport, kind: str, back: str, *, now: datetime
) -> None:
    """Ask the worker for the next step of a list. Asking again for the same is harmless.

    back  address of the page of the list.
    """
    job = jobs.ask(
        session,
        kind,
        f"{listed.id} {listed.reading.get('turn', 0)}",
        facts(viewer, listed, back),
        now=now,
        asked_by=actor_id(viewer),
    )
    job.total_units = job.total_units or _steps(session, listed, kind)
    listed.reading = {**listed.reading, "job": job.id}
    session.flush()


def facts(viewer: Viewer, listed: StaffImport, back: str = "") -> dict[str, Any]:
    """Return what a step needs to know: the list, whose rights count, and which turn it is."""
    by = actor_id(viewer)
    return {
        "import": str(listed.id),
        "by": str(by) if by else None,
        "language": viewer.language,
        "turn": listed.reading.get("turn", 0),
        "back": back,
    }


def _steps(session: Session, listed: StaffImport, kind: str) -> int:
    """Return how many steps a piece of work has, to show how far it is."""
    if kind == CHECK_JOB:
        return int(listed.reading["rows"]) // AT_ONCE + 2
    if kind == APPLY_JOB:
        wanted = [StaffImportRow.verdict.in_(taken(listed)), StaffImportRow.done.is_(False)]
    elif kind == UNDO_JOB:
        wanted = [StaffImportRow.done.is_(True)]
    else:
        return 1
    statement = select(func.count()).where(StaffImportRow.import_id == listed.id, *wanted)
    return (session.scalar(statement) or 0) // AT_ONCE + 1


def taken(listed: StaffImport) -> Sequence[str]:
    """Return the verdicts of the rows that change something when this list is taken over."""
    return (*TAKEN, MISSING) if listed.mapping.get("end_missing") else TAKEN

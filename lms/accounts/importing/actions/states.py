"""The states of a list, and how one goes from one to the next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.importing import queries
from lms.accounts.models import StaffImport
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

READING, READ, FAILED = "reading", "read", "failed"
CHECKING, CHECKED = "checking", "checked"
RUNNING, DONE = "running", "done"
UNDOING, UNDONE = "undoing", "undone"
DROPPED = "dropped"
# While the worker has it in hand.
AT_WORK = frozenset({READING, CHECKING, RUNNING, UNDOING})
# The register is as it was, so that the list may be read, tried or thrown away.
BEFORE = frozenset({READING, READ, FAILED, CHECKING, CHECKED})
KEPT = timedelta(days=30)
TOO_LATE = Message(
    msg("This list was taken over or thrown away meanwhile. Load the page again to see how it is.")
)


def may_be_undone(listed: StaffImport, *, now: datetime) -> bool:
    """Return whether what a list did can still be taken back."""
    return listed.state == DONE and listed.done_at is not None and now < listed.done_at + KEPT


def in_state(
    session: Session, viewer: Viewer, import_id: UUID, states: Collection[str]
) -> StaffImport:
    """Return a list, locked, that is in one of ``states``.

    raises  NotFound for somebody else's list, Refused for one in another state.
    """
    listed = queries.one(session, viewer, import_id, locked=True)
    if listed.state not in states:
        raise Refused(TOO_LATE)
    return listed


def in_next_turn(listed: StaffImport) -> dict[str, Any]:
    """Return ``listed.reading`` with its turn counted on.

    Each piece of work in the background names the turn for which it was asked; it ends by itself
    when the list is in a later one.
    """
    return {**listed.reading, "turn": listed.reading.get("turn", 0) + 1}

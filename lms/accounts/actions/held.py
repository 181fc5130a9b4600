"""Forms that came after their session had ended, kept for the person who sent them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.accounts.models import HeldForm
from lms.accounts.rules import HELD_FOR, LARGEST_HELD, kept_fields
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import deleted


def hold_form(
    session: Session,
    session_id: int,
    person_id: UUID,
    path: str,
    fields: Iterable[tuple[str, str]],
    *,
    now: datetime,
) -> None:
    """Keep a form whose session had run out, for the same person; a later one replaces it.

    raises  Refused when it is larger than what is held.
    """
    kept = kept_fields(fields)
    if sum(len(name.encode()) + len(value.encode()) for name, value in kept) > LARGEST_HELD:
        raise Refused(
            Message(
                msg(
                    "You were signed out before you sent this page, and it is too large to keep "
                    "here. Go back, copy what you wrote, sign in and send it again."
                )
            )
        )
    session.merge(
        HeldForm(
            session_id=session_id,
            person_id=person_id,
            path=path,
            fields=[list(pair) for pair in kept],
            made_at=now,
        )
    )


def drop_held_form(session: Session, viewer: Viewer, session_id: int) -> None:
    """Forget a held form of this person: it was sent, or thrown away."""
    session.execute(
        delete(HeldForm).where(
            HeldForm.session_id == session_id, HeldForm.person_id == viewer.person_id
        )
    )


def forget_forms(session: Session, *, now: datetime) -> int:
    """Delete forms that were held for somebody and not asked for; return how many."""
    return deleted(session, delete(HeldForm).where(HeldForm.made_at <= now - HELD_FOR))

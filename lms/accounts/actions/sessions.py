"""Sessions: one for each browser that somebody is signed in with."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import Credential, HeldForm, SignIn
from lms.accounts.queries import Codes
from lms.audit import actions as audit
from lms.kernel.viewer import Viewer
from lms.tables import changed


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a session token."""
    return hashlib.sha256(token.encode()).digest()


def open_session(
    session: Session,
    person_id: UUID,
    machine: str,
    *,
    now: datetime,
    choosing: bool = False,
    proved: bool = False,
) -> str:
    """Add a row for a new sign-in and return the token for the browser's cookie.

    choosing  the person came with a one-time code and may only choose a password.
    proved    the second factor counts as asked already: the demonstration's doors, tests.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person_id,
            machine=machine,
            choosing=choosing,
            made_at=now,
            seen_at=now,
            second_factor_at=now if proved else None,
        )
    )
    return token


def sign_out(session: Session, session_id: int, person_id: UUID, *, now: datetime) -> None:
    """End one session; saying it twice changes nothing."""
    if end_where(session, SignIn.id == session_id, because="sign-out", now=now):
        audit.append(session, person_id, "sign-out.done", str(person_id), now=now)


def end_sessions(session: Session, person_id: UUID, *, because: str, now: datetime) -> None:
    """End every session of a person at once: the next request finds nobody signed in."""
    end_where(session, SignIn.person_id == person_id, because=because, now=now)


def end_what_was_restored(
    session: Session, standing: Mapping[UUID, Codes], *, now: datetime
) -> tuple[int, int]:
    """End every session and every held form of a database that was just restored.

    Who had signed out, was disabled or went to another computer since the backup would be signed
    in again. A one-time or spare code that no longer stood was used or replaced since; it ends.

    standing  the codes of each person as they stood before the restore; empty where nobody knows.

    returns how many sessions and how many codes ended. Works with every older schema, too.
    """
    sessions = end_where(session, SignIn.ended_at.is_(None), because="restored", now=now)
    session.execute(delete(HeldForm))
    ended = 0
    for person_id, codes in queries.codes(session).items():
        stood = standing.get(person_id, codes)
        if codes.first is not None and codes.first != stood.first:
            ended += 1
            _change(session, person_id, code_hash=None, code_until=None)
        if codes.spare is not None and codes.spare != stood.spare:
            ended += 1
            _change(session, person_id, spare_code_hash=None)
    return sessions, ended


def _change(session: Session, person_id: UUID, **values: None) -> None:
    session.execute(update(Credential).where(Credential.person_id == person_id).values(**values))


def end_where(session: Session, which: ColumnElement[bool], *, because: str, now: datetime) -> int:
    """End the running sessions that fulfil the condition ``which``; return how many there were.

    because  why, as it is shown to whoever comes back: see ``SignIn.ended_because``.
    """
    return changed(
        session,
        update(SignIn)
        .where(which, SignIn.ended_at.is_(None))
        .values(ended_at=now, ended_because=because),
    )


def mark_machine(session: Session, viewer: Viewer, kind: str) -> None:
    """Note in the running session whose computer this is: ``unknown``, ``shared`` or ``own``."""
    session.execute(update(SignIn).where(SignIn.id == viewer.session_id).values(machine=kind))

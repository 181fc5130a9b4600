"""Signing in, and what opens an account: the password, one-time codes, the spare code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import throttle
from lms.accounts.actions.sessions import end_sessions, end_where, open_session
from lms.accounts.models import Credential, Person, SignIn
from lms.accounts.throttle import Sender
from lms.audit import actions as audit
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about a typed number and password, before the transaction.

    Comparing a password with its hash takes long on purpose, so it holds no lock.

    person_id  whose number was typed, None when nobody has it.
    way        "password", "code", "spare", or None when nothing fitted.
    stored     the hash that fitted, to see that it still stands.
    rehashed   the password under today's parameters where the stored hash is older.
    """

    person_id: UUID | None
    way: str | None = None
    stored: str | None = None
    rehashed: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """How a sign-in ended: seconds to wait, or a token for the cookie, or neither (wrong)."""

    wait: int = 0
    token: str | None = None
    choosing: bool = False


def sign_in(
    session: Session,
    sender: Sender,
    checked: Checked,
    *,
    machine: str,
    address: str,
    now: datetime,
    replaced: int | None = None,
) -> Tried:
    """Answer one try to sign in: to wait, wrong, or a new session. Each try is counted and logged.

    checked   what was found about the typed number and password, before this transaction.
    machine   whose computer it is: ``unknown``, ``shared`` or ``own``.
    address   the network address of the sender; kept for 30 days beside the log.
    replaced  id of the session that this browser held until now; it ends.
    """
    wait, credential = _heard(session, sender, checked, address=address, now=now)
    if credential is None:
        return Tried(wait=wait)
    if checked.rehashed:
        credential.password_hash = checked.rehashed
    if replaced is not None:
        end_where(session, SignIn.id == replaced, because="replaced", now=now)
    person_id = credential.person_id
    choosing = checked.way != "password"
    token = open_session(session, person_id, machine, choosing=choosing, now=now)
    facts = {"way": checked.way, "machine": machine}
    audit.append(
        session, person_id, "sign-in.done", str(person_id), facts, now=now, address=address
    )
    return Tried(token=token, choosing=choosing)


def _heard(
    session: Session, sender: Sender, checked: Checked, *, address: str, now: datetime
) -> tuple[int, Credential | None]:
    """Return the seconds to wait, or the credential that what was typed opens, else None."""
    wait = throttle.hear(session, sender, now=now)
    if wait:
        return wait, None
    credential = _usable(session, checked, now)
    if credential is None:
        throttle.count_failure(session, sender, now=now)
        subject = str(checked.person_id or "unknown")
        audit.append(session, None, "sign-in.failed", subject, now=now, address=address)
    else:
        throttle.count_success(session, sender, now=now)
    return 0, credential


def _usable(session: Session, checked: Checked, now: datetime) -> Credential | None:
    """Return the credential when what was checked still opens it; a reset may have come between."""
    if checked.person_id is None or checked.way is None:
        return None
    credential = session.scalar(
        select(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(Credential.person_id == checked.person_id, Person.status == "active")
        .with_for_update(of=Credential)
    )
    if credential is None:
        return None
    stands = {
        "password": credential.password_hash,
        "code": credential.code_hash if _lives(credential, now) else None,
        "spare": credential.spare_code_hash,
    }[checked.way]
    return credential if stands is not None and stands == checked.stored else None


def _lives(credential: Credential, now: datetime) -> bool:
    return credential.code_until is not None and now < credential.code_until


def choose_password(
    session: Session,
    session_id: int,
    password_hash: str,
    spare_code_hash: str,
    *,
    machine: str,
    now: datetime,
) -> str | None:
    """Set a password and a spare code for whom a code let in; return the new session's token.

    session_id  the session that the code opened. None is returned when it has ended meanwhile:
                the same form was sent twice, or the person was disabled.
    """
    person_id = session.scalar(
        select(SignIn.person_id)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.id == session_id,
            SignIn.choosing,
            SignIn.ended_at.is_(None),
            Person.status == "active",
        )
        .with_for_update(of=SignIn)
    )
    if person_id is None:
        return None
    credential = session.get_one(Credential, person_id, with_for_update=True)
    credential.spare_code_hash = spare_code_hash
    return _set_password(session, credential, password_hash, machine=machine, now=now)


def change_password(
    session: Session,
    viewer: Viewer,
    sender: Sender,
    checked: Checked,
    password_hash: str,
    *,
    address: str,
    now: datetime,
) -> Tried:
    """Set another password for somebody who proved the present one; their spare code stays."""
    wait, credential = _heard(session, sender, checked, address=address, now=now)
    if credential is None or credential.person_id != viewer.person_id:
        return Tried(wait=wait)
    return Tried(
        token=_set_password(session, credential, password_hash, machine=viewer.machine, now=now)
    )


def replace_spare_code(
    session: Session,
    viewer: Viewer,
    sender: Sender,
    checked: Checked,
    spare_code_hash: str,
    *,
    address: str,
    now: datetime,
) -> Tried | None:
    """Replace the spare code of somebody who proved the present password.

    returns  None when it is done, else how the try ended: to wait, or wrong.
    """
    wait, credential = _heard(session, sender, checked, address=address, now=now)
    if credential is None or credential.person_id != viewer.person_id:
        return Tried(wait=wait)
    credential.spare_code_hash = spare_code_hash
    subject = str(viewer.person_id)
    audit.append(session, viewer.person_id, "spare-code.made", subject, now=now)
    return None


def _set_password(
    session: Session, credential: Credential, password_hash: str, *, machine: str, now: datetime
) -> str:
    """Set a password; return the token of a new session.

    One-time codes no longer work from now on, and every session that was open ends.
    """
    person_id = credential.person_id
    credential.password_hash = password_hash
    credential.code_hash = credential.code_until = None
    credential.changed_at = now
    end_sessions(session, person_id, because="password", now=now)
    token = open_session(session, person_id, machine, now=now)
    audit.append(session, person_id, "password.chosen", str(person_id), now=now)
    return token

"""What changes people's way in: signing in and out, passwords and codes, sessions, held forms."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts import queries, throttle
from lms.accounts.models import Credential, HeldForm, Person, SignIn
from lms.accounts.queries import Codes
from lms.accounts.rules import HELD_FOR, LARGEST_HELD, kept_fields
from lms.accounts.throttle import Sender
from lms.audit import actions as audit
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import deleted


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check outside the transaction found.

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
    """Answer one try: not heard yet, wrong, or a new session. Counted and logged either way.

    address   where it comes from, kept 30 days beside the log.
    replaced  the session that this browser held until now; it ends.
    """
    wait, credential = _heard(session, sender, checked, address=address, now=now)
    if credential is None:
        return Tried(wait=wait)
    if checked.rehashed:
        credential.password_hash = checked.rehashed
    if replaced is not None:
        _end(session, SignIn.id == replaced, because="replaced", now=now)
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
            SignIn.id == session_id, SignIn.choosing, SignIn.ended_at.is_(None),
            Person.status == "active",
        )
        .with_for_update(of=SignIn)
    )  # fmt: skip
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
    """Let a new spare code stand in the place of the one before; None when that is done."""
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
    """Every one-time code is dead and every session ends; return the token of a new one."""
    person_id = credential.person_id
    credential.password_hash = password_hash
    credential.code_hash = credential.code_until = None
    credential.changed_at = now
    end_sessions(session, person_id, because="password", now=now)
    token = open_session(session, person_id, machine, now=now)
    audit.append(session, person_id, "password.chosen", str(person_id), now=now)
    return token


def sign_out(session: Session, session_id: int, person_id: UUID, *, now: datetime) -> None:
    """End one session; saying it twice changes nothing."""
    if _end(session, SignIn.id == session_id, because="sign-out", now=now):
        audit.append(session, person_id, "sign-out.done", str(person_id), now=now)


def end_sessions(session: Session, person_id: UUID, *, because: str, now: datetime) -> None:
    """End every session of a person at once: the next request finds nobody signed in."""
    _end(session, SignIn.person_id == person_id, because=because, now=now)


def end_what_was_restored(
    session: Session, standing: Mapping[UUID, Codes], *, now: datetime
) -> tuple[int, int]:
    """End every session and every held form of a database that was just restored.

    Who had signed out, was disabled or went to another computer since the backup would be signed
    in again. A one-time or spare code that no longer stood was used or replaced since; it ends.

    standing  the codes of each person as they stood before the restore; empty where nobody knows.

    returns how many sessions and how many codes ended. Works with every older schema, too.
    """
    sessions = _end(session, SignIn.ended_at.is_(None), because="restored", now=now)
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


def _end(session: Session, which: Any, *, because: str, now: datetime) -> int:  # noqa: ANN401 -- a condition
    ended: Any = session.execute(
        update(SignIn).where(which, SignIn.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
    )  # fmt: skip
    return int(ended.rowcount)


def mark_machine(session: Session, viewer: Viewer, kind: str) -> None:
    """Let the running session follow what this computer was said to be: unknown, shared, own."""
    session.execute(update(SignIn).where(SignIn.id == viewer.session_id).values(machine=kind))


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

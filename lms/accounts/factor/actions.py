"""Setting up a second factor, and proving it for this session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts import throttle
from lms.accounts.factor import rules
from lms.accounts.models import SecondFactor, SignIn
from lms.accounts.throttle import Sender
from lms.audit import actions as audit
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Proof:
    """How a try ended: seconds to wait before the next one, or whether it was right."""

    wait: int = 0
    right: bool = False


def make_codes(
    session: Session, viewer: Viewer, hashes: list[str], *, now: datetime
) -> SecondFactor:
    """Let ``hashes`` stand in the place of all printed codes that were made before."""
    factor = _row(session, viewer)
    factor.code_hashes, factor.codes_made_at = hashes, now
    session.flush()
    audit.append(session, viewer.person_id, "factor.codes", str(viewer.person_id), now=now)
    return factor


def begin_app(session: Session, viewer: Viewer, nonce: bytes) -> None:
    """Prepare an app: its secret counts when it has shown its first right number.

    An app that works already goes on until then only if this one is never confirmed: both share
    one row, so the old app stops now. Printed codes stay.
    """
    factor = _row(session, viewer)
    factor.nonce, factor.confirmed_at, factor.last_step = nonce, None, 0


def confirm_app(
    session: Session, viewer: Viewer, key: bytes, typed: str, sender: Sender, *, now: datetime
) -> Proof:
    """Take the first number of a new app; a right one sets it up and proves this session."""
    wait = throttle.hear(session, sender, now=now)
    if wait:
        return Proof(wait=wait)
    factor = _row(session, viewer)
    if not _is_right_number(factor, key, typed, now):
        throttle.count_failure(session, sender, now=now)
        return Proof()
    factor.confirmed_at = now
    audit.append(session, viewer.person_id, "factor.app", str(viewer.person_id), now=now)
    return _proved(session, viewer, sender, now=now)


def prove(
    session: Session, viewer: Viewer, key: bytes, typed: str, sender: Sender, *, now: datetime
) -> Proof:
    """Take a number of the app or a printed code; a right one counts for this session from now on.

    A number counts once, a printed code is used up. Wrong ones make the next try wait longer, as
    at sign-in.
    """
    wait = throttle.hear(session, sender, now=now)
    if wait:
        return Proof(wait=wait)
    factor = _row(session, viewer)
    left = rules.codes_left(factor.code_hashes, rules.code_hash(key, viewer.person_id, typed))
    if left is not None:
        factor.code_hashes = left
    elif factor.confirmed_at is None or not _is_right_number(factor, key, typed, now):
        throttle.count_failure(session, sender, now=now)
        audit.append(session, viewer.person_id, "factor.failed", str(viewer.person_id), now=now)
        return Proof()
    return _proved(session, viewer, sender, now=now)


def _row(session: Session, viewer: Viewer) -> SecondFactor:
    found = session.get(SecondFactor, viewer.person_id, with_for_update=True)
    if found is None:
        found = SecondFactor(
            person_id=viewer.person_id,
            nonce=None,
            confirmed_at=None,
            last_step=0,
            code_hashes=[],
            codes_made_at=None,
        )
        session.add(found)
        session.flush()
    return found


def _is_right_number(factor: SecondFactor, key: bytes, typed: str, now: datetime) -> bool:
    if factor.nonce is None:
        return False
    secret = rules.app_secret(key, factor.person_id, factor.nonce)
    step = rules.step_of(secret, typed, now)
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    return True


def _proved(session: Session, viewer: Viewer, sender: Sender, *, now: datetime) -> Proof:
    throttle.count_success(session, sender, now=now)
    session.execute(
        update(SignIn).where(SignIn.id == viewer.session_id).values(second_factor_at=now)
    )
    audit.append(session, viewer.person_id, "factor.proved", str(viewer.person_id), now=now)
    return Proof(right=True)

"""Failed sign-ins slow down the next try: by account, and by address over different accounts.

Nobody sleeps and nobody is locked out: a try that comes too early is answered 429 with the
seconds to wait. The decision is made under a row lock, after the password was checked and in the
transaction that counts: of a hundred tries at once only as many are answered as the waiting time
allows, whichever of them was right.

Keys are digests of what was typed, since people type a password into the wrong field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Throttle
from lms.accounts.rules import FREE_ACCOUNTS, LONGEST_WAIT, network_of, wait_after
from lms.tables import add_unless_there, changed, deleted

ACCOUNT_MEMORY = timedelta(hours=24)
ADDRESS_MEMORY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tries: the account by its folded service number, and the network it comes from."""

    account: str
    address: str
    pair: str

    @classmethod
    def of(cls, folded_number: str, address: str) -> Sender:
        """Return the keys for a folded service number and a network address."""
        digest = hashlib.sha256(folded_number.encode()).hexdigest()[:32]
        network = network_of(address)
        return cls(f"account:{digest}", f"address:{network}", f"pair:{network}:{digest}")


def seconds_to_wait(session: Session, sender: Sender, *, now: datetime) -> int:
    """Return how many whole seconds this sender has to wait, 0 when the try is heard."""
    statement = select(Throttle.next_at).where(Throttle.key.in_([sender.account, sender.address]))
    return _seconds(session.scalars(statement), now)


def hear(session: Session, sender: Sender, *, now: datetime) -> int:
    """Take the turn of this account and address; return 0, or the seconds to wait.

    Until the transaction ends, nobody else with the same account or address is heard.
    """
    _ensure(session, sender.account, now)
    statement = (
        select(Throttle.next_at)
        .where(Throttle.key.in_([sender.account, sender.address]))
        .order_by(Throttle.key)
        .with_for_update()
    )
    return _seconds(session.scalars(statement), now)


def count_failure(session: Session, sender: Sender, *, now: datetime) -> None:
    """Note that this try failed; call it after ``hear`` returned 0, in the same transaction."""
    _forget_when_old(session, sender.account, now - ACCOUNT_MEMORY)
    _one_more(session, sender.account, now=now)
    if _forget_when_old(session, sender.address, now - ADDRESS_MEMORY):
        network = sender.address.removeprefix("address:")
        pairs = Throttle.key.startswith(f"pair:{network}:", autoescape=True)
        session.execute(delete(Throttle).where(pairs))
    if _ensure(session, sender.pair, now):
        _ensure(session, sender.address, now)
        _one_more(session, sender.address, now=now, free=FREE_ACCOUNTS)


def count_success(session: Session, sender: Sender, *, now: datetime) -> None:
    """Forget the failures of this account: here, and as a part of its address."""
    session.execute(
        update(Throttle)
        .where(Throttle.key == sender.account)
        .values(failures=0, next_at=now, changed_at=now)
    )
    if deleted(session, delete(Throttle).where(Throttle.key == sender.pair)):
        session.execute(
            update(Throttle)
            .where(Throttle.key == sender.address, Throttle.failures > 0)
            .values(failures=Throttle.failures - 1)
        )


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete what no longer slows anybody down, with its network addresses; return how many."""
    return deleted(session, delete(Throttle).where(Throttle.changed_at < now - ACCOUNT_MEMORY))


def _seconds(moments: Iterable[datetime], now: datetime) -> int:
    """Return the whole seconds until the latest of ``moments``, 0 where all have passed."""
    waits = (moment - now for moment in moments)
    # Nobody ever has to wait longer: a later moment is from a clock that was ahead.
    longest = max((wait for wait in waits if wait <= LONGEST_WAIT), default=timedelta(0))
    return max(0, -(-longest // timedelta(seconds=1)))


def _ensure(session: Session, key: str, now: datetime) -> bool:
    """Add the row when it is missing; return whether it was. Two at once make one row."""
    values = {"key": key, "failures": 0, "next_at": now, "changed_at": now}
    return add_unless_there(session, Throttle, values)


def _one_more(session: Session, key: str, *, now: datetime, free: int | None = None) -> None:
    counted = (
        update(Throttle)
        .where(Throttle.key == key)
        .values(failures=Throttle.failures + 1, changed_at=now)
        .returning(Throttle.failures)
    )
    failures = session.execute(counted).scalar_one()
    wait = wait_after(failures) if free is None else wait_after(failures, free)
    session.execute(update(Throttle).where(Throttle.key == key).values(next_at=now + wait))


def _forget_when_old(session: Session, key: str, before: datetime) -> bool:
    """Count from nothing again where the newest failure lies before ``before``; say whether."""
    return bool(
        changed(
            session,
            update(Throttle)
            .where(Throttle.key == key, Throttle.changed_at < before)
            .values(failures=0),
        )
    )

"""Append to the log; ``chain`` proves that nobody has changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import installation
from lms.audit.chain import START, row_hash
from lms.audit.models import CLOCK_FROM, AuditAddress, AuditHead, AuditRow


def append(
    session: Session,
    actor_id: UUID | None,
    action: str,
    subject: str,
    facts: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    address: str | None = None,
) -> AuditRow:
    """Add one row at the end of the chain.

    actor_id  the person who acts, None for the server itself or somebody unknown.
    action    what was done, as ``subject.verb``: ``certificate.withdrawn``.
    subject   what it was done to: an id or a code, never a name.
    facts     ids, codes and numbers only, as JSON.

    Call it last in a transaction: it locks the head row until the commit.
    """
    head = session.execute(
        update(AuditHead).values(rows=AuditHead.rows + 1).returning(AuditHead.rows, AuditHead.hash)
    ).one_or_none()
    if head is None:
        session.add(AuditHead(id=1, rows=1, hash=START))
        session.flush()
    number, previous = (1, START) if head is None else (head.rows, head.hash)
    row = AuditRow(
        id=number,
        at=now,
        actor_id=actor_id,
        action=action,
        subject=subject,
        facts=dict(facts or {}),
        previous=previous,
        hash=b"",
    )
    row.hash = row_hash(row)
    session.add(row)
    session.execute(update(AuditHead).values(hash=row.hash))
    if address:
        session.flush()
        session.add(AuditAddress(audit_id=number, address=address))
    return row


def confirm_clock(session: Session, *, now: datetime) -> None:
    """Take somebody's word that the clock is right now, though later moments were recorded.

    Needed after a clock was ahead: otherwise no certificate could be given until that day.
    """
    row = append(session, None, "clock.confirmed", f"{now:%Y%m%dT%H%M%SZ}", {}, now=now)
    installation.decide(session, {CLOCK_FROM: row.id}, now=now)

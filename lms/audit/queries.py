"""What the log knows, as far as the rest of the program asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.audit.models import CLOCK_FROM, AuditRow


def newest_at(session: Session) -> datetime | None:
    """Return the latest moment that the log knows, None for an empty one.

    Not that of the last row: whoever signs in under a clock that went back adds an early one.
    Rows before the clock was said to be right do not count (``actions.confirm_clock``).
    """
    return newest_since(session, installation.setting(session, CLOCK_FROM))


def newest_since(session: Session, since: int | None) -> datetime | None:
    """Return the same where the caller has read the decision ``CLOCK_FROM`` already."""
    newest = select(AuditRow.at).order_by(AuditRow.at.desc()).limit(1)
    return session.scalar(newest.where(AuditRow.id >= since) if since else newest)

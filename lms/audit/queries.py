"""What the log knows, as far as the rest of the program asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.models import AuditRow


def newest_at(session: Session) -> datetime | None:
    """Return the moment of the last thing that the log knows, None for an empty one."""
    return session.scalar(select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))

"""The append-only log of who did what. Each row holds the hash of the one before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base

# The decision that names the first row since which the clock of this server is right.
CLOCK_FROM = "clock_from"


class AuditRow(Base):
    """One thing that somebody did. Ids only: names and addresses never enter the chain."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[bytes]
    hash: Mapped[bytes]

    # Each search of the log is answered in the order of one of these.
    __table_args__ = (
        Index("ix_audit_actor_id_at", "actor_id", "at"),
        Index("ix_audit_at", "at"),
        Index("ix_audit_action_at", "action", "at"),
        Index("ix_audit_subject_at", "subject", "at"),
    )


class AuditAddress(Base):
    """The network address behind a row, apart from the chain, so that it can go after 30 days."""

    __tablename__ = "audit_address"

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    address: Mapped[str]


class AuditHead(Base):
    """The end of the chain. Whoever appends updates this row first, so the chain never forks."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    hash: Mapped[bytes]

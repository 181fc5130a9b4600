"""Work that takes longer than a page may: one row a job, done in resumable steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Job(Base):
    """A piece of work. ``cursor`` is where the next step begins; None before the first one.

    ``key`` makes asking twice harmless: one job for each (kind, key).
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    facts: Mapped[dict[str, Any]]
    cursor: Mapped[Any | None] = mapped_column(JSON)
    state: Mapped[str]  # waiting, done, failed, stopped
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    done_units: Mapped[int] = mapped_column(default=0)
    total_units: Mapped[int | None]
    asked_by: Mapped[UUID | None]
    # What it made, for the page of the person who asked: counts, and a file with its digest.
    result: Mapped[Any | None] = mapped_column(JSON)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_job_state_due_at", "state", "due_at"),
        Index("uq_job_kind_key", "kind", "key", unique=True),
    )

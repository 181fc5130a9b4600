"""Quarters whose figures are fixed for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class FrozenQuarter(Base):
    """The figures of a quarter, as a signed file; rows are added and never changed.

    programme  its code; empty for the whole country. number: 1, and one more for each correction.
    corrects   the row that this one takes the place of: it stays, and at most one corrects it.
    """

    __tablename__ = "frozen_quarter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme: Mapped[str]
    quarter: Mapped[str]  # 2026-Q2
    number: Mapped[int]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("frozen_quarter.id"), index=True)
    reason: Mapped[str | None]
    file: Mapped[str]  # digests in the file store
    pdf: Mapped[str]
    kid: Mapped[str]  # of the key that signed
    frozen_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    frozen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("programme", "quarter", "number"),)

"""What readers say of a course."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class ReaderReport(Base):
    """A reader says of a section: unclear, wrong, not so in my prison. Nobody's name is kept.

    id   random, made by the page that was sent: sending it twice makes one row, and nobody's
         name need stand beside a key.
    on   the day only: with the minute one could tell who it was.
    """

    __tablename__ = "reader_report"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    revision: Mapped[int]
    lesson: Mapped[str]
    block: Mapped[str]  # empty for the whole lesson
    language: Mapped[str]
    kind: Mapped[str]  # unclear, wrong, not-here
    text: Mapped[str]
    on: Mapped[date]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

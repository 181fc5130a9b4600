"""What people say of a draft, and who answers for an edition."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class DraftVerdict(Base):
    """A step on the way from a draft to an edition.

    state    of the draft's files when it was said: a later save makes it void.
    verdict  asked (for approval), sent-back, approved, published.
    note     why, in the words of whoever said it; for an approval over budget the reason.
    """

    __tablename__ = "draft_verdict"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), index=True)
    state: Mapped[str]
    verdict: Mapped[str]
    note: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class EditionPerson(Base):
    """Who wrote, translated, adapted or approved an edition; shown on the course's page."""

    __tablename__ = "edition_person"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # author, translator, national-editor, …
    at: Mapped[datetime]

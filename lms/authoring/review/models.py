"""Who answers for an edition."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class EditionPerson(Base):
    """Who wrote, translated, adapted or approved an edition; shown on the course's page."""

    __tablename__ = "edition_person"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # author, translator, national-editor, …
    at: Mapped[datetime]

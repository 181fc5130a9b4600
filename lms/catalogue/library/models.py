"""Reference documents: a title in each language, and one PDF for each language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Document(Base):
    """A document of the library, by the permanent code that lessons name (``doc:code``)."""

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # in addresses: a-z 0-9 -
    titles: Mapped[dict[str, str]]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


class DocumentFile(Base):
    """The file of a document in one language; a newer one takes its place.

    ``digest`` names it in the file store. ``pages`` is what was counted or typed, None: unknown.
    """

    __tablename__ = "document_file"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    pages: Mapped[int | None]
    bytes: Mapped[int]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]

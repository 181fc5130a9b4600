"""What a search finds: one row for each part of a lesson, each explained word, each document."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import DDL, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from lms.catalogue.search.dialect import DROP_INDEX, MAKE_INDEX, Words
from lms.tables import Base


class SearchEntry(Base):
    """A place that can be found in one language: of the newest edition of a course, or a document.

    Rows are made anew from what is published and can be thrown away at any time; ``Words`` are
    the folded words of the heading, and those of title, heading and text.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # section, word, document
    language: Mapped[str]
    course_id: Mapped[str | None] = mapped_column(ForeignKey("course.id"))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    lesson: Mapped[str | None]
    block: Mapped[str | None]  # the anchor in the page of the lesson
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"), index=True)
    title: Mapped[str]  # of the lesson or the document
    heading: Mapped[str]
    text: Mapped[str]
    heading_in: Mapped[str | None]  # the language where it is not that of the row
    said_in: Mapped[str | None]
    heading_words: Mapped[str] = mapped_column(Words)
    words: Mapped[str] = mapped_column(Words)

    __table_args__ = (Index("ix_search_entry_course_id_edition_id", "course_id", "edition_id"),)


def _only_in(dialect: str, statement: str) -> DDL:
    ddl: DDL = DDL(statement)  # type: ignore[no-untyped-call]
    return ddl.execute_if(dialect=dialect)


for _dialect, _statement in MAKE_INDEX.items():
    event.listen(SearchEntry.__table__, "after_create", _only_in(_dialect, _statement))
event.listen(SearchEntry.__table__, "before_drop", _only_in("sqlite", DROP_INDEX))

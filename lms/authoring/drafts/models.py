"""Drafts: course folders in work, file by file, with every version that was ever kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base, unique_while_open


class Draft(Base):
    """A course that is being written: a folder in the format of ``courses/FORMAT.md``.

    A course has at most one open draft, in which everybody works. ``edition_id`` is the edition
    that it was begun from or that was last published from it; None where there is none yet.
    """

    __tablename__ = "draft"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[str]
    slug: Mapped[str]
    source: Mapped[str]  # the language of the structure
    title: Mapped[str]  # of the course, in its source language
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class DraftContent(Base):
    """The bytes of a version, by their SHA-256; equal ones are kept once."""

    __tablename__ = "draft_content"

    digest: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class DraftVersion(Base):
    """One file as somebody left it.

    number  counts the versions of this file from 1.
    digest  of its contents; None: this version is the deletion of the file.
    kind    start, saved, auto (by itself, while somebody wrote), aside (written beside somebody
            else's version and not taken over), restored, import, removed,
            accepted (the words are those before; somebody has read a translation).
    note    what the writer says of it; may be empty.
    """

    __tablename__ = "draft_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    path: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str | None] = mapped_column(ForeignKey("draft_content.digest"))
    kind: Mapped[str]
    note: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("draft_id", "path", "number"),)


class DraftFile(Base):
    """Which version of a file is the present one; a deleted file has no row."""

    __tablename__ = "draft_file"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("draft_version.id"))
    number: Mapped[int]
    digest: Mapped[str]
    size: Mapped[int]  # bytes


class BlockText(Base):
    """What a block said, by the digest that translations name: so "stale" comes with a diff."""

    __tablename__ = "block_text"

    course_id: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class DraftComment(Base):
    """A remark on one block of a draft, open until somebody resolves it."""

    __tablename__ = "draft_comment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), index=True)
    path: Mapped[str]
    block: Mapped[str]  # its id or item code; empty for the whole file
    text: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]


Index(
    "uq_draft_open_course",
    Draft.course_id,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),  # for PostgreSQL see below
)
unique_while_open(Draft.__table__, "uq_draft_open_course")


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

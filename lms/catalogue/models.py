"""Courses and editions as published on this server: compiled rows, no page renders Markdown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Course(Base):
    """A course that this server knows, by its permanent id (``C01``)."""

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # course, handbook
    access: Mapped[str]  # open, listed, restricted
    edition_id: Mapped[int | None]  # the newest edition; new enrolments begin with it


# The number of an edition whose rows are still being made. Numbers that people see begin at 1.
HIDDEN = 0


class Edition(Base):
    """One immutable publication: (course, core digest, nation, layer digest).

    A new number changes what is taught or asked, a new revision changes words only. The number
    ``HIDDEN`` is that of an edition whose rows are still being made: nobody sees it, and its
    revision only tells it from others.
    ``facts`` holds the structure that pages and rules need, compiled from course.toml:
    see ``lms.catalogue.structure.Structure``.
    """

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    revision: Mapped[int]
    core_digest: Mapped[str]
    nation: Mapped[str | None]
    layer_digest: Mapped[str]
    package: Mapped[str]  # digest of the package in the file store
    facts: Mapped[dict[str, Any]]
    signature: Mapped[bytes | None]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]

    __table_args__ = (UniqueConstraint("course_id", "number", "revision"),)


class EditionText(Base):
    """Titles and descriptions of an edition in one language."""

    __tablename__ = "edition_text"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    # html, modules {code: title}, lessons {code: title}, said_in, loads {lesson: bytes on the
    # line}, pictures {lesson: bytes} where there are any, news {text, language} where there is any
    facts: Mapped[dict[str, Any]]
    bank_complete: Mapped[bool]  # a test can start in this language
    reviewed: Mapped[bool]


# The language of a course's title where it is not translated, NULL where it is; see
# ``structure.title_language`` for who has the facts at hand.
TITLE_IN = EditionText.facts[("said_in", "course")].as_string().label("title_in")


class EditionLesson(Base):
    """One lesson in one language, ready to send. Missing blocks are filled from other languages."""

    __tablename__ = "edition_lesson"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    parts: Mapped[dict[str, Any]]  # html, print, sections, pictures; see lms.content.html
    bytes: Mapped[int]


class EditionPicture(Base):
    """One picture of an edition; its bytes lie in the file store under their digest."""

    __tablename__ = "edition_picture"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)  # of the file inside media/
    address: Mapped[str]  # on pages: the first digits of the digest
    digest: Mapped[str]
    kind: Mapped[str]  # png, webp, jpg, avif: by content
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]


class EditionItem(Base):
    """One bank item: what the draw and the marking need. Never sent before marking."""

    __tablename__ = "edition_item"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    module: Mapped[str]
    lesson: Mapped[str]
    section: Mapped[str]  # the block of the lesson that teaches it
    kind: Mapped[str]
    critical: Mapped[str | None]  # the critical slot that it may fill
    key: Mapped[dict[str, Any]]


class EditionItemText(Base):
    """The words of one item in one language: stem, choices, feedback, as safe HTML."""

    __tablename__ = "edition_item_text"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any]]


class OfferedChange(Base):
    """A course folder that differs from what was published from it: offered, never taken."""

    __tablename__ = "offered_change"

    course_id: Mapped[str] = mapped_column(primary_key=True)
    core_digest: Mapped[str]
    seen_on: Mapped[date]


class Programme(Base):
    """Training that several partners carry for a time; it tags courses and enrolments.

    A pilot is a programme with a question, groups, dates and measures that are fixed before it
    begins (``fixed_at``); what is changed afterwards stands in ``programme_change``.
    """

    __tablename__ = "programme"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # permanent, in addresses: a-z 0-9 -
    kind: Mapped[str]  # programme, pilot
    titles: Mapped[dict[str, str]]
    issuers: Mapped[dict[str, str]]
    partners: Mapped[dict[str, str]]
    funders: Mapped[dict[str, str]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    printed: Mapped[bool]  # whether certificates may name it and its partners
    question: Mapped[str | None]
    groups: Mapped[list[Any]]
    measures: Mapped[list[Any]]
    fixed_at: Mapped[datetime | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class ProgrammeCourse(Base):
    """A course belongs to a programme; it may belong to several."""

    __tablename__ = "programme_course"

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True)


class ProgrammeChange(Base):
    """What was changed about a pilot after it was fixed: field, before, after, by whom, when."""

    __tablename__ = "programme_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JSON)
    after: Mapped[Any | None] = mapped_column(JSON)
    by: Mapped[UUID | None]
    at: Mapped[datetime]

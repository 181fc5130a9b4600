"""Enrolments, learning records, and the progress that is projected from the records."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base, unique_while_open


class Enrolment(Base):
    """A person takes a course. There is no reset: a renewal is a new enrolment."""

    __tablename__ = "enrolment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    route: Mapped[str]  # self, rule, list, trainer
    number: Mapped[int | None]  # the edition number, pinned by "Begin"
    due_on: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    begun_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]  # passed, renewed, left
    # A renewal names the enrolment before it: its test comes first.
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"))

    __table_args__ = (
        Index(
            "uq_enrolment_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),  # for PostgreSQL see below
        ),
        Index("ix_enrolment_course_id", "course_id"),
        # Every page of a learner asks for the enrolments of one person.
        Index("ix_enrolment_person_id_course_id", "person_id", "course_id"),
    )


unique_while_open(Enrolment.__table__, "uq_enrolment_open")


class LearningRecord(Base):
    """One immutable fact about learning, shaped like an xAPI statement.

    ``key`` is set where the fact can be true only once for an enrolment (a lesson completed,
    a test passed); NULL where it may repeat (reading). A correction is a new row that voids.
    """

    __tablename__ = "learning_record"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    verb: Mapped[str]
    object: Mapped[str]  # a permanent code: lesson, test, course
    key: Mapped[str | None]
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    result: Mapped[dict[str, Any] | None]
    voids: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    stored_at: Mapped[datetime]
    site_id: Mapped[UUID]
    site_seq: Mapped[int]
    session_id: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("enrolment_id", "key"),
        UniqueConstraint("site_id", "site_seq"),
    )


class Progress(Base):
    """Where an enrolment stands: a projection of its records that can be rebuilt and compared.

    lessons  completed lesson codes in the order of their completion.
    reviewed ``attempt number:lesson code`` read again after that failed attempt.
    version  rises with every change, so that a page can tell whether it is still the same.
    place    where reading stopped: lesson code and block id.
    seconds  time read as far as scripts measured it; None is "not measured".
    """

    __tablename__ = "progress"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lessons: Mapped[list[str]]
    reviewed: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=0)
    lesson: Mapped[str | None]
    section: Mapped[str | None]
    seconds: Mapped[int | None]
    passed_at: Mapped[datetime | None]
    # What the enrolment gives: from the day of the pass (or of a certificate from elsewhere) on,
    # through the last day on which it counts; None there is without end.
    held_from: Mapped[date | None]
    valid_through: Mapped[date | None]
    percent: Mapped[int | None]  # best post-test so far
    seen_at: Mapped[datetime | None]


class Extension(Base):
    """A deadline was moved, with the reason; the enrolment shows the newest."""

    __tablename__ = "extension"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    before: Mapped[date | None]
    due_on: Mapped[date]
    reason: Mapped[str]
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime]

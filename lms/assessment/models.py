"""Tests: a form is a drawn test, an attempt one person's ticket on it, an answer what they said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Form(Base):
    """A drawn test: which items in which order, and the order of each item's choices.

    It names no person and no language, so that it can be printed and used again.
    """

    __tablename__ = "form"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    test: Mapped[str]  # pre, post, refresher, delayed
    seed: Mapped[str]
    items: Mapped[list[Any]]  # [{"item": id, "order": [letters]}, …]
    made_at: Mapped[datetime]


class Attempt(Base):
    """One person's ticket on a form. ``version`` rises with every stored answer."""

    __tablename__ = "attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id"))
    test: Mapped[str]
    number: Mapped[int]
    channel: Mapped[str]  # browser, file, paper
    language: Mapped[str]
    secret: Mapped[bytes]  # keys the codes under which choices go to the browser
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    state: Mapped[str]  # open, submitted
    version: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    submit_claimed_at: Mapped[datetime | None]
    # The percentage that passes, as it was told at the start: a later change of the rule leaves it.
    # NULL in attempts from before this was kept.
    needed: Mapped[int | None]
    points: Mapped[str | None]  # an exact fraction, "17/20"
    percent: Mapped[int | None]  # rounded down: nobody passes by rounding
    passed: Mapped[bool | None]
    outcome: Mapped[dict[str, Any] | None]  # points by item, critical slots missed, by module
    entered_by: Mapped[UUID | None]
    checked_by: Mapped[UUID | None]
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempt_grant.id"))

    __table_args__ = (UniqueConstraint("enrolment_id", "test", "number"),)


class AttemptGrant(Base):
    """One more attempt for an enrolment, with the reason; used up by the attempt that needs it."""

    __tablename__ = "attempt_grant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    reason: Mapped[str]
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime]


class Answer(Base):
    """What somebody answered, never changed. (attempt, page, n) makes sending it twice harmless.

    A stale answer came from a page that had not seen a later change of the same item: it is kept
    and the person is asked. A late one came after the test had closed.
    """

    __tablename__ = "answer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    page: Mapped[str]
    n: Mapped[int]
    item_id: Mapped[str]
    choice: Mapped[Any] = mapped_column(JSON)
    language: Mapped[str]
    version_seen: Mapped[int]
    version: Mapped[int]
    stale: Mapped[bool] = mapped_column(default=False)
    late: Mapped[str | None]  # "written-in-time" or "late"
    claimed_at: Mapped[datetime | None]
    stored_at: Mapped[datetime]
    carrier: Mapped[str]  # page, script, outbox, paper
    entered_by: Mapped[UUID | None]

    __table_args__ = (UniqueConstraint("attempt_id", "page", "n"),)


class ItemCorrection(Base):
    """The right answer of a question, for editions that were published with a wrong one.

    The rows of those editions stay as they are; what is marked from ``at`` on goes by ``key``.
    Where there are several for an edition, the newest counts.
    """

    __tablename__ = "item_correction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    item_id: Mapped[str]
    number_from: Mapped[int]  # of the editions: both ends count
    number_to: Mapped[int]
    key: Mapped[dict[str, Any]]
    reason: Mapped[str]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_item_correction_course_id_item_id", "course_id", "item_id"),)


class AttemptMarkCorrection(Base):
    """Another mark of an attempt, since the key of one question was wrong. The newest counts.

    passed_after  what the right key says. A pass that was told stays one until a person decides:
                  ``passed`` is what counts.
    """

    __tablename__ = "attempt_mark_correction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    correction_id: Mapped[UUID] = mapped_column(ForeignKey("item_correction.id"), index=True)
    points: Mapped[str]
    percent_before: Mapped[int]
    percent: Mapped[int]
    passed_before: Mapped[bool]
    passed_after: Mapped[bool]
    passed: Mapped[bool]
    outcome: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "correction_id"),)

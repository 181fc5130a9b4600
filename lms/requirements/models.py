"""Who must hold what: requirements, who is exempt, and certificates that others gave."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Requirement(Base):
    """Everybody in ``function`` (all functions where None) at or below ``unit_id`` holds a course.

    ``kind`` initial: passed once and still valid. ``kind`` refresher: renewed every
    ``interval_months``, whatever the certificate says. ``grace_days`` are counted from the day on
    which the requirement or the person's posting began, the later of the two. Requirements with a
    ``place`` are a path: lower places come first. A change ends the row and adds a new one.
    """

    __tablename__ = "requirement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    function: Mapped[str | None]  # P1 to P7
    kind: Mapped[str]  # initial, refresher
    interval_months: Mapped[int | None]
    grace_days: Mapped[int]
    place: Mapped[int | None]
    enrols: Mapped[bool]  # whoever comes under it is enrolled the same day
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class Exemption(Base):
    """A person need not hold a course: who says so, why, until when, on which evidence."""

    __tablename__ = "exemption"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    reason: Mapped[str]
    evidence: Mapped[str]
    until_on: Mapped[date]
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    __table_args__ = (Index("ix_exemption_person_id_course_id", "person_id", "course_id"),)


class ExternalCertificate(Base):
    """A certificate that somebody else gave, counted here as "waived, because" once checked.

    Entered by one person and checked by another; the learning record behind it belongs to
    ``enrolment_id``.
    """

    __tablename__ = "external_certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    title: Mapped[str]
    issuer: Mapped[str]
    number: Mapped[str | None]
    completed_on: Mapped[date]
    valid_through: Mapped[date | None]
    evidence: Mapped[str]  # where the paper lies, or what was seen
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    checked_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    refused_because: Mapped[str | None]

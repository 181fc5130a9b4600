"""Certificates: the fact, the holder's name apart from it, and what happened to it later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Certificate(Base):
    """One certificate. Its id is the serial that is signed and printed nowhere else.

    Awarded by the person's confirmation of the name (unique per enrolment and generation); the
    worker then draws the number, signs and writes the PDF. ``issued_at`` is NULL until it has.
    ``snapshot`` keeps every printed field but the name; ``name_digest`` a keyed digest of that.
    """

    __tablename__ = "certificate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    generation: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempt.id"))
    number: Mapped[str | None] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    status_index: Mapped[int] = mapped_column(unique=True)
    completed_on: Mapped[date]
    valid_through: Mapped[date | None]
    snapshot: Mapped[dict[str, Any] | None]
    name_digest: Mapped[bytes | None]
    awarded_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("enrolment_id", "generation"),)


class CertificateHolder(Base):
    """The printed name, the signed payload and the PDF: they go when the identity goes."""

    __tablename__ = "certificate_holder"

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    names: Mapped[list[str]]
    payload: Mapped[bytes | None]
    pdf: Mapped[str | None]  # digest in the file store


class CertificateEvent(Base):
    """A withdrawal or a replacement; the certificate's own row never changes."""

    __tablename__ = "certificate_event"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[str]  # withdrawn, replaced
    reason: Mapped[str]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id"))
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class CertificateLayout(Base):
    """How certificates of one programme look; those of the others have the common layout.

    What a certificate was printed with stands in its snapshot, so this may change at any time.
    """

    __tablename__ = "certificate_layout"

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    issuers: Mapped[dict[str, str]]
    signatories: Mapped[list[Any]]
    logos: Mapped[list[str]]  # digests in the file store
    changed_at: Mapped[datetime]


class CertificateCounter(Base):
    """The last certificate number of a year: gapless, drawn in the awarding transaction."""

    __tablename__ = "certificate_counter"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class WithdrawalList(Base):
    """A signed, dated list of withdrawn certificates, as published; the newest counts."""

    __tablename__ = "withdrawal_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    document: Mapped[bytes]

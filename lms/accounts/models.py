"""People, where they work, what they may do, and how they sign in.

A person is separate from the identity (names, service number) and the credential: deleting the
identity anonymises, and every count stays true.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.tables import Base


class Person(Base):
    """Somebody who learns here. Everyone is a learner; grants add the rest."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]  # active, disabled, anonymised
    rank_group: Mapped[str | None]  # G1 to G4
    sex: Mapped[str | None]  # f, m, or nothing
    extra_time: Mapped[int] = mapped_column(default=0)  # percent added to every time limit
    made_at: Mapped[datetime]


class Identity(Base):
    """What tells who a person is. This table alone can be deleted from, or encrypted later."""

    __tablename__ = "identity"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    service_number: Mapped[str]
    service_number_folded: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_latin: Mapped[str | None]  # the same name in Latin letters, where the first is not
    language: Mapped[str]
    names_confirmed_at: Mapped[datetime | None]
    # Names and number folded, for searching: lower() of SQLite knows no Cyrillic.
    search: Mapped[str]


class Credential(Base):
    """How a person proves who they are. Codes and spare codes are stored hashed, single use."""

    __tablename__ = "credential"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str | None]
    code_hash: Mapped[str | None]
    code_until: Mapped[datetime | None]
    spare_code_hash: Mapped[str | None]
    changed_at: Mapped[datetime]


class Unit(Base):
    """A place in the tree country > region > facility. ``path`` is ``/1/4/`` with unit numbers.

    Codes may be opaque; ``names`` is language -> name.
    """

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]  # country, region, facility, section
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    path: Mapped[str] = mapped_column(unique=True)
    closed_on: Mapped[date | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))


class UnitName(Base):
    """How a unit was called until a day: a rename keeps what stood on the papers of that time."""

    __tablename__ = "unit_name"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str]
    names: Mapped[dict[str, str]]
    until_on: Mapped[date]  # the last day on which they counted


class Posting(Base):
    """A person worked at a unit in a function, from a day to a day. A transfer is a new row."""

    __tablename__ = "posting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    function: Mapped[str]  # P1 to P7
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Grant(Base):
    """A person holds a role at a unit (and all below it) or at a course.

    At a unit: administrator, trainer, observer, inspector, confidential-reader. At a course:
    author, translator, national-editor, reviewer, publisher.
    """

    __tablename__ = "grant_"  # GRANT is a word of SQL

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    course_id: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class SignIn(Base):
    """One signed-in browser. The token itself is never stored, only its SHA-256."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    machine: Mapped[str]  # unknown, shared, own
    # Opened with a one-time code: may do nothing but choose a password.
    choosing: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]  # sign-out, replaced, disabled, reset, password, restored


class SecondFactor(Base):
    """What a person has besides the password: an app that shows numbers, or printed codes.

    The app's secret is not stored: it is made from ``nonce`` and a key file of the data folder,
    so that a copied database alone opens nothing. Printed codes are stored hashed, single use.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    nonce: Mapped[bytes | None]  # None: no app is set up
    confirmed_at: Mapped[datetime | None]  # when the app showed its first right number
    last_step: Mapped[int] = mapped_column(default=0)  # 30 s steps; a number counts once
    code_hashes: Mapped[list[str]]  # of the printed codes that are left
    codes_made_at: Mapped[datetime | None]


class Throttle(Base):
    """Failures of one account or one network address, and when the next try is heard."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)  # "account:…" or "address:…"
    failures: Mapped[int]
    next_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class HeldForm(Base):
    """A form that arrived after its session had ended by time: kept a day for the same person."""

    __tablename__ = "held_form"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str]
    fields: Mapped[list[Any]]
    made_at: Mapped[datetime]


class StaffImport(Base):
    """A spreadsheet of people or places on its way into the register, and back out of it.

    ``state``: reading, read (columns known), checking, checked (the dry run is done), running,
    done, undoing, undone; failed (cannot be read), dropped (thrown away before it did anything).
    Rows, file and previews are deleted after 30 days; this row stays as a fact of the log.
    """

    __tablename__ = "staff_import"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # people, places
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    file: Mapped[str]  # digest in the file store
    file_name: Mapped[str]
    state: Mapped[str]
    reading: Mapped[dict[str, Any]]  # encoding, separator, sheet, header row
    mapping: Mapped[dict[str, Any]]  # field of ours -> column of theirs
    counts: Mapped[dict[str, Any]]  # verdict -> number of rows
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class StaffImportRow(Base):
    """One row of a spreadsheet: what it would do, what it did, and what was there before."""

    __tablename__ = "staff_import_row"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("staff_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # as the spreadsheet counts
    verdict: Mapped[str]  # new, changed, moved, same, missing, duplicate, refused
    facts: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]  # messages: [msgid, values]
    subject_id: Mapped[UUID | None]  # the person or unit that it is about
    before: Mapped[Any | None] = mapped_column(JSON)  # what undoing puts back
    done: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_staff_import_row_import_id_verdict", "import_id", "verdict"),)


class JobTitle(Base):
    """A job title of this country, and which function of ours it is: for the next list of staff."""

    __tablename__ = "job_title"

    key: Mapped[str] = mapped_column(primary_key=True)  # folded
    title: Mapped[str]
    function: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]


class RequestKey(Base):
    """An unsafe request that was carried out, and what was answered; a repeat gets the same."""

    __tablename__ = "request_key"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    answer: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


Index("ix_session_live", SignIn.seen_at, sqlite_where=text("ended_at IS NULL"))
Index("ix_posting_person_current", Posting.person_id, Posting.ends_on)
UniqueConstraint(Grant.person_id, Grant.role, Grant.unit_id, Grant.course_id, Grant.starts_on)

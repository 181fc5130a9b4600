"""What the log holds, as far as a viewer may read it: names only of people whom they look after."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Unit
from lms.accounts.rules import folded_service_number
from lms.admin.trail.rules import (
    Shown,
    Title,
    Wanted,
    course_in,
    each_fact,
    edition_in,
    ids_in,
    places_in,
    reads_everything,
    said_of,
)
from lms.audit.models import AuditRow
from lms.catalogue.models import TITLE_IN, Course, Edition, EditionText
from lms.catalogue.scope import may_be_offered
from lms.certificates.models import Certificate
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer

# No more rows are counted or paged through; who looks for older ones says until which day.
MOST_ROWS = 2_500
SET_BACK = ("backup.restored", "upgrade.undone")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the log. ``total`` counts at most ``MOST_ROWS``.

    places  id -> names of the places in the rows, by language, the code under ``""``; only for
            who reads the whole log.
    """

    rows: Sequence[Shown]
    total: int
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def require_reader(viewer: Viewer) -> None:
    """Raise NotFound unless the log is for this person: the country's office, an inspector."""
    if not (reads_everything(viewer) or viewer.holds("inspector")):
        raise NotFound


def person(
    session: Session, viewer: Viewer, number: str, *, today: date, typed: str = ""
) -> tuple[UUID, date, str]:
    """Return who has a service number, the last day of which the viewer may know, and a subject.

    typed   what ``subject`` would be asked for; the same query answers it.
    raises  NotFound for a number of nobody whom the viewer looks after.
    """
    require_reader(viewer)
    until = scope.seen_until(viewer, "inspector", today)
    found = session.execute(
        select(Person.id, until, *_meant(typed))
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Identity.service_number_folded == folded_service_number(number),
            scope.looked_after(viewer),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    last = date.max if reads_everything(viewer) else _day(found[1])
    if last is None:
        raise NotFound
    return found[0], last, str(found[2] or found[3] or typed)


def _day(value: Any) -> date | None:  # noqa: ANN401 -- a date, or its text where SQLite computed it
    return date.fromisoformat(value) if isinstance(value, str) else value


def subject(session: Session, viewer: Viewer, typed: str) -> str:
    """Return the subject that a typed number means: of a certificate or a place, else as it is."""
    require_reader(viewer)
    found = session.execute(select(*_meant(typed))).one()
    return str(found[0] or found[1] or typed)


def _meant(typed: str) -> tuple[ScalarSelect[UUID], ScalarSelect[UUID]]:
    """Return the certificate and the place that a typed number means, as columns of a query."""
    certificate = select(Certificate.id).where(Certificate.number == typed.upper())
    unit = select(Unit.id).where(Unit.code == typed)
    return certificate.scalar_subquery(), unit.scalar_subquery()


def entries(session: Session, viewer: Viewer, wanted: Wanted, *, limit: int, offset: int) -> Found:
    """Return one page of the rows that are wanted, the newest first.

    An inspector of one branch reads what one person of it did and what was done to them; without
    a person there is nothing.
    """
    require_reader(viewer)
    if wanted.person is None and not reads_everything(viewer):
        return Found((), 0)
    conditions = _conditions(wanted)
    bounded = select(AuditRow.id).where(*conditions).limit(MOST_ROWS).subquery()
    found = session.execute(
        select(AuditRow, select(func.count()).select_from(bounded).scalar_subquery())
        .where(*conditions)
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(max(0, min(limit, MOST_ROWS - offset)))
        .offset(offset)
    ).all()
    rows = [row for row, _ in found]
    people, places = _called(session, viewer, rows)
    return Found(
        [said_of(viewer, row, people) for row in rows], found[0][1] if found else 0, places
    )


def every_entry(session: Session, viewer: Viewer, wanted: Wanted, most: int) -> Iterator[Shown]:
    """Yield the rows that are wanted, the newest first, with ids alone: for a file."""
    require_reader(viewer)
    if wanted.person is None and not reads_everything(viewer):
        return
    rows = (
        select(AuditRow)
        .where(*_conditions(wanted))
        .order_by(AuditRow.at.desc(), AuditRow.id.desc())
        .limit(most)
    )
    for row in session.scalars(rows).yield_per(500):
        session.expunge(row)
        yield said_of(viewer, row, {})


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        about = AuditRow.subject == str(wanted.person)
        found.append(or_(AuditRow.actor_id == wanted.person, about))
    if wanted.action:
        # One person has few rows, an action half of the log: its index is kept from SQLite.
        few = wanted.person is not None or bool(wanted.subject)
        action = func.coalesce(AuditRow.action, "") if few else AuditRow.action
        found.append(action == wanted.action)
    if wanted.subject:
        found.append(AuditRow.subject == wanted.subject)
    if wanted.since is not None:
        found.append(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditRow.at < wanted.until)
    return found


def _called(
    session: Session, viewer: Viewer, rows: Iterable[AuditRow]
) -> tuple[dict[UUID, tuple[str, str]], dict[str, Mapping[str, str]]]:
    """Return what the people and places in the rows are called, in one query.

    people  name and number of those whom the viewer looks after, by id.
    places  names by language, by id; only for who reads the whole log.
    """
    people = {each for row in rows for each in ids_in(row)}
    places = {each for row in rows for each in places_in(row)} if reads_everything(viewer) else ()
    if not people and not places:
        return {}, {}
    units = select(Unit.id, Unit.code, literal("").label("number"), Unit.names)
    persons = select(Identity.person_id, Identity.name, Identity.service_number, null())
    found: Sequence[Any] = session.execute(
        union_all(
            units.where(Unit.id.in_(places)),
            persons.join(Person, Person.id == Identity.person_id).where(
                Identity.person_id.in_(people), scope.looked_after(viewer)
            ),
        )
    ).all()
    return (
        {found_id: (name, number) for found_id, name, number, names in found if names is None},
        {
            str(found_id): {**names, "": code}
            for found_id, code, _, names in found
            if names is not None
        },
    )


def titles(
    session: Session, viewer: Viewer, rows: Iterable[Shown], language: str
) -> dict[str | int, Title]:
    """Return the titles of the courses that rows name, by the id of a course or of an edition.

    A course that this server does not know, or of which nothing is published, is left out. The
    title of a restricted course is empty, unless its reader may know who takes it.
    """
    require_reader(viewer)
    title = case((may_be_offered(viewer), EditionText.title), else_="")
    courses, editions = set(), set()
    for row in rows:
        for key, value in (("", row.subject), *each_fact(row.facts)):
            courses.add(course_in(row.action, key, value))
            editions.add(edition_in(key, value))
    courses.discard("")
    editions.discard(None)
    if not courses | editions:
        return {}
    found = session.execute(
        select(
            Course.id,
            Course.edition_id,
            Edition.id,
            Edition.number,
            Edition.revision,
            title,
            TITLE_IN,
        )
        .join(Edition, Edition.course_id == Course.id)
        .join(EditionText, EditionText.edition_id == Edition.id)
        .where(
            EditionText.language == language,
            or_(
                and_(Course.id.in_(courses), Edition.id == Course.edition_id),
                Edition.id.in_(editions),
            ),
        )
    )
    called: dict[str | int, Title] = {}
    for course, newest, edition, number, revision, text, title_in in found:
        called[edition] = Title(f"{course} {number}.{revision}", text, title_in or "")
        if edition == newest:
            called[course] = Title(course, text, title_in or "")
    return called


def newest_restore(session: Session, viewer: Viewer, after: datetime | None) -> AuditRow | None:
    """Return the first row after a moment that tells of a restored backup, None without one.

    An upgrade that was undone has restored the backup that was made before it.
    """
    require_reader(viewer)
    wanted = select(AuditRow).where(AuditRow.action.in_(SET_BACK))
    if after is not None:
        wanted = wanted.where(AuditRow.at >= after)
    return session.scalar(wanted.order_by(AuditRow.at).limit(1))


def certificate_heads(session: Session, viewer: Viewer) -> set[str]:
    """Return the heads of the log that certificates have kept since they were issued."""
    require_reader(viewer)
    kept = Certificate.snapshot["audit_head"].as_string()
    return {
        head
        for head in session.scalars(
            select(kept).where(Certificate.issued_at.is_not(None)).execution_options(yield_per=500)
        )
        if head
    }


def hashes(session: Session, viewer: Viewer) -> Generator[bytes]:
    """Yield the hash of every row of the log; whoever stops before the end closes it."""
    require_reader(viewer)
    with closing(session.scalars(select(AuditRow.hash)).yield_per(5000)) as found:
        yield from found

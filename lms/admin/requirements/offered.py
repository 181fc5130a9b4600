"""What the pages of requirements offer and preview; each part asked with the viewer's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Identity, Person
from lms.accounts.rules import folded_service_number
from lms.catalogue.models import TITLE_IN, Course, EditionText
from lms.catalogue.programmes.queries import open_to_enrol
from lms.catalogue.programmes.rules import said_in
from lms.catalogue.scope import may_be_offered, may_be_offered_for
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.requirements import queries
from lms.requirements.queries import Standing
from lms.requirements.rules import COVERED

Courses = list[tuple[str, str, str | None]]  # id, title, and its language where not translated


def courses(session: Session, viewer: Viewer, language: str, unit: str = "") -> Courses:
    """Return the published courses that a form offers for a place, by their id.

    unit  its code; empty for every place that the viewer administers.
    """
    return _courses(session, language, and_(Course.kind == "course", may_be_offered(viewer, unit)))


def listed_handbooks(session: Session, viewer: Viewer, language: str) -> Courses:
    """Return the handbooks that only those read who are on their list."""
    condition = and_(Course.kind == "handbook", Course.access != "open", may_be_offered(viewer))
    return _courses(session, language, condition)


def courses_for(
    session: Session, viewer: Viewer, language: str, person_id: UUID, *, today: date
) -> Courses:
    """Return the published courses that a page about one person offers and names."""
    offered = may_be_offered_for(viewer, person_id, today)
    return _courses(session, language, and_(Course.kind == "course", offered))


def every_course(session: Session, language: str) -> Courses:
    """Return all published courses, to name those of rows that were found for the viewer."""
    return _courses(session, language, Course.kind == "course")


def _courses(session: Session, language: str, condition: ColumnElement[bool]) -> Courses:
    statement = (
        select(Course.id, EditionText.title, TITLE_IN)
        .join(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(condition)
        .order_by(Course.id)
        .limit(200)
    )
    return [(each.id, each.title, each.title_in) for each in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Offered:
    """A programme for which somebody may still be enrolled, as the reader calls it."""

    code: str
    title: str
    course_ids: tuple[str, ...]


def programmes(session: Session, viewer: Viewer, language: str, *, today: date) -> list[Offered]:
    """Return the programmes that are not over, the one that begins last first."""
    found: dict[str, Offered] = {}
    for row in open_to_enrol(session, viewer, day=today):
        known = found.get(row.code)
        courses = (*(known.course_ids if known else ()), row.course_id)
        found[row.code] = Offered(row.code, said_in(row.titles, language)[1], courses)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One number of a pasted list. ``known``: somebody whom the viewer administers has it."""

    number: str
    known: bool
    name: str = ""
    enrolled: bool = False
    standings: tuple[Standing, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing that this person must hold is missing."""
        return all(each.status in COVERED for each in self.standings)


def preview(
    session: Session, viewer: Viewer, numbers: Sequence[str], course_id: str, *, today: date
) -> list[Line]:
    """Return for each number of a list whom it means, and whether they are enrolled already."""
    people = _people(session, viewer, numbers, today=today)
    ids = [person_id for person_id, _ in people.values()]
    there = set(
        session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.person_id.in_(ids),
                Enrolment.course_id == course_id,
                Enrolment.closed_at.is_(None),
            )
        )
    )
    lines = []
    for number in numbers:
        found = people.get(folded_service_number(number))
        if found is None:
            lines.append(Line(number, known=False))
        else:
            lines.append(Line(number, known=True, name=found[1], enrolled=found[0] in there))
    return lines


def shift(session: Session, viewer: Viewer, numbers: Sequence[str], *, today: date) -> list[Line]:
    """Return for each number of a list how that person stands towards everything they must hold.

    What is confidential is left out, unless the viewer reads it: the sheet is printed.
    """
    people = _people(session, viewer, numbers, today=today)
    ids = [person_id for person_id, _ in people.values()]
    standings = queries.of_people(session, viewer, ids, today=today)
    lines = []
    for number in numbers:
        found = people.get(folded_service_number(number))
        if found is None:
            lines.append(Line(number, known=False))
        else:
            lines.append(
                Line(number, known=True, name=found[1], standings=tuple(standings[found[0]]))
            )
    return lines


def _people(
    session: Session, viewer: Viewer, numbers: Sequence[str], *, today: date
) -> dict[str, tuple[UUID, str]]:
    folded = [folded_service_number(number) for number in numbers]
    rows = session.execute(
        select(Identity.service_number_folded, Identity.person_id, Identity.name)
        .join(Person, Person.id == Identity.person_id)
        .where(
            Identity.service_number_folded.in_(folded),
            scope.works_below(viewer, "administrator", today),
        )
    )
    return {number: (person_id, name) for number, person_id, name in rows}

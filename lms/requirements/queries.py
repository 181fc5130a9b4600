"""Who stands how towards what they must hold. The viewer's scope is in every statement.

One statement, ``_duties``, pairs people with the requirements of their places and functions; the
pages, the printed lists, the exports and the learner's own home all stand on it. How somebody
stands is decided in SQL here and by ``rules.Duty`` for a row; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.assessment.models import Attempt
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme, ProgrammeCourse
from lms.catalogue.scope import may_be_known
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.learning.rules import FINAL_TESTS
from lms.requirements import rules
from lms.requirements.models import Exemption, ExternalCertificate, Requirement
from lms.requirements.rules import REMIND, WORSE, Duty, Status
from lms.tables import AnyRow

_place = aliased(Unit)  # where the requirement stands
MOST_REQUIREMENTS = 200
# Every list of requirements, and the same one on both databases.
_IN_THE_PATH = (
    Requirement.place.is_(None), Requirement.place, Requirement.course_id, Requirement.function,
    Requirement.id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """A person under a requirement with everything that a line of a list shows."""

    row: AnyRow
    duty: Duty
    status: Status


def requirements(session: Session, viewer: Viewer, language: str, *, today: date) -> list[AnyRow]:
    """Return the requirements in force where the viewer administers, in the order of the path.

    Those that stand above and reach into the viewer's branch are among them, to be read only
    (``mine`` is false). What concerns a confidential function alone, or a restricted course, is
    left out for whom it is not entrusted to.
    """
    tops = viewer.unit_paths("administrator")
    above = or_(
        false(),
        *(func.substr(literal(top), 1, func.length(_place.path)) == _place.path for top in tops),
    )
    return list(
        session.execute(
            select(
                Requirement.id, Requirement.course_id, Requirement.function, Requirement.kind,
                Requirement.interval_months, Requirement.grace_days, Requirement.place,
                Requirement.enrols, Requirement.starts_on, Requirement.ends_on,
                _place.code.label("unit_code"), _place.names.label("unit_names"),
                _place.path.label("unit_path"), Course.slug, Course.access, EditionText.title,
                TITLE_IN,
                scope.below(_place.path, tops).label("mine"),
                Programme.titles.label("programme"),
            )
            .join(_place, _place.id == Requirement.unit_id)
            .join(Course, Course.id == Requirement.course_id)
            .outerjoin(Programme, Programme.id == Requirement.programme_id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(
                _in_force(today), or_(scope.below(_place.path, tops), above), _may_be_known(viewer)
            )
            .order_by(*_IN_THE_PATH)
            .limit(MOST_REQUIREMENTS)
        )
    )  # fmt: skip


def requirement(
    session: Session, viewer: Viewer, requirement_id: UUID, language: str, *, today: date
) -> AnyRow:
    """Return one requirement of ``requirements``. raises NotFound for any other."""
    for row in requirements(session, viewer, language, today=today):
        if row.id == requirement_id:
            return row
    raise NotFound


def counts_since(session: Session, requirement_id: UUID) -> date:
    """Return the first day of a requirement that its caller has just set."""
    return session.execute(
        select(Requirement.starts_on).where(Requirement.id == requirement_id)
    ).scalar_one()


def counts(session: Session, viewer: Viewer, *, today: date) -> dict[UUID, dict[Status, int]]:
    """Return for each requirement how many of the viewer's people stand how."""
    state = _status(today)
    rows = session.execute(
        _duties(
            viewer, today, Requirement.id, state.label("state"), func.count().label("people")
        ).group_by(Requirement.id, state)
    )
    found: dict[UUID, dict[Status, int]] = {}
    for requirement_id, said, people in rows:
        found.setdefault(requirement_id, {})[Status(said)] = people
    return found


def people(
    session: Session, viewer: Viewer, requirement_id: UUID, *, today: date, status: str = "",
    unit: str = "", limit: int | None = None, offset: int = 0,
) -> tuple[list[Standing], int]:  # fmt: skip
    """Return the viewer's people under a requirement, by name, and how many there are in all.

    status  a value of ``Status``, or empty for all. unit  a code: there and below.
    """
    statement = _duties(viewer, today, *_LINE, *_FACTS).where(Requirement.id == requirement_id)
    if status:
        statement = statement.where(_status(today) == status)
    if unit:
        top = aliased(Unit)
        path = select(top.path).where(top.code == unit).scalar_subquery()
        statement = statement.where(func.substr(Unit.path, 1, func.length(path)) == path)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(Identity.name, Identity.person_id).limit(limit).offset(offset)
    )
    return _standings(rows, today), total


def of_people(
    session: Session, viewer: Viewer, person_ids: Sequence[UUID], *, today: date
) -> dict[UUID, list[Standing]]:
    """Return how these people stand towards everything, as far as the viewer administers them."""
    found: dict[UUID, list[Standing]] = {each: [] for each in person_ids}
    for start in range(0, len(person_ids), 500):
        some = person_ids[start : start + 500]
        rows = session.execute(
            _among(some, today)
            .where(
                scope.below(Unit.path, viewer.unit_paths("administrator")), _may_be_known(viewer)
            )
            .order_by(*_IN_THE_PATH)
        )  # fmt: skip
        for each in _standings(rows, today):
            found[each.row.person_id].append(each)
    return found


def titles(
    session: Session, standings: Sequence[Standing], language: str
) -> dict[str, tuple[str, str | None]]:
    """Return the titles of the courses of these standings: (title, its language), by course.

    The language is None where the title is in ``language``. Courses without an edition are left
    out.
    """
    wanted = {each.row.course_id for each in standings}
    if not wanted:
        return {}
    rows = session.execute(
        select(Course.id, EditionText.title, TITLE_IN)
        .join(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(Course.id.in_(wanted))
    )
    return {row.id: (row.title, row.title_in) for row in rows}


def mine(session: Session, viewer: Viewer, *, today: date) -> list[Standing]:
    """Return how the viewer stands towards what they must hold, in the order of the path."""
    rows = session.execute(
        _among([viewer.person_id], today)
        .order_by(*_IN_THE_PATH)
    )  # fmt: skip
    return _standings(rows, today)


def worst_of_each(standings: Sequence[Standing], viewer: Viewer | None = None) -> list[Standing]:
    """Return one line a course, the worse where two requirements ask for it, in the same order."""
    del viewer  # the lines were found for them
    worst: dict[str, Standing] = {}
    for each in standings:
        known = worst.get(each.row.course_id)
        if known is None or WORSE.index(each.status) > WORSE.index(known.status):
            worst[each.row.course_id] = each
    return list(worst.values())


def missing(
    session: Session, viewer: Viewer, requirement_id: UUID, *, today: date,
    most: int | None = None,
) -> list[AnyRow]:  # fmt: skip
    """Return who under a requirement neither holds the course nor is enrolled in it.

    ``programme_id``: for which programme they would learn.
    """
    statement = _duties(viewer, today, *_LINE, *_FACTS, _learned_for(today)).where(
        Requirement.id == requirement_id, _open.id.is_(None),
        _status(today).in_([Status.NEVER.value, Status.OVERDUE.value]),
    )  # fmt: skip
    by_name = statement.order_by(Identity.name, Identity.person_id).limit(most)
    return list(session.execute(by_name))


def _learned_for(today: date) -> Any:  # noqa: ANN401 -- a column
    """Return the requirement's programme; NULL once it is over, or the course belongs no more."""
    return (
        select(ProgrammeCourse.programme_id)
        .join(Programme, Programme.id == ProgrammeCourse.programme_id)
        .where(
            ProgrammeCourse.programme_id == Requirement.programme_id,
            ProgrammeCourse.course_id == Requirement.course_id,
            or_(Programme.ends_on.is_(None), Programme.ends_on >= today),
        )
        .correlate(Requirement)
        .scalar_subquery()
        .label("programme_id")
    )


def reminders(session: Session, viewer: Viewer, unit: str, *, today: date) -> list[Standing]:
    """Return everybody at or below a unit for whom something is due, overdue or not begun.

    What is confidential is left out unless the viewer reads it: the list is printed.
    """
    top = aliased(Unit)
    path = select(top.path).where(top.code == unit).scalar_subquery()
    rows = session.execute(
        _duties(viewer, today, *_LINE, *_FACTS)
        .where(
            func.substr(Unit.path, 1, func.length(path)) == path,
            _status(today).not_in([Status.VALID.value, Status.EXEMPT.value]),
        )
        .order_by(Identity.name, Identity.person_id, *_IN_THE_PATH)
        .limit(5000)
    )
    return _standings(rows, today)


def enrolment(session: Session, viewer: Viewer, enrolment_id: UUID, *, today: date) -> AnyRow:
    """Return an open enrolment of somebody whom the viewer administers, with the name.

    raises NotFound for any other.
    """
    found = session.execute(
        select(
            Enrolment.id, Enrolment.person_id, Enrolment.course_id, Enrolment.due_on,
            Identity.name,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Enrolment.id == enrolment_id, Enrolment.closed_at.is_(None),
            scope.works_below(viewer, "administrator", today),
        )
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def learned(
    session: Session, viewer: Viewer, person_id: UUID, language: str, *, until: date, today: date
) -> list[AnyRow]:
    """Return the courses of a person whom the viewer looks after, newest first.

    until  facts of later days belong to another place and are left out.

    ``tests`` counts the final tests that were handed in. Restricted courses are seen by
    confidential readers of the person's place alone.
    """
    end = scope.end_of(until)

    def by_then(moment: Any, fact: Any) -> Any:  # noqa: ANN401 -- columns
        return case((moment <= end, fact))

    tests = (
        select(func.count())
        .where(
            Attempt.enrolment_id == Enrolment.id, Attempt.test.in_(FINAL_TESTS),
            Attempt.submitted_at <= end,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )  # fmt: skip
    return list(
        session.execute(
            select(
                Enrolment.id, Enrolment.course_id, Enrolment.route, Enrolment.made_at,
                by_then(Enrolment.begun_at, Enrolment.begun_at).label("begun_at"),
                Enrolment.due_on, Enrolment.closed_at,
                by_then(Enrolment.closed_at, Enrolment.closed_because).label("closed_because"),
                Progress.lessons, Progress.percent, Progress.passed_at, Progress.held_from,
                Progress.valid_through, Course.slug, EditionText.title, TITLE_IN,
                tests.label("tests"),
                Programme.titles.label("programme"),
            )
            .join(Person, Person.id == Enrolment.person_id)
            .join(Course, Course.id == Enrolment.course_id)
            .outerjoin(Programme, Programme.id == Enrolment.programme_id)
            .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(
                Person.id == person_id, scope.looked_after(viewer),
                may_be_known(viewer, min(until, today)), Enrolment.made_at <= end,
            )
            .order_by(Enrolment.made_at.desc(), Enrolment.id)
            .limit(100)
        )
    )  # fmt: skip


def exemptions(session: Session, viewer: Viewer, person_id: UUID) -> list[AnyRow]:
    """Return the exemptions of a person whom the caller has found for the viewer."""
    del viewer
    giver = aliased(Identity)
    return list(
        session.execute(
            select(
                Exemption.id, Exemption.course_id, Exemption.reason, Exemption.evidence,
                Exemption.until_on, Exemption.given_at, Exemption.ended_at, giver.name,
            )
            .outerjoin(giver, giver.person_id == Exemption.given_by)
            .where(Exemption.person_id == person_id)
            .order_by(Exemption.given_at.desc())
            .limit(50)
        )
    )  # fmt: skip


def external(session: Session, viewer: Viewer, person_id: UUID) -> list[ExternalCertificate]:
    """Return what others gave to a person whom the caller has found for the viewer."""
    del viewer
    return list(
        session.scalars(
            select(ExternalCertificate).where(ExternalCertificate.person_id == person_id)
            .order_by(ExternalCertificate.entered_at.desc()).limit(50)
        )
    )  # fmt: skip


def to_check(session: Session, viewer: Viewer, *, today: date) -> list[AnyRow]:
    """Return the certificates of others that wait for somebody to check them."""
    return list(
        session.execute(
            select(
                ExternalCertificate.id, ExternalCertificate.course_id, ExternalCertificate.title,
                ExternalCertificate.issuer, ExternalCertificate.number,
                ExternalCertificate.completed_on, ExternalCertificate.valid_through,
                ExternalCertificate.evidence, ExternalCertificate.entered_by,
                ExternalCertificate.person_id, Identity.name, Identity.service_number,
            )
            .join(Person, Person.id == ExternalCertificate.person_id)
            .join(Identity, Identity.person_id == Person.id)
            .where(
                ExternalCertificate.checked_at.is_(None),
                scope.works_below(viewer, "administrator", today),
            )
            .order_by(ExternalCertificate.entered_at)
            .limit(200)
        )
    )  # fmt: skip


# ---- The pairing --------------------------------------------------------------------------------


# What somebody holds of a course, and what they are exempt from: grouped over everybody for a list,
# over a few people where it is about them (``_among``): a home page must not read a country.
def _held_by(people: Sequence[UUID] | None) -> Any:  # noqa: ANN401 -- a subquery
    statement = (
        select(
            Enrolment.person_id, Enrolment.course_id,
            func.max(Progress.held_from).label("held_from"),
            # The end of the longest one; a pass without end beats every day.
            func.max(func.coalesce(Progress.valid_through, date.max)).label("through"),
        )
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .where(Progress.held_from.is_not(None))
        .group_by(Enrolment.person_id, Enrolment.course_id)
    )  # fmt: skip
    if people is not None:
        statement = statement.where(Enrolment.person_id.in_(people))
    return statement.subquery("held")


def _exempt_among(people: Sequence[UUID] | None) -> Any:  # noqa: ANN401 -- a subquery
    statement = (
        select(
            Exemption.person_id, Exemption.course_id,
            func.max(Exemption.until_on).label("until_on"),
        )
        .where(Exemption.ended_at.is_(None))
        .group_by(Exemption.person_id, Exemption.course_id)
    )  # fmt: skip
    if people is not None:
        statement = statement.where(Exemption.person_id.in_(people))
    return statement.subquery("exempt")


_held, _exempt = _held_by(None), _exempt_among(None)
_open = aliased(Enrolment)

_LINE = (
    Person.id.label("person_id"), Identity.name, Identity.service_number,
    Unit.code.label("unit_code"), Unit.names.label("unit_names"),
    Requirement.id.label("requirement_id"), Requirement.course_id, Requirement.place,
    _open.id.label("enrolment_id"),
)  # fmt: skip
_FACTS = (
    Requirement.starts_on.label("required_on"), Posting.starts_on.label("posted_on"),
    Requirement.grace_days, Requirement.interval_months, Requirement.kind, _held.c.held_from,
    _held.c.through, _open.begun_at, _open.due_on, _exempt.c.until_on,
)  # fmt: skip


def _in_force(today: date) -> ColumnElement[bool]:
    return and_(
        Requirement.starts_on <= today,
        or_(Requirement.ends_on.is_(None), Requirement.ends_on >= today),
    )


def _may_be_known(viewer: Viewer) -> ColumnElement[bool]:
    """Return whether the viewer may know of a requirement; see ``scope.shown_function``."""
    entrusted = scope.below(_place.path, viewer.unit_paths("confidential-reader"))
    return or_(
        entrusted,
        and_(
            Course.access != "restricted",
            or_(
                Requirement.function.is_(None),
                Requirement.function.not_in(scope.CONFIDENTIAL_FUNCTIONS),
            ),
        ),
    )


def _paired(today: date, *columns: Any) -> Any:  # noqa: ANN401 -- columns, a Select
    """Pair everybody with the requirements of their place and function on ``today``."""
    return _pairing(today, _held, _exempt, *columns)


def _among(people: Sequence[UUID], today: date) -> Any:  # noqa: ANN401 -- a Select
    """Pair a few people with their requirements; the columns are those of a line."""
    held, exempt = _held_by(people), _exempt_among(people)
    facts = (
        Requirement.starts_on.label("required_on"), Posting.starts_on.label("posted_on"),
        Requirement.grace_days, Requirement.interval_months, Requirement.kind, held.c.held_from,
        held.c.through, _open.begun_at, _open.due_on, exempt.c.until_on,
    )  # fmt: skip
    return _pairing(today, held, exempt, *_LINE, *facts).where(Person.id.in_(people))


def _pairing(today: date, held: Any, exempt: Any, *columns: Any) -> Any:  # noqa: ANN401 -- SQL
    return (
        select(*columns)
        .select_from(Requirement)
        .join(_place, _place.id == Requirement.unit_id)
        .join(Course, Course.id == Requirement.course_id)
        .join(Unit, func.substr(Unit.path, 1, func.length(_place.path)) == _place.path)
        .join(
            Posting,
            and_(
                Posting.unit_id == Unit.id, scope.posted_on(today),
                or_(Requirement.function.is_(None), Requirement.function == Posting.function),
            ),
        )
        .join(Person, and_(Person.id == Posting.person_id, Person.status != "anonymised"))
        .join(Identity, Identity.person_id == Person.id)
        .outerjoin(
            held, and_(held.c.person_id == Person.id, held.c.course_id == Requirement.course_id)
        )
        .outerjoin(
            _open,
            and_(
                _open.person_id == Person.id, _open.course_id == Requirement.course_id,
                _open.closed_at.is_(None),
            ),
        )
        .outerjoin(
            exempt,
            and_(exempt.c.person_id == Person.id, exempt.c.course_id == Requirement.course_id),
        )
        .where(_in_force(today))
    )  # fmt: skip


def _duties(viewer: Viewer, today: date, *columns: Any) -> Any:  # noqa: ANN401 -- columns, a Select
    return _paired(today, *columns).where(
        scope.below(Unit.path, viewer.unit_paths("administrator")), _may_be_known(viewer)
    )


def _status(today: date) -> ColumnElement[str]:
    """Return ``rules.Duty.status`` in SQL."""
    # What is without end is never due.
    endless = and_(_held.c.through == date.max, Requirement.interval_months.is_(None))
    soon = today + REMIND + timedelta(days=1)
    began = case(
        (Posting.starts_on > Requirement.starts_on, Posting.starts_on),
        else_=Requirement.starts_on,
    )
    last_good_beginning = case(
        {days: today - timedelta(days=days) for days in rules.GRACES},
        value=Requirement.grace_days, else_=today,
    )  # fmt: skip
    late = and_(began < last_good_beginning, func.coalesce(_open.due_on, date.min) < today)
    return case(
        (_exempt.c.until_on >= today, Status.EXEMPT.value),
        (and_(_holds_on(today), or_(endless, _holds_on(soon))), Status.VALID.value),
        (_holds_on(today), Status.DUE.value),
        (late, Status.OVERDUE.value),
        (_open.begun_at.is_not(None), Status.IN_PROGRESS.value),
        else_=Status.NEVER.value,
    )


def _holds_on(day: date) -> ColumnElement[bool]:
    """Return whether the newest pass still counts on ``day``, for the requirement's interval."""
    earliest = case(
        {months: rules.held_since(day, months) for months in rules.INTERVALS},
        value=Requirement.interval_months, else_=date.min,
    )  # fmt: skip
    return and_(
        _held.c.held_from.is_not(None), _held.c.through >= day, _held.c.held_from >= earliest
    )  # fmt: skip


def _standings(rows: Any, today: date) -> list[Standing]:  # noqa: ANN401 -- rows
    found = []
    for row in rows:
        through = row.through
        duty = Duty(
            began_on=max(row.required_on, row.posted_on), grace_days=row.grace_days,
            months=row.interval_months, held_from=row.held_from,
            valid_through=None if through in (None, date.max) else through,
            begun=row.begun_at is not None, due_on=row.due_on, exempt_until=row.until_on,
        )  # fmt: skip
        found.append(Standing(row, duty, duty.status(today)))
    return found

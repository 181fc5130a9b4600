"""Certificates as the administrators of their holders see them. The scope is in every statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme
from lms.catalogue.programmes.rules import said_in
from lms.catalogue.scope import may_be_known
from lms.certificates.models import Certificate, CertificateEvent, CertificateHolder
from lms.certificates.office import rules
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.names import folded
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.tables import AnyRow, AnySelect

BULK = "certificates.bulk"
# What a list can be sorted by.
SORTS = ("number", "name", "until")
MOST_WAITING = 50
MOST_OF_PERSON = 100
MOST_OFFERED = 400  # courses and programmes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificates a list shows; where all is empty, all of the viewer's people.

    text     part of a name, a service number, the certificate's number or its code.
    unit     code of a unit: people who work there or below today.
    course   a course's id.
    programme   code of the one for which the holder learned.
    since, until   first and last day of completion.
    state    one of ``rules.STATES``.
    numbers  service numbers, folded; empty for everybody.
    """

    text: str = ""
    unit: str = ""
    course: str = ""
    programme: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""
    numbers: tuple[str, ...] = ()
    sort: str = "number"
    descending: bool = False

    def to_facts(self) -> dict[str, Any]:
        """Return it in JSON's own types, for a job."""
        return {
            **asdict(self), "numbers": list(self.numbers),
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }  # fmt: skip

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Return what ``to_facts`` wrote."""
        read = dict(facts)
        for name in ("since", "until"):
            read[name] = date.fromisoformat(read[name]) if read[name] else None
        return cls(**{**read, "numbers": tuple(read["numbers"])})


def certificates_of(
    session: Session, viewer: Viewer, wanted: Wanted, *, today: date, limit: int, offset: int = 0
) -> tuple[list[AnyRow], int]:
    """Return one page of a list, and how many certificates are on all of its pages.

    Each row has ``withdrawn``, ``replaced``, the holder's name and number of today, the unit, and
    ``names`` and ``pdf`` of the paper (None once they are gone).
    """
    # Counted and sorted is what tells certificates apart, the rest is fetched for one page alone.
    page = (
        _ids(viewer, wanted, today)
        .add_columns(func.count().over().label("total"))
        .order_by(*_order(wanted))
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = session.execute(
        _rows(viewer, today)
        .add_columns(page.c.total)
        .join(page, page.c.id == Certificate.id)
        .order_by(*_order(wanted))
    ).all()
    if rows or not offset:
        return list(rows), rows[0].total if rows else 0
    return [], session.scalar(_ids(viewer, wanted, today).with_only_columns(func.count())) or 0


def first(
    session: Session, viewer: Viewer, wanted: Wanted, *, today: date, limit: int
) -> tuple[list[AnyRow], int, int]:
    """Return the first certificates of a list, how many there are, how many can be printed."""
    printable = func.sum(case((_printable(), 1), else_=0)).over()
    page = (
        _ids(viewer, wanted, today)
        .add_columns(func.count().over().label("total"), printable.label("papers"))
        .order_by(*_order(wanted))
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        _rows(viewer, today)
        .add_columns(page.c.total, page.c.papers)
        .join(page, page.c.id == Certificate.id)
        .order_by(*_order(wanted))
    ).all()
    return (list(rows), rows[0].total, rows[0].papers) if rows else ([], 0, 0)


def counts(session: Session, viewer: Viewer, wanted: Wanted, *, today: date) -> tuple[int, int]:
    """Return how many certificates a list has, and how many of them can be printed."""
    printable = func.sum(case((_printable(), 1), else_=0))
    listed, papers = session.execute(
        _ids(viewer, wanted, today).with_only_columns(func.count(), printable)
    ).one()
    return listed, papers or 0


def ids(session: Session, viewer: Viewer, wanted: Wanted, *, today: date) -> list[UUID]:
    """Return every issued certificate of a list, in the order of its numbers, else of its sort.

    At most ``rules.MOST``. Several certificates of one service number follow each other.
    """
    rows = session.execute(
        _ids(viewer, wanted, today)
        .add_columns(Identity.service_number_folded)
        .where(Certificate.number.is_not(None))
        .order_by(*_order(wanted))
        .limit(rules.MOST)
    ).all()
    if wanted.numbers:
        place = {number: at for at, number in enumerate(wanted.numbers)}
        rows = sorted(rows, key=lambda row: place[row.service_number_folded])
    return [row.id for row in rows]


def some(
    session: Session, viewer: Viewer, wanted_ids: Sequence[UUID], *, today: date
) -> list[AnyRow]:
    """Return these certificates in this order, without those that the viewer may not see (now).

    Beside what a list shows: ``payload``, and ``printable``: whether there is a paper to hand out.
    """
    rows = session.execute(
        _rows(viewer, today)
        .add_columns(CertificateHolder.payload, _printable().label("printable"))
        .where(Certificate.id.in_(wanted_ids), *_visible(viewer, today))
    )
    found = {row.id: row for row in rows}
    return [found[each] for each in wanted_ids if each in found]


def one(session: Session, viewer: Viewer, certificate_id: UUID, *, today: date) -> AnyRow:
    """Return one certificate as ``some`` does; raises NotFound for none and for a stranger's."""
    rows = some(session, viewer, [certificate_id], today=today)
    if not rows:
        raise NotFound
    return rows[0]


def of_person(
    session: Session, viewer: Viewer, person_id: UUID, language: str, *, until: date, today: date
) -> list[AnyRow]:
    """Return the certificates of a person whom the viewer looks after, newest first.

    language  of the course's title.
    until     the last day of which the viewer may know facts; what was awarded later is left out.

    Whether one was withdrawn since is told all the same: a stranger with the paper learns it, too.
    """
    end = scope.end_of(until)
    return list(
        session.execute(
            select(*LINE, EditionText.title, TITLE_IN)
            .join(Person, Person.id == Certificate.person_id)
            .join(Course, Course.id == Certificate.course_id)
            .outerjoin(
                EditionText,
                and_(
                    EditionText.edition_id == Certificate.edition_id,
                    EditionText.language == language,
                ),
            )
            .where(
                Person.id == person_id, scope.looked_after(viewer),
                may_be_known(viewer, min(until, today)), Certificate.awarded_at <= end,
            )
            .order_by(Certificate.awarded_at.desc(), Certificate.id)
            .limit(MOST_OF_PERSON)
        )
    )  # fmt: skip


def unknown_numbers(
    session: Session, viewer: Viewer, numbers: Sequence[str], *, today: date
) -> list[str]:
    """Return the folded service numbers that nobody has whom the viewer administers, in order."""
    known = set(
        session.scalars(
            select(Identity.service_number_folded)
            .join(Person, Person.id == Identity.person_id)
            .where(
                Identity.service_number_folded.in_(numbers),
                scope.works_below(viewer, "administrator", today),
            )
        )
    )
    return [number for number in numbers if number not in known]


def offered(
    session: Session, viewer: Viewer, language: str
) -> tuple[list[tuple[str, str, str | None]], list[tuple[str, str]]]:
    """Return the courses and the programmes of a list's filters.

    A course is (id, title, the title's language where it is not translated); a programme is
    (code, title).

    Restricted courses for confidential readers only. One statement gives both: a page that shows a
    long list asks for enough already.
    """
    no_title, no_titles = cast(null(), String), cast(null(), JSON)
    taught = (
        select(
            literal("course").label("kind"), Course.id.label("code"),
            EditionText.title.label("title"), TITLE_IN, no_titles.label("titles"),
        )
        .join(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(Course.kind == "course")
    )  # fmt: skip
    if not viewer.holds("confidential-reader"):
        taught = taught.where(Course.access != "restricted")
    carried = select(
        literal("programme"), Programme.code, no_title, no_title.label("title_in"), Programme.titles
    )
    rows = session.execute(taught.union_all(carried).order_by("code").limit(MOST_OFFERED)).all()
    courses = [(row.code, row.title, row.title_in) for row in rows if row.kind == "course"]
    named = [(row.code, said_in(row.titles, language)[1]) for row in rows if row.titles]
    return courses, sorted(named, key=lambda each: each[1])


def numbers(session: Session, viewer: Viewer) -> Iterable[str]:
    """Yield every certificate number of this installation, whoever looks: they name nobody."""
    del viewer
    return session.scalars(
        select(Certificate.number)
        .where(Certificate.number.is_not(None))
        .execution_options(yield_per=5_000)
    )


def tops(session: Session, viewer: Viewer, unit: str) -> list[AnyRow]:
    """Return (path, kind) of the units to which a list is limited: the one chosen, else all own.

    raises NotFound for a unit that the viewer does not administer.
    """
    paths = viewer.unit_paths("administrator")
    statement = select(Unit.path, Unit.kind)
    if unit:
        statement = statement.where(Unit.code == unit, scope.below(Unit.path, paths))
    else:
        statement = statement.where(Unit.path.in_(paths))
    found = list(session.execute(statement.order_by(Unit.path)))
    if not found and unit:
        raise NotFound
    return found


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[AnyRow]:
    """Return the jobs that wait for a second person and that the viewer may let begin.

    Each with ``name``, that of who asked.
    """
    rows = session.execute(
        select(Job.id, Job.facts, Job.asked_by, Job.made_at, Job.due_at, Identity.name)
        .outerjoin(Identity, Identity.person_id == Job.asked_by)
        .where(Job.kind == BULK, Job.state == "waiting", Job.due_at > now)
        .order_by(Job.id)
        .limit(MOST_WAITING)
    )
    return [
        row for row in rows
        if row.facts.get("second")
        and rules.may_approve(viewer, row.facts["asked_by"], row.facts["tops"])
    ]  # fmt: skip


# ---- What the statements share ------------------------------------------------------------------


def _ended(kind: str) -> ColumnElement[bool]:
    return (
        exists()
        .where(CertificateEvent.certificate_id == Certificate.id, CertificateEvent.kind == kind)
        .correlate(Certificate)
    )


# What one line of a person's own list tells of a certificate.
LINE = (
    Certificate.id, Certificate.course_id, Certificate.number, Certificate.completed_on,
    Certificate.valid_through, Certificate.issued_at, _ended("withdrawn").label("withdrawn"),
    _ended("replaced").label("replaced"),
)  # fmt: skip


def _printable() -> ColumnElement[bool]:
    """Return whether there is a paper to hand out: issued, its name kept, neither taken back."""
    return and_(
        Certificate.number.is_not(None), CertificateHolder.payload.is_not(None),
        ~_ended("withdrawn"), ~_ended("replaced"),
    )  # fmt: skip


def _joined(statement: AnySelect) -> AnySelect:
    return (
        statement.join(Person, Person.id == Certificate.person_id)
        .join(Course, Course.id == Certificate.course_id)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
    )


def _rows(viewer: Viewer, today: date) -> AnySelect:
    place, where = aliased(Posting), aliased(Unit)
    # One of today's places below the viewer: a second one at the same time adds no second row.
    unit = (
        select(func.min(where.code))
        .join(place, place.unit_id == where.id)
        .where(
            place.person_id == Person.id,
            place.starts_on <= today,
            or_(place.ends_on.is_(None), place.ends_on >= today),
            scope.below(where.path, viewer.unit_paths("administrator")),
        )
        .correlate(Person)
        .scalar_subquery()
    )
    return _joined(
        select(
            Certificate.id, Certificate.person_id, Certificate.number, Certificate.code,
            Certificate.generation, Certificate.course_id, Certificate.completed_on,
            Certificate.valid_through, Certificate.awarded_at, Certificate.issued_at,
            Certificate.snapshot, CertificateHolder.names, CertificateHolder.pdf, Course.access,
            Identity.name,
            Identity.service_number, unit.label("unit_code"),
            _ended("withdrawn").label("withdrawn"), _ended("replaced").label("replaced"),
        )
    )  # fmt: skip


def _ids(viewer: Viewer, wanted: Wanted, today: date) -> AnySelect:
    return _joined(select(Certificate.id)).where(*_conditions(viewer, wanted, today))


def _visible(viewer: Viewer, today: date) -> list[ColumnElement[bool]]:
    """Return the scope: people of the viewer's units today; restricted courses by another role."""
    return [scope.works_below(viewer, "administrator", today), may_be_known(viewer, today)]


def _conditions(viewer: Viewer, wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    found = _visible(viewer, today)
    if wanted.text:
        found.append(_says(wanted.text))
    if wanted.unit:
        found.append(_works_at(wanted.unit, today))
    if wanted.course:
        found.append(Certificate.course_id == wanted.course)
    if wanted.programme:
        found.append(_learned_for(wanted.programme))
    if wanted.since:
        found.append(Certificate.completed_on >= wanted.since)
    if wanted.until:
        found.append(Certificate.completed_on <= wanted.until)
    if wanted.numbers:
        found.append(Identity.service_number_folded.in_(wanted.numbers))
    if wanted.state:
        found.append(_in_state(wanted.state, today))
    return found


def _learned_for(programme: str) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Enrolment.id == Certificate.enrolment_id, Programme.id == Enrolment.programme_id,
            Programme.code == programme,
        )
        .correlate(Certificate)
    )  # fmt: skip


def _says(text: str) -> ColumnElement[bool]:
    typed = folded(text)
    if not typed:
        return false()
    code = "".join(sign for sign in text.upper() if sign.isalnum())
    return or_(
        Identity.search.contains(typed, autoescape=True),
        Certificate.number == text.upper(),
        Certificate.code == code,
    )


def _works_at(unit: str, today: date) -> ColumnElement[bool]:
    top = aliased(Unit)
    path = select(top.path).where(top.code == unit).scalar_subquery()
    return (
        exists()
        .where(
            Posting.person_id == Person.id, Posting.unit_id == Unit.id, scope.posted_on(today),
            func.substr(Unit.path, 1, func.length(path)) == path,
        )
        .correlate(Person)
    )  # fmt: skip


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    """Return the same decision as ``rules.state_of``, in SQL."""
    withdrawn, replaced = _ended("withdrawn"), _ended("replaced")
    if state == "withdrawn":
        return withdrawn
    issued = Certificate.issued_at.is_not(None)
    if state == "making":
        return and_(~issued, ~withdrawn)
    if state == "replaced":
        return and_(issued, replaced, ~withdrawn)
    standing = and_(issued, ~withdrawn, ~replaced)
    last = Certificate.valid_through
    if state == "expired":
        return and_(standing, last < today)
    if state == "due":
        return and_(standing, last >= today, last <= today + rules.DUE_SOON)
    return and_(standing, or_(last.is_(None), last >= today)) if state == "valid" else false()


def _order(wanted: Wanted) -> list[Any]:
    columns = {
        "number": (Certificate.number,),
        "name": (Identity.name, Certificate.number),
        "until": (Certificate.valid_through, Certificate.number),
    }[wanted.sort if wanted.sort in SORTS else "number"]
    # A number is drawn later: what is being made stands last, in either direction.
    first = [Certificate.number.is_(None)]
    return [*first, *(c.desc() if wanted.descending else c.asc() for c in columns), Certificate.id]

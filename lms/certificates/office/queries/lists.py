"""The certificates of a list, one of them, those of a person. The scope is in every statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.catalogue.models import TITLE_IN, Course, EditionText
from lms.catalogue.scope import may_be_known
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office import rules
from lms.certificates.office.wanted import (
    Wanted,
    ended,
    joined,
    listed,
    order,
    printable,
    visible,
)
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow, AnySelect

MOST_OF_PERSON = 100

# What one line of a person's own list tells of a certificate.
LINE = (
    Certificate.id, Certificate.course_id, Certificate.number, Certificate.completed_on,
    Certificate.valid_through, Certificate.issued_at, ended("withdrawn").label("withdrawn"),
    ended("replaced").label("replaced"),
)  # fmt: skip


def certificates_of(
    session: Session, viewer: Viewer, wanted: Wanted, *, today: date, limit: int, offset: int = 0
) -> tuple[list[AnyRow], int]:
    """Return one page of a list, and how many certificates are on all of its pages.

    Each row has ``withdrawn``, ``replaced``, the holder's name and number of today, the unit, and
    ``names`` and ``pdf`` of the paper (None once they are gone).
    """
    # Counted and sorted is what tells certificates apart, the rest is fetched for one page alone.
    page = (
        listed(viewer, wanted, today)
        .add_columns(func.count().over().label("total"))
        .order_by(*order(wanted))
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = session.execute(
        _rows(viewer, today)
        .add_columns(page.c.total)
        .join(page, page.c.id == Certificate.id)
        .order_by(*order(wanted))
    ).all()
    if rows or not offset:
        return list(rows), rows[0].total if rows else 0
    return [], session.scalar(listed(viewer, wanted, today).with_only_columns(func.count())) or 0


def first(
    session: Session, viewer: Viewer, wanted: Wanted, *, today: date, limit: int
) -> tuple[list[AnyRow], int, int]:
    """Return the first certificates of a list, how many there are, how many can be printed."""
    papers = func.sum(case((printable(), 1), else_=0)).over()
    page = (
        listed(viewer, wanted, today)
        .add_columns(func.count().over().label("total"), papers.label("papers"))
        .order_by(*order(wanted))
        .limit(limit)
        .subquery()
    )
    rows = session.execute(
        _rows(viewer, today)
        .add_columns(page.c.total, page.c.papers)
        .join(page, page.c.id == Certificate.id)
        .order_by(*order(wanted))
    ).all()
    return (list(rows), rows[0].total, rows[0].papers) if rows else ([], 0, 0)


def counts(session: Session, viewer: Viewer, wanted: Wanted, *, today: date) -> tuple[int, int]:
    """Return how many certificates a list has, and how many of them can be printed."""
    papers = func.sum(case((printable(), 1), else_=0))
    all_of_them, to_print = session.execute(
        listed(viewer, wanted, today).with_only_columns(func.count(), papers)
    ).one()
    return all_of_them, to_print or 0


def ids(session: Session, viewer: Viewer, wanted: Wanted, *, today: date) -> list[UUID]:
    """Return every issued certificate of a list, in the order of its numbers, else of its sort.

    At most ``rules.MOST``. Several certificates of one service number follow each other.
    """
    rows = session.execute(
        listed(viewer, wanted, today)
        .add_columns(Identity.service_number_folded)
        .where(Certificate.number.is_not(None))
        .order_by(*order(wanted))
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
        .add_columns(CertificateHolder.payload, printable().label("printable"))
        .where(Certificate.id.in_(wanted_ids), *visible(viewer, today))
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
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    language: str,
    *,
    until: date,
    today: date,
    zone: tzinfo,
) -> list[AnyRow]:
    """Return the certificates of a person whom the viewer looks after, newest first.

    language  of the course's title.
    until     the last day of which the viewer may know facts; what was awarded later is left out.
    zone      of the clocks of the country, by which that day ends.

    Whether one was withdrawn since is told all the same: a stranger with the paper learns it, too.
    """
    end = scope.end_of(until, zone)
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
                Person.id == person_id,
                scope.looked_after(viewer),
                may_be_known(viewer, min(until, today)),
                Certificate.awarded_at <= end,
            )
            .order_by(Certificate.awarded_at.desc(), Certificate.id)
            .limit(MOST_OF_PERSON)
        )
    )


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


def numbers(session: Session, viewer: Viewer) -> Iterable[str]:
    """Yield every certificate number of this installation, whoever looks: they name nobody."""
    del viewer
    return session.scalars(
        select(Certificate.number)
        .where(Certificate.number.is_not(None))
        .execution_options(yield_per=5_000)
    )


def _rows(viewer: Viewer, today: date) -> AnySelect:
    place, where = aliased(Posting), aliased(Unit)
    # One of today's places below the viewer: a second one at the same time adds no second row.
    here = (
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
    unit = aliased(Unit)
    return joined(
        select(
            Certificate.id,
            Certificate.person_id,
            Certificate.number,
            Certificate.code,
            Certificate.generation,
            Certificate.course_id,
            Certificate.completed_on,
            Certificate.valid_through,
            Certificate.awarded_at,
            Certificate.issued_at,
            Certificate.snapshot,
            CertificateHolder.names,
            CertificateHolder.pdf,
            Course.access,
            Identity.name,
            Identity.service_number,
            unit.code.label("unit_code"),
            unit.names.label("unit_names"),
            ended("withdrawn").label("withdrawn"),
            ended("replaced").label("replaced"),
        )
    ).outerjoin(unit, unit.code == here)

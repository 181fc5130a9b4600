"""People and places as those who look after them see them. The scope is in every statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Credential, Grant, Identity, Person, Posting, Unit, UnitName
from lms.accounts.rules import is_at_or_below
from lms.kernel.errors import NotFound
from lms.kernel.names import folded
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow, AnySelect

# What a list of people can be sorted by.
SORTS = ("name", "number", "unit")
HERE, LEFT, NOWHERE = "here", "left", "nowhere"
MOST_PLACES = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people a list shows.

    text      part of a name or number, as typed.
    unit      code of a unit: people there and below.
    function  P1 to P7, as the viewer may know it.
    status    active, disabled, waiting (has never chosen a password).
    where     here (work there today), left (worked there before), nowhere.
    """

    text: str = ""
    unit: str = ""
    function: str = ""
    status: str = ""
    where: str = HERE
    sort: str = "name"
    descending: bool = False


def people(
    session: Session, viewer: Viewer, wanted: Wanted, *, today: date, limit: int, offset: int = 0
) -> tuple[list[AnyRow], int]:
    """Return one page of the people whom the viewer looks after, and how many there are in all."""
    statement = _listed(viewer, wanted, today)
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    return list(session.execute(statement.limit(limit).offset(offset))), total or 0


def _listed(viewer: Viewer, wanted: Wanted, today: date) -> AnySelect:
    tops = _tops(viewer)
    statement = (
        select(
            Person.id,
            Person.status,
            Identity.service_number,
            Identity.name,
            Identity.name_latin,
            Identity.language,
            Unit.code.label("unit_code"),
            Unit.names.label("unit_names"),
            scope.shown_function(viewer).label("function"),
            Person.rank_group,
            Person.sex,
            Credential.password_hash.is_not(None).label("signed_in"),
        )
        .join(Identity, Identity.person_id == Person.id)
        .outerjoin(Credential, Credential.person_id == Person.id)
    )
    if wanted.where == NOWHERE:
        if not any(top.count("/") <= 2 for top in tops):
            raise NotFound
        working = aliased(Posting)
        running = and_(
            working.person_id == Person.id,
            working.starts_on <= today,
            or_(working.ends_on.is_(None), working.ends_on >= today),
        )
        statement = (
            statement.outerjoin(Posting, and_(Posting.person_id == Person.id, Posting.id.is_(None)))
            .outerjoin(Unit, Unit.id == Posting.unit_id)
            .where(~exists().where(running).correlate(Person))
        )
    else:
        running = scope.posted_on(today) if wanted.where == HERE else Posting.ends_on < today
        statement = (
            statement.join(Posting, Posting.person_id == Person.id)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(running, scope.below(Unit.path, tops))
        )
    if wanted.unit:
        top = aliased(Unit)
        path = select(top.path).where(top.code == wanted.unit).scalar_subquery()
        statement = statement.where(func.substr(Unit.path, 1, func.length(path)) == path)
    if wanted.text:
        typed = folded(wanted.text)
        found = Identity.search.contains(typed, autoescape=True) if typed else false()
        statement = statement.where(found)
    if wanted.function:
        statement = statement.where(scope.shown_function(viewer) == wanted.function)
    if wanted.status == "waiting":
        statement = statement.where(Credential.password_hash.is_(None), Person.status == "active")
    elif wanted.status:
        statement = statement.where(Person.status == wanted.status)
    column = {
        "name": Identity.name,
        "number": Identity.service_number_folded,
        "unit": Unit.code,
    }[wanted.sort if wanted.sort in SORTS else "name"]
    order = column.desc() if wanted.descending else column.asc()
    return statement.order_by(order, Identity.person_id)


def person(session: Session, viewer: Viewer, person_id: UUID, *, today: date) -> AnyRow:
    """Return one person as their page shows them to the viewer.

    ``until``: the last day of which the viewer may know facts; ``acts``: whether the viewer
    administers a unit where the person works today.
    raises  NotFound for whom the viewer does not look after, and never did.
    """
    found = session.execute(
        select(
            Person.id,
            Person.status,
            Person.rank_group,
            Person.sex,
            Person.extra_time,
            Person.made_at,
            Identity.service_number,
            Identity.name,
            Identity.name_latin,
            Identity.language,
            Identity.names_confirmed_at,
            Credential.password_hash.is_not(None).label("signed_in"),
            Credential.code_until,
            func.coalesce(
                *(scope.seen_until(viewer, role, today) for role in scope.LOOKS_AFTER)
            ).label("until"),
            scope.works_below(viewer, "administrator", today).label("acts"),
        )
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(Person.id == person_id, scope.looked_after(viewer))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def postings(session: Session, viewer: Viewer, person_id: UUID) -> list[AnyRow]:
    """Return where a person worked, newest first: each side reads its own period.

    Postings elsewhere are left out for everybody but who stands above both places.
    """
    return list(
        session.execute(
            select(
                Posting.id,
                Posting.starts_on,
                Posting.ends_on,
                Unit.code,
                Unit.names,
                Unit.path,
                scope.shown_function(viewer).label("function"),
            )
            .join(Unit, Unit.id == Posting.unit_id)
            .where(Posting.person_id == person_id, scope.below(Unit.path, _tops(viewer)))
            .order_by(Posting.starts_on.desc(), Posting.id.desc())
            .limit(50)
        )
    )


def grants(session: Session, viewer: Viewer, person_id: UUID) -> list[AnyRow]:
    """Return the roles of a person, newest first, as far as they lie where the viewer stands.

    Roles at courses are seen by whom the whole country is entrusted to.
    """
    tops = _tops(viewer)
    seen = [scope.below(Unit.path, tops)]
    if any(top.count("/") <= 2 for top in tops):
        seen.append(Grant.unit_id.is_(None))
    giver = aliased(Identity)
    return list(
        session.execute(
            select(
                Grant.id,
                Grant.role,
                Grant.course_id,
                Grant.starts_on,
                Grant.ends_on,
                Unit.code,
                Unit.names,
                Unit.path,
                giver.name.label("given_by"),
            )
            .outerjoin(Unit, Unit.id == Grant.unit_id)
            .outerjoin(giver, giver.person_id == Grant.given_by)
            .where(Grant.person_id == person_id, or_(*seen))
            .order_by(Grant.starts_on.desc(), Grant.id.desc())
            .limit(100)
        )
    )


def places(session: Session, viewer: Viewer, *, closed: bool = False) -> list[AnyRow]:
    """Return the units that the viewer administers or inspects, as a tree from top to bottom.

    closed  whether closed ones are among them.
    ``depth`` counts from 0 at the viewer's own top; ``people`` work there today is not counted
    here: a page of places asks ``staff_of`` for it.
    """
    statement = (
        select(
            Unit.id,
            Unit.parent_id,
            Unit.kind,
            Unit.code,
            Unit.names,
            Unit.path,
            Unit.closed_on,
            Unit.merged_into_id,
        )
        .where(scope.below(Unit.path, _tops(viewer)))
        .limit(MOST_PLACES)
    )
    if not closed:
        statement = statement.where(Unit.closed_on.is_(None))
    rows = list(session.execute(statement))
    return sorted(rows, key=lambda row: _numbers(row.path))


def _numbers(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]


def staff_of(session: Session, viewer: Viewer, *, today: date) -> dict[UUID, int]:
    """Return how many people work today at each unit itself, not counting those below it."""
    rows = session.execute(
        select(Posting.unit_id, func.count())
        .join(Unit, Unit.id == Posting.unit_id)
        .where(scope.posted_on(today), scope.below(Unit.path, _tops(viewer)))
        .group_by(Posting.unit_id)
    )
    return dict(rows.all())


def place(session: Session, viewer: Viewer, unit_id: UUID) -> Unit:
    """Return a unit, open or closed, that the viewer administers. raises NotFound for any other."""
    unit = session.get(Unit, unit_id)
    tops = viewer.unit_paths("administrator")
    if unit is None or not any(is_at_or_below(unit.path, top) for top in tops):
        raise NotFound
    return unit


def former_names(session: Session, viewer: Viewer, unit_id: UUID) -> list[UnitName]:
    """Return how a unit was called before, newest first; ``place`` was asked for it before."""
    del viewer
    return list(
        session.scalars(
            select(UnitName).where(UnitName.unit_id == unit_id).order_by(UnitName.until_on.desc())
        )
    )


def without_password(
    session: Session, viewer: Viewer, unit_code: str, *, today: date, limit: int
) -> tuple[list[AnyRow], int]:
    """Return who works at or below a unit and has never chosen a password, and how many in all."""
    return people(
        session, viewer, Wanted(unit=unit_code, status="waiting"), today=today, limit=limit
    )


def _tops(viewer: Viewer) -> tuple[str, ...]:
    """Return where the viewer looks after people: as administrator or as inspector."""
    return tuple(path for role in scope.LOOKS_AFTER for path in viewer.unit_paths(role))

"""Looking up people, their sessions, their grants and the forms that are held for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, false, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Credential, Grant, HeldForm, Identity, Person, Posting, Unit
from lms.accounts.rules import HELD_FOR, administers, administers_country
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Role, Viewer
from lms.tables import AnyRow

# The roles that somebody holds on a day: (role, unit path, course).
ROLES = (
    select(Grant.role, Unit.path, Grant.course_id)
    .outerjoin(Unit, Unit.id == Grant.unit_id)
    .where(
        Grant.person_id == bindparam("person_id"),
        Grant.starts_on <= bindparam("today"),
        or_(Grant.ends_on.is_(None), Grant.ends_on >= bindparam("today")),
    )
)

_ACCOUNT = (
    select(
        Person.id,
        Person.status,
        Credential.password_hash,
        Credential.code_hash,
        Credential.code_until,
        Credential.spare_code_hash,
    )
    .join(Identity, Identity.person_id == Person.id)
    .outerjoin(Credential, Credential.person_id == Person.id)
)


def account_by_number(session: Session, folded_number: str) -> AnyRow | None:
    """Return the person behind a folded service number with what proves who they are.

    Nobody is signed in yet, so there is no viewer; the row never reaches a page.
    """
    statement = _ACCOUNT.where(Identity.service_number_folded == folded_number)
    return session.execute(statement).one_or_none()


def account_of(session: Session, person_id: UUID) -> AnyRow:
    """Return the same for the person of a session that this browser holds."""
    return session.execute(_ACCOUNT.where(Person.id == person_id)).one()


def identity(session: Session, person_id: UUID) -> Row[str, str | None, str]:
    """Return names and service number of the person of a session that this browser holds."""
    return session.execute(
        select(Identity.name, Identity.name_latin, Identity.service_number).where(
            Identity.person_id == person_id
        )
    ).one()


@dataclass(frozen=True, slots=True)
class Codes:
    """The hashes of the codes that open a new password for somebody; None where none does."""

    first: str | None
    spare: str | None


def codes(session: Session) -> dict[UUID, Codes]:
    """Return everybody's codes, as a restore compares them; with every older schema, too."""
    found = session.execute(
        select(Credential.person_id, Credential.code_hash, Credential.spare_code_hash)
    )
    return {person_id: Codes(first, spare) for person_id, first, spare in found}


def person_by_number(
    session: Session, viewer: Viewer, folded_number: str, *, today: date
) -> Row[UUID, str]:
    """Return id and status of a person who works today at a unit that the viewer administers.

    Administrators of the country also find people who work nowhere at present.
    raises  NotFound for a number that nobody has and for a person of somewhere else alike.
    """
    statement = (
        select(Person.id, Person.status)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.service_number_folded == folded_number)
    )
    if not administers_country(viewer):
        tops = viewer.unit_paths("administrator")
        statement = statement.where(
            exists()
            .where(
                Posting.person_id == Person.id,
                Posting.unit_id == Unit.id,
                Posting.starts_on <= today,
                or_(Posting.ends_on.is_(None), Posting.ends_on >= today),
                or_(false(), *(Unit.path.startswith(top, autoescape=True) for top in tops)),
            )
            .correlate(Person)
        )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def unit_by_code(session: Session, viewer: Viewer, code: str) -> Unit:
    """Return an open unit that the viewer administers. raises NotFound for any other."""
    unit = session.scalar(select(Unit).where(Unit.code == code, Unit.closed_on.is_(None)))
    if unit is None or not administers(viewer, unit.path):
        raise NotFound
    return unit


def roles_on(session: Session, person_id: UUID, today: date) -> tuple[Role, ...]:
    """Return the roles that a person holds on a day; for decisions about them, never for a page."""
    return tuple(
        Role(role, path, course)
        for role, path, course in session.execute(ROLES, {"person_id": person_id, "today": today})
    )


def held_form(
    session: Session, viewer: Viewer, path: str | None = None, *, now: datetime
) -> HeldForm | None:
    """Return the newest form that is held for this person, at ``path`` where one is given."""
    statement = select(HeldForm).where(
        HeldForm.person_id == viewer.person_id, HeldForm.made_at > now - HELD_FOR
    )
    if path is not None:
        statement = statement.where(HeldForm.path == path)
    return session.scalars(statement.order_by(HeldForm.made_at.desc()).limit(1)).one_or_none()


def acting(session: Session, person_id: UUID, language: str, *, today: date) -> Viewer:
    """Return somebody as a viewer with the roles that they hold today: for a job they asked for.

    A job that was asked for yesterday sees what its person may see now.
    """
    return Viewer(person_id, language, roles=roles_on(session, person_id, today))

"""What the register knows about the rows of a list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.importing.listed import Places
from lms.accounts.importing.place_rules import KnownPlace
from lms.accounts.importing.rules import Known, Work
from lms.accounts.models import (
    Credential,
    Grant,
    Identity,
    JobTitle,
    Person,
    Posting,
    StaffImport,
    StaffImportRow,
    Unit,
)
from lms.kernel.viewer import Role, Viewer
from lms.tables import AnyRow, columns_naming, is_indexed

# What an import makes of somebody, and the lists themselves.
MADE_WITH_A_PERSON = frozenset({"identity", "credential", "posting", "staff_import"})


def job_titles(session: Session, viewer: Viewer) -> dict[str, str]:
    """Return the functions that this country has said its job titles are, by their folded form.

    They are the same for everybody who brings a list.
    """
    del viewer
    return {
        row.key: row.function for row in session.execute(select(JobTitle.key, JobTitle.function))
    }


def places(session: Session, viewer: Viewer) -> Places:
    """Return the open places that the viewer administers, to be found by code or name."""
    return Places(
        [
            (row.id, row.code, row.path, row.names)
            for row in session.execute(
                select(Unit.id, Unit.code, Unit.path, Unit.names).where(
                    Unit.closed_on.is_(None),
                    scope.below(Unit.path, viewer.unit_paths("administrator")),
                )
            )
        ]
    )


def known_places(session: Session, viewer: Viewer) -> list[KnownPlace]:
    """Return every unit: a code is taken wherever it is.

    What the viewer may touch is decided by ``place_rules.decide``, which is told who asks.
    """
    del viewer
    above = aliased(Unit)
    return [
        KnownPlace(
            row.id, row.code, row.kind, row.path, row.parent, row.names, row.closed_on is not None
        )
        for row in session.execute(
            select(
                Unit.id,
                Unit.code,
                Unit.kind,
                Unit.path,
                above.code.label("parent"),
                Unit.names,
                Unit.closed_on,
            ).outerjoin(above, above.id == Unit.parent_id)
        )
    ]


def known_people(
    session: Session, viewer: Viewer, numbers: Collection[str], *, today: date
) -> dict[str, Known]:
    """Return who has these folded numbers, wherever they work: a number is taken everywhere.

    What the viewer may touch is decided by ``rules.decide``, which is told who asks. Three
    statements, however many numbers.
    """
    del viewer
    found = session.execute(
        select(
            Identity.service_number_folded,
            Person.id,
            Person.status,
            Identity.name,
            Identity.name_latin,
            Identity.language,
            Person.rank_group,
            Person.sex,
            Identity.service_number,
            Identity.names_confirmed_at,
        )
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.service_number_folded.in_(numbers))
        .with_for_update(of=Person)
    ).all()
    people = [row.id for row in found]
    work, roles = _work_of(session, people), _roles_of(session, people, today)
    return {
        row.service_number_folded: Known(
            row.id,
            row.service_number,
            row.status,
            row.name,
            row.name_latin,
            row.language,
            row.rank_group,
            row.sex,
            row.names_confirmed_at,
            work.get(row.id, ()),
            roles.get(row.id, ()),
        )
        for row in found
    }


def _work_of(session: Session, people: Collection[UUID]) -> dict[UUID, list[Work]]:
    """Return every posting of some people, by person, oldest first."""
    work: dict[UUID, list[Work]] = {}
    for row in session.execute(
        select(
            Posting.person_id,
            Posting.id,
            Posting.unit_id,
            Unit.code,
            Unit.path,
            Posting.function,
            Posting.starts_on,
            Posting.ends_on,
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id.in_(people))
        .order_by(Posting.starts_on, Posting.id)
    ):
        of_person = work.setdefault(row.person_id, [])
        of_person.append(
            Work(row.id, row.unit_id, row.code, row.path, row.function, row.starts_on, row.ends_on)
        )
    return work


def _roles_of(session: Session, people: Collection[UUID], today: date) -> dict[UUID, list[Role]]:
    """Return the roles that some people hold today, by person."""
    roles: dict[UUID, list[Role]] = {}
    for person_id, name, path, course in session.execute(
        select(Grant.person_id, Grant.role, Unit.path, Grant.course_id)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.person_id.in_(people),
            Grant.starts_on <= today,
            or_(Grant.ends_on.is_(None), Grant.ends_on >= today),
        )
    ):
        roles.setdefault(person_id, []).append(Role(name, path, course))
    return roles


def missing(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    after: UUID | None,
    *,
    today: date,
    limit: int,
) -> list[AnyRow]:
    """Return the next people who work today at a place that a list names and are not in it.

    Only places where the viewer administers count; the viewer is never missing.
    """
    named = (
        select(StaffImportRow.facts["place"].as_string())
        .where(StaffImportRow.import_id == listed.id)
        .distinct()
    )
    places_named = [UUID(found) for found in session.scalars(named) if found]
    in_list = select(StaffImportRow.subject_id).where(
        StaffImportRow.import_id == listed.id, StaffImportRow.subject_id.is_not(None)
    )
    statement = (
        select(Person.id, Identity.service_number, Identity.name, Unit.id.label("place"), Unit.code)
        .join(Identity, Identity.person_id == Person.id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            scope.posted_on(today),
            scope.below(Unit.path, viewer.unit_paths("administrator")),
            Unit.id.in_(places_named),
            Person.id.not_in(in_list),
            Person.id != viewer.person_id,
        )
        .order_by(Person.id, Posting.starts_on)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(Person.id > after)
    return list(session.execute(statement))


def touched(session: Session, viewer: Viewer, people: Collection[UUID]) -> set[UUID]:
    """Return to which of these people something has happened: a sign-in, a course, a role.

    Every table that names a person is asked, also those of features above this one. One without
    an index on the person would be read whole: learning records are passed over, since each of
    them belongs to an enrolment.
    """
    del viewer
    found = set(
        session.scalars(
            select(Credential.person_id).where(
                Credential.person_id.in_(people), Credential.password_hash.is_not(None)
            )
        )
    )
    for column in columns_naming("person", apart_from=MADE_WITH_A_PERSON):
        if is_indexed(column):
            found |= set(session.scalars(select(column).where(column.in_(people)).distinct()))
    return found


def with_credential(session: Session, viewer: Viewer, people: Collection[UUID]) -> set[UUID]:
    """Return which of these people have something to sign in with: a password or a code."""
    del viewer
    return set(
        session.scalars(select(Credential.person_id).where(Credential.person_id.in_(people)))
    )


def places_in_use(session: Session, viewer: Viewer, units: Collection[UUID]) -> set[UUID]:
    """Return which of these units something refers to: people, roles, units below, requirements."""
    del viewer
    return {
        each
        for column in columns_naming("unit")
        for each in session.scalars(select(column).where(column.in_(units)).distinct())
    }

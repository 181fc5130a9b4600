"""Lists on their way into the register, and what the register knows about their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.importing.listed import Places
from lms.accounts.importing.place_rules import KnownPlace
from lms.accounts.importing.rules import DUPLICATE, Known, Work
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
from lms.accounts.rules import administers_country
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Role, Viewer
from lms.tables import AnyRow, columns_naming, is_indexed

MOST_LISTS = 100
# Rows of people who are missing in a list have no number in it; theirs begin here.
MISSING_FROM = 1_000_000
# What an import makes of somebody, and the lists themselves.
MADE_WITH_A_PERSON = frozenset({"identity", "credential", "posting", "staff_import"})


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """Who sent a list sees it; who administers the country sees all, the command line's too."""
    return true() if administers_country(viewer) else StaffImport.asked_by == viewer.person_id


def lists(session: Session, viewer: Viewer) -> list[StaffImport]:
    """Return the lists that the viewer may see, newest first."""
    return list(
        session.scalars(
            select(StaffImport)
            .where(_seen(viewer))
            .order_by(StaffImport.made_at.desc(), StaffImport.id.desc())
            .limit(MOST_LISTS)
        )
    )


def one(
    session: Session, viewer: Viewer, import_id: UUID, *, locked: bool = False
) -> StaffImport:  # fmt: skip
    """Return one list. locked: until the transaction ends. raises NotFound for somebody else's."""
    statement = select(StaffImport).where(StaffImport.id == import_id, _seen(viewer))
    found = session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found


def job_of(session: Session, viewer: Viewer, listed: StaffImport) -> Job | None:
    """Return the newest work in the background on a list that was found for the viewer."""
    del viewer
    return session.get(Job, listed.reading.get("job", 0))


def rows(
    session: Session, viewer: Viewer, listed: StaffImport, verdict: str, *, limit: int,
    offset: int = 0,
) -> tuple[list[StaffImportRow], int]:  # fmt: skip
    """Return rows of a list that was found for the viewer, and how many have this verdict.

    verdict  an empty one stands for all.
    """
    del viewer
    statement = select(StaffImportRow).where(StaffImportRow.import_id == listed.id)
    if verdict:
        statement = statement.where(StaffImportRow.verdict == verdict)
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    found = session.scalars(
        statement.order_by(StaffImportRow.number).limit(limit).offset(offset)
    )  # fmt: skip
    return list(found), total or 0


def every_row(
    session: Session, viewer: Viewer, listed: StaffImport, verdict: str
) -> Sequence[AnyRow]:
    """Return the same rows without their number bounded, as columns: for the report."""
    del viewer
    statement = select(
        StaffImportRow.number, StaffImportRow.verdict, StaffImportRow.facts, StaffImportRow.reasons
    ).where(StaffImportRow.import_id == listed.id)
    if verdict:
        statement = statement.where(StaffImportRow.verdict == verdict)
    return session.execute(statement.order_by(StaffImportRow.number)).all()


def to_do(
    session: Session, viewer: Viewer, listed: StaffImport, verdicts: Collection[str], after: int, *,
    done: bool, limit: int,
) -> list[StaffImportRow]:  # fmt: skip
    """Return the next rows of a list after a number that are done, or not done yet."""
    del viewer
    return list(
        session.scalars(
            select(StaffImportRow)
            .where(
                StaffImportRow.import_id == listed.id, StaffImportRow.number > after,
                StaffImportRow.verdict.in_(verdicts), StaffImportRow.done.is_(done),
            )
            .order_by(StaffImportRow.number)
            .limit(limit)
        )
    )  # fmt: skip


def counts(
    session: Session, viewer: Viewer, listed: StaffImport, *, done: bool = False
) -> dict[str, int]:
    """Return how many rows of a list have each verdict; done: only those that changed something."""
    del viewer
    statement = select(StaffImportRow.verdict, func.count()).where(
        StaffImportRow.import_id == listed.id
    )
    if done:
        statement = statement.where(StaffImportRow.done.is_(True))
    return dict(session.execute(statement.group_by(StaffImportRow.verdict)).all())


def job_titles(session: Session, viewer: Viewer) -> dict[str, str]:
    """Return the functions that this country has said its job titles are, by their folded form.

    They are the same for everybody who brings a list.
    """
    del viewer
    return {
        row.key: row.function for row in session.execute(select(JobTitle.key, JobTitle.function))
    }


def titled_rows(session: Session, viewer: Viewer, listed: StaffImport) -> Iterator[tuple[int, str]]:
    """Yield number and job title of each row that names one, without those that stand twice."""
    del viewer
    title = StaffImportRow.facts["title"].as_string()
    rows = session.execute(
        select(StaffImportRow.number, title)
        .where(
            StaffImportRow.import_id == listed.id, StaffImportRow.verdict != DUPLICATE,
            title.is_not(None),
        )
        .order_by(StaffImportRow.number)
    )  # fmt: skip
    return ((number, said) for number, said in rows)


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
                Unit.id, Unit.code, Unit.kind, Unit.path, above.code.label("parent"), Unit.names,
                Unit.closed_on,
            ).outerjoin(above, above.id == Unit.parent_id)
        )
    ]  # fmt: skip


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
            Identity.service_number_folded, Person.id, Person.status, Identity.name,
            Identity.name_latin, Identity.language, Person.rank_group, Person.sex,
            Identity.service_number, Identity.names_confirmed_at,
        )
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.service_number_folded.in_(numbers))
        .with_for_update(of=Person)
    ).all()  # fmt: skip
    people = [row.id for row in found]
    work: dict[UUID, list[Work]] = {}
    for row in session.execute(
        select(
            Posting.person_id, Posting.id, Posting.unit_id, Unit.code, Unit.path, Posting.function,
            Posting.starts_on, Posting.ends_on,
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id.in_(people))
        .order_by(Posting.starts_on, Posting.id)
    ):  # fmt: skip
        of_person = work.setdefault(row.person_id, [])
        of_person.append(
            Work(row.id, row.unit_id, row.code, row.path, row.function, row.starts_on, row.ends_on)
        )
    roles: dict[UUID, list[Role]] = {}
    for person_id, name, path, course in session.execute(
        select(Grant.person_id, Grant.role, Unit.path, Grant.course_id)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.person_id.in_(people), Grant.starts_on <= today,
            or_(Grant.ends_on.is_(None), Grant.ends_on >= today),
        )
    ):  # fmt: skip
        roles.setdefault(person_id, []).append(Role(name, path, course))
    return {
        row.service_number_folded: Known(
            row.id, row.service_number, row.status, row.name, row.name_latin, row.language,
            row.rank_group, row.sex, row.names_confirmed_at, work.get(row.id, ()),
            roles.get(row.id, ()),
        )
        for row in found
    }  # fmt: skip


def missing(
    session: Session, viewer: Viewer, listed: StaffImport, after: UUID | None, *, today: date,
    limit: int,
) -> list[AnyRow]:  # fmt: skip
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
        select(
            Person.id, Identity.service_number, Identity.name, Unit.id.label("place"), Unit.code
        )
        .join(Identity, Identity.person_id == Person.id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            scope.posted_on(today), scope.below(Unit.path, viewer.unit_paths("administrator")),
            Unit.id.in_(places_named), Person.id.not_in(in_list), Person.id != viewer.person_id,
        )
        .order_by(Person.id, Posting.starts_on)
        .limit(limit)
    )  # fmt: skip
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

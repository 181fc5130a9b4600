"""Lists on their way into the register, and their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from lms.accounts.importing.rules import DUPLICATE
from lms.accounts.models import (
    StaffImport,
    StaffImportRow,
)
from lms.accounts.rules import administers_country
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_LISTS = 100
# Rows of people who are missing in a list have no number in it; theirs begin here.
MISSING_FROM = 1_000_000


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


def one(session: Session, viewer: Viewer, import_id: UUID, *, locked: bool = False) -> StaffImport:
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
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    verdict: str,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[list[StaffImportRow], int]:
    """Return rows of a list that was found for the viewer, and how many have this verdict.

    verdict  an empty one stands for all.
    """
    del viewer
    statement = select(StaffImportRow).where(StaffImportRow.import_id == listed.id)
    if verdict:
        statement = statement.where(StaffImportRow.verdict == verdict)
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    found = session.scalars(statement.order_by(StaffImportRow.number).limit(limit).offset(offset))
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
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    verdicts: Collection[str],
    after: int,
    *,
    done: bool,
    limit: int,
) -> list[StaffImportRow]:
    """Return the next rows of a list after a number that are done, or not done yet."""
    del viewer
    return list(
        session.scalars(
            select(StaffImportRow)
            .where(
                StaffImportRow.import_id == listed.id,
                StaffImportRow.number > after,
                StaffImportRow.verdict.in_(verdicts),
                StaffImportRow.done.is_(done),
            )
            .order_by(StaffImportRow.number)
            .limit(limit)
        )
    )


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


def titled_rows(session: Session, viewer: Viewer, listed: StaffImport) -> Iterator[tuple[int, str]]:
    """Yield number and job title of each row that names one, without those that stand twice."""
    del viewer
    title = StaffImportRow.facts["title"].as_string()
    rows = session.execute(
        select(StaffImportRow.number, title)
        .where(
            StaffImportRow.import_id == listed.id,
            StaffImportRow.verdict != DUPLICATE,
            title.is_not(None),
        )
        .order_by(StaffImportRow.number)
    )
    return ((number, said) for number, said in rows)

"""The files of a draft that a page of national adaptation needs, in one look."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.authoring.adapting.rules import READINESS, key_of
from lms.authoring.drafts.models import Draft, DraftContent, DraftFile
from lms.authoring.drafts.queries import File
from lms.catalogue.models import Edition
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer


def files(
    session: Session,
    viewer: Viewer,
    found: Draft,
    folders: Collection[str],
    paths: Collection[str] = (),
) -> dict[str, File]:
    """Return the tables and texts in some folders, and some files besides, by path."""
    del viewer  # ``found`` came through a query that carries the viewer
    wanted = [DraftFile.path.startswith(f"{each}/", autoescape=True) for each in folders]
    rows = session.execute(
        select(DraftFile.path, DraftContent.data, DraftFile.number)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(DraftFile.draft_id == found.id, or_(*wanted, DraftFile.path.in_(paths)))
        .order_by(DraftFile.path)
    )
    return {row.path: File(row.path, row.data, row.number) for row in rows}


def package(session: Session, viewer: Viewer, found: Draft) -> str | None:
    """Return where the package of the edition lies that a draft goes on from; None without one."""
    del viewer
    if found.edition_id is None:
        return None
    return session.scalar(select(Edition.package).where(Edition.id == found.edition_id))


def job(session: Session, viewer: Viewer, draft_id: UUID, state: str) -> Job | None:
    """Return the look at one state of a draft for what its certificates wait for."""
    del viewer
    return session.scalar(
        select(Job).where(Job.kind == READINESS, Job.key == key_of(draft_id, state))
    )

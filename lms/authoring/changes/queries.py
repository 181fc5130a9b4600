"""The edition that a draft is compared with, and the digests of the draft's files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts.models import Draft, DraftFile
from lms.catalogue.models import Edition
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Base:
    """The edition that a draft was begun from or last published as."""

    number: str
    package: str


def base(session: Session, viewer: Viewer, found: Draft) -> Base | None:
    """Return the edition with which a draft is compared; None where there is none yet."""
    del viewer  # ``found`` came through a query that carries the viewer
    row = session.execute(
        select(Edition.number, Edition.revision, Edition.package).where(
            Edition.id == found.edition_id
        )
    ).one_or_none()
    return Base(f"{row.number}.{row.revision}", row.package) if row else None


def digests(session: Session, viewer: Viewer, found: Draft) -> dict[str, str]:
    """Return the digest of every file of a draft by its path."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftFile.digest).where(DraftFile.draft_id == found.id)
    )
    return {row.path: row.digest for row in rows}

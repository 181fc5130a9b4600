"""What was said of a draft, who wrote it, and what the last check found."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.authoring.drafts.actions import ACCEPTED, ASIDE, START
from lms.authoring.drafts.models import Draft, DraftVerdict, DraftVersion
from lms.authoring.review.models import EditionPerson
from lms.authoring.review.rules import CHECK, PUBLISH, PUBLISHED
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_VERDICTS = 20


def verdicts(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return what was said of a draft, the last first: verdict, state, note, at, by, name."""
    del viewer  # ``found`` came through a query that carries the viewer
    return list(
        session.execute(
            select(
                DraftVerdict.verdict,
                DraftVerdict.state,
                DraftVerdict.note,
                DraftVerdict.at,
                DraftVerdict.by,
                Identity.name,
            )
            .outerjoin(Identity, Identity.person_id == DraftVerdict.by)
            .where(DraftVerdict.draft_id == found.id)
            .order_by(DraftVerdict.at.desc(), DraftVerdict.id.desc())
            .limit(MOST_VERDICTS)
        )
    )


def written(session: Session, viewer: Viewer, found: Draft) -> list[tuple[UUID, str]]:
    """Return who wrote which file since the draft was begun or last published."""
    del viewer
    since = (
        select(func.max(DraftVerdict.at))
        .where(DraftVerdict.draft_id == found.id, DraftVerdict.verdict == PUBLISHED)
        .scalar_subquery()
    )
    rows = session.execute(
        select(DraftVersion.by, DraftVersion.path)
        .distinct()
        .where(
            DraftVersion.draft_id == found.id,
            DraftVersion.by.is_not(None),
            DraftVersion.kind.not_in((ASIDE, ACCEPTED)),
            # What a new course begins with was written by whoever began it.
            DraftVersion.kind != START if found.edition_id else true(),
            (since.is_(None)) | (DraftVersion.at > since),
        )
    )
    return [(row.by, row.path) for row in rows]


def jobs(session: Session, viewer: Viewer, key: str) -> dict[str, Job]:
    """Return the check and the publication of one state of a draft, by kind, as far as asked for.

    key  see ``rules.key_of``: it names the draft.
    """
    del viewer
    rows = session.scalars(select(Job).where(Job.kind.in_((CHECK, PUBLISH)), Job.key == key))
    return {row.kind: row for row in rows}


def people_of(session: Session, viewer: Viewer, edition_id: int) -> list[AnyRow]:
    """Return who made an edition: part, at, name; without a name once it is no longer kept."""
    del viewer  # whoever may open the course may know who answers for it
    return list(
        session.execute(
            select(EditionPerson.part, EditionPerson.at, Identity.name)
            .outerjoin(Identity, Identity.person_id == EditionPerson.person_id)
            .where(EditionPerson.edition_id == edition_id)
            .order_by(EditionPerson.part, Identity.name)
        )
    )

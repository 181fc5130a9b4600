"""Commenting on a text, and settling a comment. Everybody with a role at the course may."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft, DraftComment
from lms.authoring.drafts.rules import rights
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there


def comment(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    path: str,
    block: str,
    text: str,
    *,
    comment_id: UUID,
    now: datetime,
) -> None:
    """Put a comment beside a block of a text; an empty ``block`` is the whole text.

    comment_id  random, made by the page: sent twice it makes one comment.
    raises      NotFound for whoever holds no role at the course.
    """
    found = _draft(session, viewer, draft_id)
    values = {
        "id": comment_id,
        "draft_id": found.id,
        "path": path,
        "block": block,
        "text": text,
        "by": actor_id(viewer),
        "at": now,
        "resolved_by": None,
        "resolved_at": None,
    }
    add_unless_there(session, DraftComment, values)


def resolve(
    session: Session, viewer: Viewer, draft_id: UUID, comment_id: UUID, *, now: datetime
) -> str:
    """Resolve a comment and return the path of its text; a resolved one stays as it is.

    raises  NotFound for a comment of another draft, and for whoever holds no role at the course.
    """
    found = _comment(session, viewer, draft_id, comment_id)
    if found.resolved_at is None:
        found.resolved_by, found.resolved_at = actor_id(viewer), now
    return found.path


def reopen(session: Session, viewer: Viewer, draft_id: UUID, comment_id: UUID) -> str:
    """Open a comment again and return the path of its text; raises NotFound as ``resolve``."""
    found = _comment(session, viewer, draft_id, comment_id)
    found.resolved_by = found.resolved_at = None
    return found.path


def _draft(session: Session, viewer: Viewer, draft_id: UUID) -> Draft:
    found = drafts.draft(session, viewer, draft_id)
    if not rights(viewer, found.course_id).roles:
        raise NotFound
    return found


def _comment(session: Session, viewer: Viewer, draft_id: UUID, comment_id: UUID) -> DraftComment:
    found = session.scalar(
        select(DraftComment)
        .where(
            DraftComment.id == comment_id,
            DraftComment.draft_id == _draft(session, viewer, draft_id).id,
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found

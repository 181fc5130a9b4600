"""Comments on the texts of a draft."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Identity
from lms.authoring.drafts.models import Draft, DraftComment
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_COMMENTS = 100


def comments(session: Session, viewer: Viewer, found: Draft, path: str) -> list[AnyRow]:
    """Return the comments on one text, open ones first, then by their moment.

    Rows: id, block, text, at, resolved_at, name, resolver. Of very many the first 100.
    """
    del viewer  # ``found`` came through a query that carries the viewer
    resolver = aliased(Identity)
    return list(
        session.execute(
            select(
                DraftComment.id,
                DraftComment.block,
                DraftComment.text,
                DraftComment.at,
                DraftComment.resolved_at,
                Identity.name,
                resolver.name.label("resolver"),
            )
            .outerjoin(Identity, Identity.person_id == DraftComment.by)
            .outerjoin(resolver, resolver.person_id == DraftComment.resolved_by)
            .where(DraftComment.draft_id == found.id, DraftComment.path == path)
            .order_by(DraftComment.resolved_at.is_not(None), DraftComment.at, DraftComment.id)
            .limit(MOST_COMMENTS)
        )
    )

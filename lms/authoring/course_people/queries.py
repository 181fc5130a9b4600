"""Who holds a role at a course."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Grant, Identity
from lms.authoring.drafts.rules import rights
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_HOLDERS = 200


def holders(session: Session, viewer: Viewer, course_id: str, *, today: date) -> list[AnyRow]:
    """Return who holds which role at a course today or later, by role and name.

    raises  NotFound for whoever may not open the course's drafts.
    """
    if not rights(viewer, course_id).reads:
        raise NotFound
    giver = aliased(Identity)
    return list(
        session.execute(
            select(
                Grant.id,
                Grant.person_id,
                Grant.role,
                Grant.starts_on,
                Grant.ends_on,
                Identity.name,
                Identity.service_number,
                giver.name.label("given_by"),
            )
            .outerjoin(Identity, Identity.person_id == Grant.person_id)
            .outerjoin(giver, giver.person_id == Grant.given_by)
            .where(
                Grant.course_id == course_id, or_(Grant.ends_on.is_(None), Grant.ends_on >= today)
            )
            .order_by(Grant.role, Identity.name)
            .limit(MOST_HOLDERS)
        )
    )


def require_grant(session: Session, viewer: Viewer, course_id: str, grant_id: UUID) -> None:
    """Do nothing for a role at this course; raises NotFound for any other."""
    del viewer  # whether they may end it is for ``accounts.actions.end_role`` to say
    held = select(Grant.id).where(Grant.id == grant_id, Grant.course_id == course_id)
    if session.scalar(held) is None:
        raise NotFound

"""What became of the pictures that somebody has sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.picturing.rules import DRAW
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer

MOST_JOBS = 10


def lately(session: Session, viewer: Viewer, draft_id: UUID) -> list[Job]:
    """Return the pictures that the viewer has sent for a draft, the last first."""
    return list(
        session.scalars(
            select(Job)
            .where(
                Job.kind == DRAW,
                Job.asked_by == viewer.person_id,
                Job.key.startswith(f"{draft_id} ", autoescape=True),
            )
            .order_by(Job.id.desc())
            .limit(MOST_JOBS)
        )
    )

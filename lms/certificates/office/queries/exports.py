"""Work that puts many certificates together, and waits for a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.certificates.office import rules
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

BULK = "certificates.bulk"
MOST_WAITING = 50


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[AnyRow]:
    """Return the jobs that wait for a second person and that the viewer may let begin.

    Each with ``name``, that of who asked.
    """
    rows = session.execute(
        select(Job.id, Job.facts, Job.asked_by, Job.made_at, Job.due_at, Identity.name)
        .outerjoin(Identity, Identity.person_id == Job.asked_by)
        .where(Job.kind == BULK, Job.state == "waiting", Job.due_at > now)
        .order_by(Job.id)
        .limit(MOST_WAITING)
    )
    return [
        row for row in rows
        if row.facts.get("second")
        and rules.may_approve(viewer, row.facts["asked_by"], row.facts["tops"])
    ]  # fmt: skip

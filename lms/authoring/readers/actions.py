"""Closing what a reader reported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.rules import rights
from lms.authoring.readers.rules import may_close
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.reporting.models import ReaderReport


def close(
    session: Session, viewer: Viewer, draft_id: UUID, report_id: UUID, *, now: datetime
) -> None:
    """Close a report; one that is closed already keeps who closed it.

    raises  NotFound for a report of another course, and for whoever does not write in this one.
    """
    found = drafts.draft(session, viewer, draft_id)
    report = session.scalar(
        select(ReaderReport)
        .where(ReaderReport.id == report_id, ReaderReport.course_id == found.course_id)
        .with_for_update()
    )
    if report is None or not may_close(rights(viewer, found.course_id)):
        raise NotFound
    if report.closed_at is None:
        report.closed_by, report.closed_at = actor_id(viewer), now

"""Bring a picture into a draft: it is drawn anew by the worker, within the budget of a lesson."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.drafts import queries
from lms.authoring.drafts.rules import rights
from lms.authoring.picturing.rules import DRAW
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def ask(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    file: str,
    name: str,
    key: str,
    *,
    now: datetime,
) -> Job:
    """Ask the worker to draw a picture anew and to put it into the draft as ``media/NAME.webp``.

    file    its digest in the store of uploads.
    key     of the form: asking twice is asking once.
    raises  NotFound for whoever does not write the source language.
    """
    found = queries.draft(session, viewer, draft_id)
    if not rights(viewer, found.course_id).writes_source:
        raise NotFound
    facts = {
        "draft": str(found.id),
        "file": file,
        "name": name,
        "by": str(viewer.person_id),
        "course": found.course_id,
    }
    return jobs.ask(
        session,
        DRAW,
        f"{found.id} {viewer.person_id} {key}",
        facts,
        now=now,
        asked_by=actor_id(viewer),
    )

"""Spreadsheets and other files of a draft that somebody sends: kept, and read by the worker alone.

What a workbook unpacks to is counted before anything reads it, and that happens where a reader that
falls over harms nobody (``lms.sheets``). Pages show what the worker found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.rules import UPLOADS_KEPT
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.sheets.reader import LARGEST_FILE

LARGEST_MB = LARGEST_FILE // 1024 // 1024
MOST_KEPT = 500 * 1024 * 1024  # of one person, until their files are forgotten after a week
FILE_GONE = msg("This file is not kept any more. Send it again.")


def require_room(session: Session, viewer: Viewer, kind: str, size: int, *, now: datetime) -> None:
    """Refuse one more file of somebody whose files fill what one person may fill."""
    facts = session.scalars(
        select(Job.facts).where(
            Job.kind == kind, Job.asked_by == actor_id(viewer), Job.made_at >= now - UPLOADS_KEPT
        )
    )
    kept = {each["file"]: each["bytes"] for each in facts}
    if sum(kept.values()) + size > MOST_KEPT:
        raise Refused(
            Message(
                msg(
                    "Your files of this week have %(size)s MB together. Older ones are deleted "
                    "after a week; send this one then."
                ),
                {"size": MOST_KEPT // 1024 // 1024},
            )
        )


def ask(
    session: Session,
    viewer: Viewer,
    kind: str,
    draft_id: UUID,
    facts: Mapping[str, Any],
    key: str,
    *,
    now: datetime,
) -> Job:
    """Ask the worker to read a file of a draft; asking the same twice with one key is asking once.

    facts  ``file``, its digest in the store of uploads, ``bytes``, and what else the reading needs.
    """
    # Who goes back to a page and chooses otherwise sends its key again.
    said = sha256(json.dumps([key, facts], sort_keys=True).encode()).hexdigest()
    return jobs.ask(
        session,
        kind,
        f"{draft_id} {viewer.person_id} {said}",
        {**facts, "draft": str(draft_id), "by": str(viewer.person_id)},
        now=now,
        asked_by=actor_id(viewer),
    )


def found(session: Session, viewer: Viewer, kind: str, draft_id: UUID, job_id: int) -> Job:
    """Return the reading of a file that somebody has sent for a draft.

    raises  NotFound for anything else, also for somebody else's.
    """
    job = session.scalar(
        select(Job).where(Job.id == job_id, Job.kind == kind, Job.asked_by == viewer.person_id)
    )
    if job is None or job.facts["draft"] != str(draft_id):
        raise NotFound
    return job

"""The worker draws a picture anew: what else lies in the file of a camera stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.authoring import uploads
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.rules import AUTHOR
from lms.authoring.pictures import Reencoded, reencode
from lms.authoring.picturing.rules import DRAW
from lms.authoring.review.sentences import kept
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import NotFound, Refused
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.kernel.viewer import Role, Viewer


def draw(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Reencoded | Message:
    """Return the picture as a course may have it, or why it cannot be one."""
    del session, cursor, now
    try:
        return reencode(uploads.store().get(facts["file"]))
    except Refused as refused:
        return refused.message


def put(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Reencoded | Message,
    *,
    now: datetime,
) -> Done:
    """Put it into the draft, as a version of whoever sent it."""
    del cursor
    uploads.store().drop(facts["file"])
    if isinstance(prepared, Message):
        return Done({"refused": kept(prepared)})
    # Who sent it was an author then; the draft may have been put away since.
    sender = replace(Viewer(UUID(facts["by"]), "en"), roles=(Role(AUTHOR, None, facts["course"]),))
    path = f"media/{facts['name']}.webp"
    found = session.get_one(Draft, UUID(facts["draft"]))
    there = queries.file(session, SERVER, found, path)
    try:
        drafts.save(session, sender, found.id, path, prepared.data, seen=there.number, now=now)
    except (NotFound, Refused) as refused:
        return Done({"refused": kept(refused.message)})
    return Done(
        {
            "before": prepared.bytes_before,
            "after": prepared.bytes_after,
            "width": prepared.width,
            "height": prepared.height,
        }
    )


STEPS: Steps = {DRAW: SlowStep(draw, put)}

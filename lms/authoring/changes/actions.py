"""Weigh changes: what an author says of them stands in ``changes.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.changes.rules import CHANGES, Weighed, decided
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.rules import rights
from lms.content.faults import CourseRefused
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


def weigh(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    seen: int,
    fixed: bytes,
    changes: Sequence[Weighed],
    said: Mapping[tuple[str, str], str],
    *,
    now: datetime,
) -> None:
    """Write how much each change weighs; saying the same again changes nothing.

    seen     version of ``changes.toml`` that the viewer had before them. fixed: that file as the
             published edition has it.
    raises   NotFound for somebody who does not write the course's source; Refused where the file
             has changed meanwhile, cannot be read or becomes too large.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    if not rights(viewer, found.course_id).writes_source:
        raise NotFound
    there = queries.file(session, viewer, found, CHANGES)
    try:
        data = decided(there.data, fixed, changes, said)
    except CourseRefused as refused:
        raise Refused(refused.faults[0].message) from refused
    except ValueError:
        raise Refused(
            Message(msg("The file %(file)s cannot be read. Mend it first."), {"file": CHANGES})
        ) from None
    if data == there.data:
        return
    if there.number != seen:
        raise Refused(
            Message(
                msg(
                    "Somebody else has weighed changes meanwhile, so nothing was saved. Look "
                    "once more, then do it again."
                )
            )
        )
    drafts.save(session, viewer, draft_id, CHANGES, data, seen=seen, now=now)

"""Change the facts of a course: several files in one go, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.rules import rights
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

Files = Mapping[str, bytes]


class Changed(Refused):
    """Somebody else has changed one of the files since the page was opened."""

    def __init__(self) -> None:
        """Say the one sentence for it."""
        super().__init__(
            Message(
                msg(
                    "Somebody else has changed the course meanwhile, so nothing was saved. "
                    "Look once more, then do it again."
                )
            )
        )


def change(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    seen: Mapping[str, int],
    edit: Callable[[Files], Mapping[str, bytes | None]],
    *,
    now: datetime,
) -> bool:
    """Change files of a draft together; return whether anything changed.

    seen    path -> the version that the viewer had before them, of every file that ``edit`` reads.
    edit    the files as they are -> those that change; None takes a file out of the draft.
    raises  NotFound for somebody who does not write the course's source; ``Changed`` where one of
            the files has another version by now, and then nothing is saved.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    if not rights(viewer, found.course_id).writes_source:
        raise NotFound
    there = queries.read(session, viewer, found, seen)
    try:
        wanted = edit({path: each.data for path, each in there.items()})
    except KeyError:  # the lesson or the module that it is about has gone meanwhile
        raise Changed from None
    new = {
        path: data
        for path, data in wanted.items()
        if path not in there or there[path].data != (data or b"")
    }
    if not new:
        return False  # the same form, sent twice
    if any(each.number != seen[path] for path, each in there.items()):
        raise Changed
    for path in sorted(new):
        data = new[path]
        if data is None:
            drafts.remove(session, viewer, draft_id, path, now=now)
        else:
            number = there[path].number if path in there else 0
            saved = drafts.save(session, viewer, draft_id, path, data, seen=number, now=now)
            if saved.aside is not None:
                raise Changed
    return True

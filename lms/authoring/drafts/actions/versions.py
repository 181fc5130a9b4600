"""Write one file of a draft: every save is a version, and nothing is ever thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.drafts import queries, rules
from lms.authoring.drafts.actions.names import name_anew, require_path
from lms.authoring.drafts.actions.old_texts import note_old_texts
from lms.authoring.drafts.models import Draft, DraftContent, DraftFile, DraftVersion
from lms.content.blocks import MOST_BYTES
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there

START, SAVED, AUTO, ASIDE, RESTORED, IMPORT, REMOVED, ACCEPTED = (
    "start", "saved", "auto", "aside", "restored", "import", "removed", "accepted",
)  # fmt: skip
# What one person saves by itself within this time is one version, not a hundred.
ONE_SITTING = timedelta(minutes=10)
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving a file.

    number  of the present version.
    aside   the number under which a text is kept that was written while somebody else changed
            the file; None where nothing stood in the way.
    """

    number: int
    aside: int | None = None


def save(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    path: str,
    data: bytes,
    *,
    seen: int,
    now: datetime,
    note: str = "",
    kind: str = SAVED,
) -> Saved:
    """Keep what somebody wrote as the present version of a file.

    seen    number of the version that they had before them, 0 for a new file.
    kind    ``AUTO`` where nobody pressed a button: what one person writes in one sitting then is
            one version.
    raises  NotFound for a draft or a file that the viewer may not write, Refused for a file that
            no course may have.

    Where somebody else has changed the file since, the text is kept beside theirs and neither is
    lost: the writer chooses. Saving the same again changes nothing.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    require_writable(viewer, found, path, data)
    present = session.get(DraftFile, (found.id, path))
    digest = sha256(data).hexdigest()
    number = present.number if present else 0
    if present is not None and present.digest == digest:
        return Saved(number)
    if number != seen:
        return Saved(number, _set_aside(session, viewer, found, path, data, now))
    before = session.get(DraftContent, present.digest) if present else None
    note_old_texts(session, found, path, before.data if before else b"", data)
    put(session, viewer, found, path, data, kind, note, now)
    name_anew(session, viewer, found, path, data)
    found.changed_at = now
    session.flush()
    return Saved(session.get_one(DraftFile, (found.id, path)).number)


def accept(
    session: Session, viewer: Viewer, draft_id: UUID, path: str, data: bytes, *, now: datetime
) -> None:
    """Keep a translation in which nothing changed but who has read and accepted it.

    The caller answers for that, and holds the draft's lock. Whoever accepts has not written it.
    raises  NotFound for somebody who does not review this course.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    if not rules.rights(viewer, found.course_id).reviews:
        raise NotFound
    put(session, viewer, found, path, data, ACCEPTED, "", now)
    found.changed_at = now
    session.flush()


def remove(session: Session, viewer: Viewer, draft_id: UUID, path: str, *, now: datetime) -> None:
    """Take a file out of the draft; its versions stay and can be restored."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    require_writable(viewer, found, path, b"")
    if path == "course.toml":
        raise Refused(Message(msg("A course cannot be without course.toml.")))
    drop(session, viewer, found, path, REMOVED, now)
    found.changed_at = now


def restore(
    session: Session, viewer: Viewer, draft_id: UUID, path: str, number: int, *, now: datetime
) -> Saved:
    """Make an earlier version, or one that was set aside, the present one."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    data = queries.version(session, viewer, found, path, number)
    present = session.get(DraftFile, (found.id, path))
    return save(
        session,
        viewer,
        draft_id,
        path,
        data,
        seen=present.number if present else 0,
        now=now,
        kind=RESTORED,
    )


class TooLargeError(Refused):
    """A text is longer than a file of a course may be."""

    status = 422


def require_writable(viewer: Viewer, found: Draft, path: str, data: bytes) -> None:
    """Raise NotFound for what the viewer may not write, Refused for what no course may have."""
    if not rules.rights(viewer, found.course_id).may_write(path, found.source):
        raise NotFound
    require_path(path)
    if len(data) > MOST_BYTES:
        raise TooLargeError(
            Message(msg("This file is larger than 256 kB. Split it or shorten it."))
        )


def _content(session: Session, data: bytes) -> str:
    digest = sha256(data).hexdigest()
    add_unless_there(session, DraftContent, {"digest": digest, "data": data})
    return digest


def _next_number(session: Session, found: Draft, path: str) -> int:
    last = session.scalar(
        select(func.max(DraftVersion.number)).where(
            DraftVersion.draft_id == found.id, DraftVersion.path == path
        )
    )
    return (last or 0) + 1


def put(
    session: Session,
    viewer: Viewer,
    found: Draft,
    path: str,
    data: bytes,
    kind: str,
    note: str,
    now: datetime,
) -> None:
    """Make ``data`` the present version of a file."""
    digest = _content(session, data)
    present = session.get(DraftFile, (found.id, path))
    last = session.get(DraftVersion, present.version_id) if present else None
    number = _next_number(session, found, path)
    sitting = (
        kind in {AUTO, SAVED}
        and last is not None
        and last.kind == AUTO
        and last.by == viewer.person_id
        and now - last.at < ONE_SITTING
    )
    if sitting and last is not None:
        # A new number all the same: whoever saw the one before must learn that it has changed.
        last.number, last.digest, last.kind, last.note, last.at = number, digest, kind, note, now
        version = last
    else:
        version = DraftVersion(
            draft_id=found.id,
            path=path,
            number=number,
            digest=digest,
            kind=kind,
            note=note[:LONGEST_NOTE],
            by=actor_id(viewer),
            at=now,
        )
        session.add(version)
    session.flush()
    if present is None:
        present = DraftFile(draft_id=found.id, path=path)
        session.add(present)
    present.version_id, present.number = version.id, number
    present.digest, present.size = digest, len(data)
    session.flush()


def _set_aside(
    session: Session, viewer: Viewer, found: Draft, path: str, data: bytes, now: datetime
) -> int:
    """Keep a text that somebody wrote beside another one; return its number."""
    digest = _content(session, data)
    known = session.scalar(
        select(DraftVersion.number)
        .where(
            DraftVersion.draft_id == found.id,
            DraftVersion.path == path,
            DraftVersion.kind == ASIDE,
            DraftVersion.digest == digest,
            DraftVersion.by == actor_id(viewer),
        )
        .limit(1)
    )
    if known is not None:
        return known
    number = _next_number(session, found, path)
    session.add(
        DraftVersion(
            draft_id=found.id,
            path=path,
            number=number,
            digest=digest,
            kind=ASIDE,
            note="",
            by=actor_id(viewer),
            at=now,
        )
    )
    session.flush()
    return number


def drop(
    session: Session, viewer: Viewer, found: Draft, path: str, kind: str, now: datetime
) -> None:
    """Take a file away; that it is gone is a version, too."""
    gone = session.execute(
        delete(DraftFile)
        .where(DraftFile.draft_id == found.id, DraftFile.path == path)
        .returning(DraftFile.path)
    ).all()
    if gone:
        session.add(
            DraftVersion(
                draft_id=found.id,
                path=path,
                number=_next_number(session, found, path),
                digest=None,
                kind=kind,
                note="",
                by=actor_id(viewer),
                at=now,
            )
        )
        session.flush()

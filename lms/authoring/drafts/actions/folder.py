"""Write a draft as a whole: begin it, take a folder that was edited elsewhere, put it away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.actions import become_author
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.drafts import queries, rules
from lms.authoring.drafts.actions.names import course_of, name_anew
from lms.authoring.drafts.actions.old_texts import note_old_texts
from lms.authoring.drafts.actions.versions import IMPORT, START, drop, put, require_writable
from lms.authoring.drafts.models import Draft, DraftContent, DraftFile, DraftVersion
from lms.authoring.drafts.new_course import NewCourse, files_of
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_all_unless_there


def begin(
    session: Session,
    viewer: Viewer,
    files: Mapping[str, bytes],
    edition_id: int | None,
    *,
    now: datetime,
) -> Draft:
    """Begin a draft with the files of a folder; return the course's open draft if it has one.

    raises  Refused when the folder does not say which course it is, or another course has its
            address; NotFound for a course at which the viewer may not write.
    """
    course = course_of(files)
    if not rules.rights(viewer, course.id).writes_source:
        raise NotFound
    there = queries.open_draft(session, viewer, course.id)
    if there is not None:
        return there
    if queries.is_taken(session, viewer, course.slug, course.id):
        raise Refused(
            Message(
                msg("Another course has the address %(slug)s already. Choose another one."),
                {"slug": course.slug},
            )
        )
    found = Draft(
        id=new_ordered_id(),
        course_id=course.id,
        slug=course.slug,
        source=course.source,
        title=course.title,
        edition_id=edition_id,
        made_by=actor_id(viewer),
        made_at=now,
        changed_at=now,
        closed_at=None,
    )
    session.add(found)
    session.flush()
    _first_versions(session, viewer, found, files, now)
    audit.append(
        session, actor_id(viewer), "draft.begun", str(found.id), {"course": course.id}, now=now
    )
    return found


def _first_versions(
    session: Session, viewer: Viewer, found: Draft, files: Mapping[str, bytes], now: datetime
) -> None:
    """Make each file of a new draft its first version.

    All of them together: everybody else's saving waits meanwhile, and a large course has hundreds.
    """
    digests = {path: sha256(files[path]).hexdigest() for path in sorted(files)}
    contents = {digest: files[path] for path, digest in digests.items()}
    add_all_unless_there(
        session,
        DraftContent,
        [{"digest": digest, "data": data} for digest, data in contents.items()],
    )
    versions = [
        DraftVersion(
            draft_id=found.id,
            path=path,
            number=1,
            digest=digest,
            kind=START,
            note="",
            by=actor_id(viewer),
            at=now,
        )
        for path, digest in digests.items()
    ]
    session.add_all(versions)
    session.flush()
    session.add_all(
        DraftFile(
            draft_id=found.id,
            path=each.path,
            version_id=each.id,
            number=1,
            digest=each.digest,
            size=len(files[each.path]),
        )
        for each in versions
    )
    session.flush()


def begin_new(session: Session, viewer: Viewer, new: NewCourse, *, now: datetime) -> Draft:
    """Begin a course from nothing; whoever begins it becomes its author.

    raises  NotFound for somebody who may not; Refused for an id or an address that is taken.
    """
    if not rules.may_begin(viewer):
        raise NotFound
    if new.id in queries.taken_ids(session, viewer):
        mine = session.scalar(
            select(Draft).where(
                Draft.course_id == new.id,
                Draft.slug == new.slug,
                Draft.closed_at.is_(None),
                Draft.made_by == viewer.person_id,
            )
        )
        if mine is not None:
            return mine  # the same form, sent twice
        raise Refused(Message(msg("This id is taken. Load the page again to get another one.")))
    author = become_author(session, viewer, new.id, now=now)
    return begin(session, author, files_of(new, today=now.date()), None, now=now)


def take_folder(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    files: Mapping[str, bytes],
    *,
    seen: str,
    now: datetime,
    note: str = "",
) -> int:
    """Take a folder that was edited elsewhere; return how many files changed.

    seen    ``state`` of the draft that the viewer compared it with.
    raises  Refused where the draft has changed since, where the folder is another course, and
            where it changes a file that the viewer may not write.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    course = course_of(files)
    if course.id != found.course_id:
        raise Refused(
            Message(
                msg("The folder is the course %(other)s, this draft is %(course)s."),
                {"other": course.id, "course": found.course_id},
            )
        )
    if state(session, viewer, found) != seen:
        raise Refused(
            Message(msg("The draft was changed meanwhile. Compare the folder with it once more."))
        )
    now_there = queries.contents(session, viewer, found)
    changed = {path for path in {*now_there, *files} if now_there.get(path) != files.get(path)}
    for path in sorted(changed):
        require_writable(viewer, found, path, files.get(path, b""))
        if path in files:
            note_old_texts(session, found, path, now_there.get(path, b""), files[path])
            put(session, viewer, found, path, files[path], IMPORT, note, now)
            name_anew(session, viewer, found, path, files[path])
        else:
            drop(session, viewer, found, path, IMPORT, now)
    if changed:
        found.changed_at = now
        audit.append(
            session,
            actor_id(viewer),
            "draft.imported",
            str(found.id),
            {"files": len(changed)},
            now=now,
        )
    return len(changed)


def close(session: Session, viewer: Viewer, draft_id: UUID, *, now: datetime) -> None:
    """Put a draft away: nobody works in it any more, its versions stay."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    held = rules.rights(viewer, found.course_id)
    if not (held.writes_source or held.oversees):
        raise NotFound
    found.closed_at = now
    audit.append(
        session,
        actor_id(viewer),
        "draft.closed",
        str(found.id),
        {"course": found.course_id},
        now=now,
    )


def state(session: Session, viewer: Viewer, found: Draft) -> str:
    """Return a digest of all present versions: equal as long as nobody saves anything."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftFile.digest)
        .where(DraftFile.draft_id == found.id)
        .order_by(DraftFile.path)
    )
    return rules.state_of((row.path, row.digest) for row in rows)


def published(session: Session, draft_id: UUID, edition_id: int) -> None:
    """Note which edition was last made of a draft: "what changed" is counted from there."""
    session.execute(update(Draft).where(Draft.id == draft_id).values(edition_id=edition_id))

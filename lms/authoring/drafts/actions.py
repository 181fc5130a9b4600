"""Write drafts: every save is a version, and nothing that somebody wrote is ever thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.accounts import register
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.drafts import queries, rules
from lms.authoring.drafts.models import BlockText, Draft, DraftContent, DraftFile, DraftVersion
from lms.authoring.drafts.new_course import NewCourse, files_of
from lms.content.blocks import MOST_BYTES, read_document, toml_of
from lms.content.digests import block_digest, block_key, digested_text
from lms.content.faults import Faults
from lms.content.folder import MOST_FILES
from lms.content.reader import PATH
from lms.content.tables import COURSE_ID, LANGUAGE, SLUG
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
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


@dataclass(frozen=True, slots=True)
class CourseNames:
    """What a draft needs to know of a folder before the folder is good."""

    id: str
    slug: str
    source: str
    title: str


def begin(
    session: Session, viewer: Viewer, files: Mapping[str, bytes], edition_id: int | None, *,
    now: datetime,
) -> Draft:  # fmt: skip
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
            Message(msg("Another course has the address %(slug)s already. Choose another one."),
                    {"slug": course.slug})
        )  # fmt: skip
    found = Draft(
        id=new_ordered_id(), course_id=course.id, slug=course.slug, source=course.source,
        title=course.title, edition_id=edition_id, made_by=actor_id(viewer), made_at=now,
        changed_at=now, closed_at=None,
    )  # fmt: skip
    session.add(found)
    session.flush()
    for path in sorted(files):
        _put(session, viewer, found, path, files[path], START, "", now)
    audit.append(
        session, actor_id(viewer), "draft.begun", str(found.id), {"course": course.id}, now=now
    )
    return found


def begin_new(session: Session, viewer: Viewer, new: NewCourse, *, now: datetime) -> Draft:
    """Begin a course from nothing; whoever begins it becomes its author.

    raises  NotFound for somebody who may not; Refused for an id or an address that is taken.
    """
    if not rules.may_begin(viewer):
        raise NotFound
    if new.id in queries.taken_ids(session, viewer):
        mine = session.scalar(
            select(Draft).where(
                Draft.course_id == new.id, Draft.slug == new.slug, Draft.closed_at.is_(None),
                Draft.made_by == viewer.person_id,
            )
        )  # fmt: skip
        if mine is not None:
            return mine  # the same form, sent twice
        raise Refused(Message(msg("This id is taken. Load the page again to get another one.")))
    author = register.become_author(session, viewer, new.id, now=now)
    return begin(session, author, files_of(new, today=now.date()), None, now=now)


def save(
    session: Session, viewer: Viewer, draft_id: UUID, path: str, data: bytes, *, seen: int,
    now: datetime, note: str = "", kind: str = SAVED,
) -> Saved:  # fmt: skip
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
    _require(viewer, found, path, data)
    present = session.get(DraftFile, (found.id, path))
    digest = sha256(data).hexdigest()
    number = present.number if present else 0
    if present is not None and present.digest == digest:
        return Saved(number)
    if number != seen:
        return Saved(number, _set_aside(session, viewer, found, path, data, now))
    before = session.get(DraftContent, present.digest) if present else None
    _note_old_texts(session, found, path, before.data if before else b"", data)
    _put(session, viewer, found, path, data, kind, note, now)
    _name_anew(session, viewer, found, path, data)
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
    _put(session, viewer, found, path, data, ACCEPTED, "", now)
    found.changed_at = now
    session.flush()


def remove(session: Session, viewer: Viewer, draft_id: UUID, path: str, *, now: datetime) -> None:
    """Take a file out of the draft; its versions stay and can be restored."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    _require(viewer, found, path, b"")
    if path == "course.toml":
        raise Refused(Message(msg("A course cannot be without course.toml.")))
    _drop(session, viewer, found, path, REMOVED, now)
    found.changed_at = now


def restore(
    session: Session, viewer: Viewer, draft_id: UUID, path: str, number: int, *, now: datetime
) -> Saved:
    """Make an earlier version, or one that was set aside, the present one."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    data = queries.version(session, viewer, found, path, number)
    present = session.get(DraftFile, (found.id, path))
    return save(
        session, viewer, draft_id, path, data, seen=present.number if present else 0, now=now,
        kind=RESTORED,
    )  # fmt: skip


def take_folder(
    session: Session, viewer: Viewer, draft_id: UUID, files: Mapping[str, bytes], *,
    seen: str, now: datetime, note: str = "",
) -> int:  # fmt: skip
    """Take a folder that was edited elsewhere; return how many files changed.

    seen    ``state`` of the draft that the viewer compared it with.
    raises  Refused where the draft has changed since, where the folder is another course, and
            where it changes a file that the viewer may not write.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    course = course_of(files)
    if course.id != found.course_id:
        raise Refused(
            Message(msg("The folder is the course %(other)s, this draft is %(course)s."),
                    {"other": course.id, "course": found.course_id})
        )  # fmt: skip
    if state(session, viewer, found) != seen:
        raise Refused(
            Message(msg("The draft was changed meanwhile. Compare the folder with it once more."))
        )
    now_there = queries.contents(session, viewer, found)
    changed = {path for path in {*now_there, *files} if now_there.get(path) != files.get(path)}
    for path in sorted(changed):
        _require(viewer, found, path, files.get(path, b""))
        if path in files:
            _note_old_texts(session, found, path, now_there.get(path, b""), files[path])
            _put(session, viewer, found, path, files[path], IMPORT, note, now)
            _name_anew(session, viewer, found, path, files[path])
        else:
            _drop(session, viewer, found, path, IMPORT, now)
    if changed:
        found.changed_at = now
        audit.append(
            session, actor_id(viewer), "draft.imported", str(found.id), {"files": len(changed)},
            now=now,
        )  # fmt: skip
    return len(changed)


def close(session: Session, viewer: Viewer, draft_id: UUID, *, now: datetime) -> None:
    """Put a draft away: nobody works in it any more, its versions stay."""
    found = queries.draft(session, viewer, draft_id, lock=True)
    held = rules.rights(viewer, found.course_id)
    if not (held.writes_source or held.oversees):
        raise NotFound
    found.closed_at = now
    audit.append(
        session, actor_id(viewer), "draft.closed", str(found.id), {"course": found.course_id},
        now=now,
    )  # fmt: skip


def state(session: Session, viewer: Viewer, found: Draft) -> str:
    """Return a digest of all present versions: equal as long as nobody saves anything."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftFile.digest).where(DraftFile.draft_id == found.id)
        .order_by(DraftFile.path)
    )  # fmt: skip
    return rules.state_of((row.path, row.digest) for row in rows)


def course_of(files: Mapping[str, bytes]) -> CourseNames:
    """Return which course a folder is; raises Refused for what is none."""
    faults = Faults()
    if len(files) > MOST_FILES:
        raise Refused(Message(msg("A course has at most 2,000 files.")))
    for path in files:
        if not PATH.fullmatch(path) or ".." in path:
            raise Refused(
                Message(msg("File names use a-z A-Z 0-9 - . and at most 4 folders inside each "
                            "other."))
            )  # fmt: skip
    text = files.get("course.toml", b"").decode(errors="replace")
    values: Mapping[str, Any] = toml_of("course.toml", 0, text, faults) or {}
    course_id, slug, source = (str(values.get(name, "")) for name in ("id", "slug", "source"))
    if not (COURSE_ID.fullmatch(course_id) and SLUG.fullmatch(slug) and LANGUAGE.fullmatch(source)):
        raise Refused(
            Message(msg("The folder has no course.toml with an id, a slug and a source language, "
                        "so it is no course."))
        )  # fmt: skip
    return CourseNames(
        course_id, slug, source, _title(files.get(f"{source}/course.md", b"")) or slug
    )


def _title(data: bytes) -> str:
    found = read_document("", data, Faults()) if data else None
    title = found.front.get("title") if found else None
    # A text may break the format; the title of a list holds nothing that no database keeps.
    return "".join(filter(str.isprintable, title))[:90] if isinstance(title, str) else ""


def _require(viewer: Viewer, found: Draft, path: str, data: bytes) -> None:
    """Raise NotFound for what the viewer may not write, Refused for what no course may have."""
    if not rules.rights(viewer, found.course_id).may_write(path, found.source):
        raise NotFound
    if not PATH.fullmatch(path) or ".." in path:
        raise Refused(
            Message(msg("File names use a-z A-Z 0-9 - . and at most 4 folders inside each other."))
        )
    if len(data) > MOST_BYTES:
        raise Refused(Message(msg("This file is larger than 256 kB. Split it or shorten it.")))


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


def _put(
    session: Session, viewer: Viewer, found: Draft, path: str, data: bytes, kind: str, note: str,
    now: datetime,
) -> None:  # fmt: skip
    """Make ``data`` the present version of a file."""
    digest = _content(session, data)
    present = session.get(DraftFile, (found.id, path))
    last = session.get(DraftVersion, present.version_id) if present else None
    number = _next_number(session, found, path)
    sitting = (
        kind in {AUTO, SAVED} and last is not None and last.kind == AUTO
        and last.by == viewer.person_id and now - last.at < ONE_SITTING
    )  # fmt: skip
    if sitting and last is not None:
        # A new number all the same: whoever saw the one before must learn that it has changed.
        last.number, last.digest, last.kind, last.note, last.at = number, digest, kind, note, now
        version = last
    else:
        version = DraftVersion(
            draft_id=found.id, path=path, number=number, digest=digest, kind=kind,
            note=note[:LONGEST_NOTE], by=actor_id(viewer), at=now,
        )  # fmt: skip
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
        select(DraftVersion.number).where(
            DraftVersion.draft_id == found.id, DraftVersion.path == path,
            DraftVersion.kind == ASIDE, DraftVersion.digest == digest,
            DraftVersion.by == actor_id(viewer),
        ).limit(1)
    )  # fmt: skip
    if known is not None:
        return known
    number = _next_number(session, found, path)
    session.add(
        DraftVersion(
            draft_id=found.id, path=path, number=number, digest=digest, kind=ASIDE, note="",
            by=actor_id(viewer), at=now,
        )
    )  # fmt: skip
    session.flush()
    return number


def _drop(
    session: Session, viewer: Viewer, found: Draft, path: str, kind: str, now: datetime
) -> None:
    gone = session.execute(
        delete(DraftFile).where(DraftFile.draft_id == found.id, DraftFile.path == path)
        .returning(DraftFile.path)
    ).all()  # fmt: skip
    if gone:
        session.add(
            DraftVersion(
                draft_id=found.id, path=path, number=_next_number(session, found, path),
                digest=None, kind=kind, note="", by=actor_id(viewer), at=now,
            )
        )  # fmt: skip
        session.flush()


def _name_anew(session: Session, viewer: Viewer, found: Draft, path: str, data: bytes) -> None:
    """Let lists show the title and the address that the draft says of itself."""
    if path == f"{found.source}/course.md":
        found.title = _title(data) or found.title
    elif path == "course.toml":
        values = toml_of(path, 0, data.decode(errors="replace"), Faults()) or {}
        slug = values.get("slug")
        if (
            isinstance(slug, str) and SLUG.fullmatch(slug)
            and not queries.is_taken(session, viewer, slug, found.course_id)
        ):  # fmt: skip
            found.slug = slug


def _note_old_texts(session: Session, found: Draft, path: str, before: bytes, after: bytes) -> None:
    """Keep what blocks of the source said that translations were made from, when they change."""
    language, _, name = path.partition("/")
    if language != found.source or not name.endswith(".md") or not before:
        return
    old = read_document(path, before, Faults())
    new = read_document(path, after, Faults())
    if old is None:
        return
    still = {block_digest(block) for block in new.blocks} if new else set()
    gone = {block_digest(block): block for block in old.blocks} if old else {}
    gone = {digest: block for digest, block in gone.items() if digest not in still}
    if not gone:
        return
    translations = b"".join(_translations(session, found, name, path))
    for digest, block in gone.items():
        if digest.encode() in translations:
            add_unless_there(
                session, BlockText,
                {"course_id": found.course_id, "block": block_key(block), "digest": digest,
                 "text": digested_text(block)},
            )  # fmt: skip


def _translations(session: Session, found: Draft, name: str, path: str) -> Iterable[bytes]:
    return session.scalars(
        select(DraftContent.data).join(DraftFile, DraftFile.digest == DraftContent.digest)
        .where(
            DraftFile.draft_id == found.id, DraftFile.path != path,
            DraftFile.path.endswith(f"/{name}", autoescape=True),
        )
    )  # fmt: skip


def published(session: Session, draft_id: UUID, edition_id: int) -> None:
    """Note which edition was last made of a draft: "what changed" is counted from there."""
    session.execute(update(Draft).where(Draft.id == draft_id).values(edition_id=edition_id))

"""Drafts as those who work in them see them; everybody else finds nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, null, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.authoring.drafts.models import (
    BlockText,
    Draft,
    DraftComment,
    DraftContent,
    DraftFile,
    DraftVerdict,
    DraftVersion,
)
from lms.authoring.drafts.rules import courses_of
from lms.catalogue.models import Course, Edition, EditionText
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.reporting.models import ReaderReport
from lms.tables import AnyRow

MOST_DRAFTS, MOST_VERSIONS = 200, 100
HEAD = 600  # bytes


@dataclass(frozen=True, slots=True)
class File:
    """One file of a draft as it is now.

    number  of its version: who saves says which one they saw. 0 where there is no such file yet.
    """

    path: str
    data: bytes
    number: int
    at: datetime | None = None
    by: str = ""

    @property
    def text(self) -> str:
        """The contents as text; what is no UTF-8 is shown as the replacement sign."""
        return self.data.decode(errors="replace")


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    if administers_country(viewer):
        return true()
    return Draft.course_id.in_(courses_of(viewer))


def drafts(session: Session, viewer: Viewer) -> list[Draft]:
    """Return the open drafts in which somebody works, the last changed first."""
    return list(
        session.scalars(
            select(Draft)
            .where(Draft.closed_at.is_(None), _visible(viewer))
            .order_by(Draft.changed_at.desc())
            .limit(MOST_DRAFTS)
        )
    )


def still_said(session: Session, viewer: Viewer, drafts: Collection[Draft]) -> dict[UUID, AnyRow]:
    """Return the last thing said of each draft, where no text was changed after it.

    Rows: verdict, note, at, name; by draft. The page that checks
    a draft compares its very files; here the moments are enough.
    """
    del viewer  # the drafts came through a query that carries the viewer
    last = (
        select(DraftVerdict.draft_id, func.max(DraftVerdict.at).label("at"))
        .where(DraftVerdict.draft_id.in_([each.id for each in drafts]))
        .group_by(DraftVerdict.draft_id)
        .subquery()
    )
    rows = session.execute(
        select(
            DraftVerdict.draft_id,
            DraftVerdict.verdict,
            DraftVerdict.note,
            DraftVerdict.at,
            Identity.name,
        )
        .join(last, and_(last.c.draft_id == DraftVerdict.draft_id, last.c.at == DraftVerdict.at))
        .outerjoin(Identity, Identity.person_id == DraftVerdict.by)
        .order_by(DraftVerdict.id)
    )
    changed = {each.id: each.changed_at for each in drafts}
    return {row.draft_id: row for row in rows if row.at >= changed[row.draft_id]}


def draft(session: Session, viewer: Viewer, draft_id: UUID, *, lock: bool = False) -> Draft:
    """Return one open draft; raises NotFound for one that is closed or not the viewer's."""
    asked = select(Draft).where(Draft.id == draft_id, Draft.closed_at.is_(None), _visible(viewer))
    found = session.scalar(asked.with_for_update() if lock else asked)
    if found is None:
        raise NotFound
    return found


def draft_with_structure(session: Session, viewer: Viewer, draft_id: UUID) -> tuple[Draft, bytes]:
    """Return one open draft and its ``course.toml``, as every page of it needs them.

    raises  NotFound for one that is closed or not the viewer's.
    """
    row = session.execute(
        select(Draft, DraftContent.data)
        .outerjoin(DraftFile, and_(DraftFile.draft_id == Draft.id, DraftFile.path == "course.toml"))
        .outerjoin(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(Draft.id == draft_id, Draft.closed_at.is_(None), _visible(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1] or b""


def files(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return every file of a draft by its path: number, size, kind, note, at, and who."""
    del viewer  # ``found`` came through ``draft``
    return list(
        session.execute(
            select(
                DraftFile.path,
                DraftFile.number,
                DraftFile.size,
                DraftFile.digest,
                DraftVersion.kind,
                DraftVersion.note,
                DraftVersion.at,
                Identity.name,
            )
            .join(DraftVersion, DraftVersion.id == DraftFile.version_id)
            .outerjoin(Identity, Identity.person_id == DraftVersion.by)
            .where(DraftFile.draft_id == found.id)
            .order_by(DraftFile.path)
        )
    )


def file(session: Session, viewer: Viewer, found: Draft, path: str) -> File:
    """Return one file; one that is not there is empty and has the number 0."""
    return read(session, viewer, found, [path])[path]


def read(session: Session, viewer: Viewer, found: Draft, paths: Collection[str]) -> dict[str, File]:
    """Return some files by their path, in one look; those that are not there are empty."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data, DraftFile.number, DraftVersion.at, Identity.name)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .join(DraftVersion, DraftVersion.id == DraftFile.version_id)
        .outerjoin(Identity, Identity.person_id == DraftVersion.by)
        .where(DraftFile.draft_id == found.id, DraftFile.path.in_(paths))
    )
    known = {row.path: File(row.path, row.data, row.number, row.at, row.name or "") for row in rows}
    return {path: known.get(path) or File(path, b"", 0) for path in paths}


def heads(
    session: Session, viewer: Viewer, found: Draft, folder: str, size: int = HEAD
) -> dict[str, bytes]:
    """Return the first bytes of every text in a folder, where its title stands: path -> bytes.

    A page with a hundred titles does not read a hundred lessons. ``size`` is how many bytes.
    """
    del viewer
    rows = session.execute(
        select(DraftFile.path, func.substr(DraftContent.data, 1, size).label("head"))
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path.startswith(f"{folder}/", autoescape=True),
            DraftFile.path.endswith(".md"),
        )
    )
    return {row.path: row.head for row in rows}


def contents(session: Session, viewer: Viewer, found: Draft) -> dict[str, bytes]:
    """Return the whole folder: for a job, a check, an export. A page reads single files."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(DraftFile.draft_id == found.id)
        .order_by(DraftFile.path)
    )
    return {row.path: row.data for row in rows}


def versions(session: Session, viewer: Viewer, found: Draft, path: str) -> list[AnyRow]:
    """Return the last 100 versions of a file, the newest first: number, kind, note, at, and who."""
    del viewer
    return list(
        session.execute(
            select(
                DraftVersion.number,
                DraftVersion.kind,
                DraftVersion.note,
                DraftVersion.at,
                DraftVersion.digest,
                Identity.name,
            )
            .outerjoin(Identity, Identity.person_id == DraftVersion.by)
            .where(DraftVersion.draft_id == found.id, DraftVersion.path == path)
            .order_by(DraftVersion.number.desc())
            .limit(MOST_VERSIONS)
        )
    )


def version(session: Session, viewer: Viewer, found: Draft, path: str, number: int) -> bytes:
    """Return what a version held, nothing for a deletion; raises NotFound for no such version."""
    del viewer
    row = session.execute(
        select(DraftVersion.id, DraftContent.data)
        .outerjoin(DraftContent, DraftContent.digest == DraftVersion.digest)
        .where(
            DraftVersion.draft_id == found.id,
            DraftVersion.path == path,
            DraftVersion.number == number,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.data or b""


def old_texts(
    session: Session, viewer: Viewer, found: Draft, blocks: Collection[str]
) -> dict[str, str]:
    """Return what some blocks of the course said before: digest -> text."""
    del viewer
    rows = session.execute(
        select(BlockText.digest, BlockText.text).where(
            BlockText.course_id == found.course_id, BlockText.block.in_(blocks)
        )
    )
    return {row.digest: row.text for row in rows}


def published(session: Session, viewer: Viewer, language: str) -> list[AnyRow]:
    """Return the newest edition of each course that the viewer may begin a draft from.

    Rows: id, course_id, slug, number, revision, package, title in ``language``. Courses with an
    open draft are left out: everybody works in that one.
    """
    mine = true() if administers_country(viewer) else Course.id.in_(courses_of(viewer))
    in_work = select(Draft.course_id).where(Draft.closed_at.is_(None))
    title = (
        select(func.max(EditionText.title))
        .where(EditionText.edition_id == Edition.id, EditionText.language == language)
        .correlate(Edition)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                Edition.id,
                Edition.course_id,
                Course.slug,
                Edition.number,
                Edition.revision,
                Edition.package,
                title.label("title"),
            )
            .join(Course, Course.edition_id == Edition.id)
            .where(mine, Course.id.not_in(in_work))
            .order_by(Course.id)
        )
    )


def open_words(session: Session, viewer: Viewer, found: Draft) -> tuple[dict[str, int], int]:
    """Return how many comments are open, by the path of their text, and how many reports."""
    del viewer
    comments = (
        select(DraftComment.path, func.count().label("many"))
        .where(DraftComment.draft_id == found.id, DraftComment.resolved_at.is_(None))
        .group_by(DraftComment.path)
    )
    reports = select(null(), func.count()).where(
        ReaderReport.course_id == found.course_id, ReaderReport.closed_at.is_(None)
    )
    rows = {row.path: row.many for row in session.execute(comments.union_all(reports))}
    count = rows.pop(None)
    return dict(sorted(rows.items())), count


def taken_ids(session: Session, viewer: Viewer) -> set[str]:
    """Return every course id that was ever used here: it is never used again."""
    del viewer
    return {
        *session.scalars(select(Course.id)),
        *session.scalars(select(Draft.course_id).distinct()),
    }


def is_taken(session: Session, viewer: Viewer, slug: str, course_id: str) -> bool:
    """Return whether another course, published or in work, has this address."""
    del viewer
    return bool(
        session.scalar(
            select(Course.id).where(Course.slug == slug, Course.id != course_id).limit(1)
        )
        or session.scalar(
            select(Draft.course_id)
            .where(Draft.slug == slug, Draft.course_id != course_id, Draft.closed_at.is_(None))
            .limit(1)
        )
    )


def open_draft(session: Session, viewer: Viewer, course_id: str) -> Draft | None:
    """Return the open draft of a course, if there is one and the viewer may open it."""
    return session.scalar(
        select(Draft).where(
            Draft.course_id == course_id, Draft.closed_at.is_(None), _visible(viewer)
        )
    )

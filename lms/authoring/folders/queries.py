"""Folders that were brought: what the worker found in them, and what of a draft they meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.actions import READ
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts import rules
from lms.authoring.drafts.models import Draft, DraftFile
from lms.content.folder import courses_in
from lms.content.one_file import facts_of
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Lying:
    """A course folder that lies on this server and of which no draft is open."""

    folder: str
    course_id: str


def brought(session: Session, viewer: Viewer, job_id: int, draft_id: UUID | None = None) -> Job:
    """Return what somebody has brought themselves; raises NotFound for anything else.

    draft_id  the draft with which it is compared: what was brought for another one is not.
    """
    found = session.scalar(
        select(Job).where(Job.id == job_id, Job.kind == READ, Job.asked_by == viewer.person_id)
    )
    if found is None or found.facts.get("draft") not in {None, str(draft_id)}:
        raise NotFound
    return found


def digests(session: Session, viewer: Viewer, found: Draft) -> dict[str, str]:
    """Return the digest of every file of a draft, by path."""
    del viewer  # ``found`` came through a query that carries the viewer
    rows = session.execute(
        select(DraftFile.path, DraftFile.digest)
        .where(DraftFile.draft_id == found.id)
        .order_by(DraftFile.path)
    )
    return {row.path: row.digest for row in rows}


def lying(session: Session, viewer: Viewer, courses: Path) -> list[Lying]:
    """Return the course folders of this server of which the viewer may begin a draft."""
    here = [
        Lying(path.name, facts.id)
        for path in courses_in(courses)
        if (facts := facts_of((path / "course.toml").read_bytes())[0]) is not None
    ]
    known = drafts.taken_ids(session, viewer)
    in_work = set(session.scalars(select(Draft.course_id).where(Draft.closed_at.is_(None))))
    return [
        each
        for each in here
        if each.course_id not in in_work and may_draft(viewer, each.course_id, known)
    ]


def may_draft(viewer: Viewer, course_id: str, known: set[str]) -> bool:
    """Return whether somebody may begin a draft: of a course they write, or of a new one.

    known  every course id that was ever used here
    """
    if course_id in known:
        return rules.rights(viewer, course_id).writes_source
    return rules.may_begin(viewer)

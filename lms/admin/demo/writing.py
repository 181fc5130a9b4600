"""Who works on courses in the demonstration, and a draft that one of them has begun."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import actions as accounts
from lms.accounts.actions import NewRole
from lms.accounts.rules import SERVER
from lms.admin.demo import service
from lms.admin.demo.telling import Story
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.packages import unpacked
from lms.catalogue.models import Course, Edition
from lms.files import FileStore
from lms.kernel.viewer import Role, Viewer

BEGUN, CHANGED = timedelta(days=4), timedelta(days=2, hours=3)  # before the demonstration is built


def give_roles(session: Session, holders: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Give the roles at courses to the first holder of each office.

    holders  office and service number of everybody, the first of each office first
    """
    numbers: dict[str, str] = {}
    for title, number in holders:
        numbers.setdefault(title, number)
    there = set(session.scalars(select(Course.id)))
    for title, (roles, courses) in service.AT_COURSES.items():
        for course in sorted(there.intersection(courses)):
            for role in roles:
                new = NewRole(role, now.date(), course_id=course)
                accounts.give_role(session, SERVER, numbers[title], new, now=now)


def draft_story(session: Session, data: Path, author_id: UUID, *, now: datetime) -> Story:
    """Let an author begin a draft of a published course, and change one sentence with a comment.

    Where that course or its sentence is not there, nothing is begun.
    """
    found = session.execute(
        select(Edition.id, Edition.package)
        .join(Course, Course.edition_id == Edition.id)
        .where(Course.id == service.DRAFT_OF)
    ).one_or_none()
    if found is None:
        return
    _, files, _ = unpacked(FileStore(data / "files").get(found.package))
    path, before, after, comment = service.CHANGE
    if before.encode() not in files.get(path, b""):
        return
    author = Viewer(author_id, "en", roles=(Role("author", None, service.DRAFT_OF),))
    yield now - BEGUN
    begun = drafts.begin(session, author, files, found.id, now=now - BEGUN)
    yield now - CHANGED
    seen = queries.file(session, author, begun, path)
    text = seen.text.replace(before, after, 1)
    drafts.save(
        session,
        author,
        begun.id,
        path,
        text.encode(),
        seen=seen.number,
        now=now - CHANGED,
        note=comment,
    )

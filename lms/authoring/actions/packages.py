"""Packages of courses, taken along and brought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring import queries
from lms.authoring.queries import StoredPackage
from lms.authoring.rules import (
    READ_PACKAGE,
    READ_QUESTIONS,
    READ_SHEET,
    UPLOADS_KEPT,
    may_bring_packages,
)
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer

READ = READ_PACKAGE


def take_package(session: Session, viewer: Viewer, slug: str, *, now: datetime) -> StoredPackage:
    """Note that somebody takes a course along with the key of its questions, and return it.

    raises NotFound when no such course is published, or the viewer may not have all of it.
    """
    return _taken(session, viewer, queries.newest_package(session, viewer, slug), now)


def take_package_of(
    session: Session, viewer: Viewer, course_id: str, *, now: datetime
) -> StoredPackage:
    """Do the same for a course by its id."""
    return _taken(session, viewer, queries.newest_of(session, viewer, course_id), now)


def _taken(session: Session, viewer: Viewer, found: StoredPackage, now: datetime) -> StoredPackage:
    audit.append(
        session,
        actor_id(viewer),
        "package.taken",
        f"{found.course_id} {found.edition}",
        {"package": found.package},
        now=now,
    )
    return found


def ask_to_read(
    session: Session, viewer: Viewer, file: str, key: str, *, now: datetime, lay: str = ""
) -> Job:
    """Ask the worker what an uploaded package holds, and whose it is.

    file    its digest in the store of uploads
    key     the request key of the form: asking twice is asking once
    lay     the folder of this server that it was made of, where nobody has sent it
    raises  NotFound for a viewer who may bring no packages.
    """
    if not may_bring_packages(viewer):
        raise NotFound
    return jobs.ask(
        session,
        READ,
        f"{viewer.person_id} {key}",
        {"file": file, "lay": lay},
        now=now,
        asked_by=actor_id(viewer),
    )


def forget_packages(session: Session, discard: Callable[[str], bool], *, now: datetime) -> int:
    """Delete uploaded packages, questions and sheets a week after they were read; return how many.

    discard  deletes a file by its digest and returns whether there was one.

    What the worker has made of a file, ``rows`` of its result, goes with it.
    """
    kinds = (READ, READ_QUESTIONS, READ_SHEET)
    made = session.execute(
        select(Job.facts, Job.result, Job.made_at).where(Job.kind.in_(kinds))
    ).all()
    recent: set[str] = set()
    old: set[str] = set()
    for facts, result, at in made:
        files = filter(None, (facts["file"], (result or {}).get("rows")))
        (recent if at >= now - UPLOADS_KEPT else old).update(files)
    old -= recent
    return sum(discard(digest) for digest in old)

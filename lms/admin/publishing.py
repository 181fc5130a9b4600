"""The job that publishes the shipped courses for the nation that the first run has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.admin.actions import PUBLISH
from lms.authoring import actions, shipped
from lms.authoring.compiled import CompiledCourse, compile_course
from lms.authoring.voices import spoken_voices
from lms.catalogue.models import Edition
from lms.content.digests import core_digest
from lms.content.folder import FolderRefusedError, courses_in
from lms.content.model import Course
from lms.files import FileStore
from lms.jobs.steps import SlowStep, Steps
from lms.kernel.json_value import Json
from lms.settings import Settings


@dataclass(frozen=True, slots=True)
class Ready:
    """A course that can be published: compiled, its package and pictures stored."""

    course: Course
    nation: str | None
    made: CompiledCourse
    package: str


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> tuple[Ready | None, int]:
    """Compile one course folder with the national layer of this installation.

    returns  what to publish, None where this folder gives nothing; and the number of folders.

    Only a course whose core is what this server published already is taken: a folder that was
    changed since is offered to a publisher, not taken.
    """
    del facts, now
    settings: Settings = current_app.config["LMS"]
    folders = list(courses_in(settings.courses))
    place = int(cursor or 0)
    if place >= len(folders):
        return None, len(folders)
    try:
        course = shipped.read(folders[place]).course
    except (FolderRefusedError, OSError):
        course = None  # said at the start of the server; the other courses go on
    if course is None or _last_core(session, course) not in (None, core_digest(course.files)):
        return None, len(folders)
    nation = installation.read(session).nation
    made = compile_course(course, nation, spoken_voices())
    digest = shipped.stored(course, FileStore(settings.data / "files"))
    return Ready(course, nation, made, digest), len(folders)


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: tuple[Ready | None, int],
    *,
    now: datetime,
) -> int | None:
    """Publish what was compiled; the next step begins with the next folder."""
    del facts
    ready, folders = prepared
    if ready is not None:
        actions.publish(
            session, SERVER, ready.course, ready.nation, ready.made, ready.package, now=now
        )
    following = int(cursor or 0) + 1
    return following if following < folders else None


STEPS: Steps = {PUBLISH: SlowStep(prepare, record, large=True)}


def _last_core(session: Session, course: Course) -> str | None:
    return session.scalar(
        select(Edition.core_digest)
        .where(Edition.course_id == course.facts.id)
        .order_by(Edition.number.desc(), Edition.revision.desc())
        .limit(1)
    )

"""The job that publishes the shipped courses for the nation that the first run has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions, shipped
from lms.authoring.cli import spoken_voices
from lms.catalogue.models import Edition
from lms.content.digests import core_digest
from lms.content.folder import FolderRefusedError
from lms.files import FileStore
from lms.settings import Settings


def publish_for_nation(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> int | None:
    """Publish one course folder a step, with the national layer of this installation.

    Only a course whose core is what this server published already is taken: a folder that was
    changed since is offered to a publisher, not taken.
    """
    del facts
    settings: Settings = current_app.config["LMS"]
    folders = list(shipped.course_folders(settings.courses))
    place = int(cursor or 0)
    if place >= len(folders):
        return None
    try:
        course = shipped.read(folders[place]).course
    except (FolderRefusedError, OSError):
        course = None  # said at the start of the server; the other courses go on
    if course is not None:
        last = session.scalar(
            select(Edition.core_digest).where(Edition.course_id == course.facts.id)
            .order_by(Edition.number.desc(), Edition.revision.desc()).limit(1)
        )  # fmt: skip
        nation = installation.read(session).nation
        if last in (None, core_digest(course.files)):
            digest = FileStore(settings.data / "files").put(shipped.package(course))
            actions.publish(session, SERVER, course, nation, spoken_voices(), digest, now=now)
    return place + 1 if place + 1 < len(folders) else None

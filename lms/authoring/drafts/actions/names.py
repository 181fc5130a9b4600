"""What a folder says that it is: which course, with which address and title; and file names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.content.blocks import read_document, toml_of
from lms.content.faults import Faults
from lms.content.folder import MOST_FILES
from lms.content.reader import PATH
from lms.content.tables import COURSE_ID, LANGUAGE, SLUG
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class CourseNames:
    """What a draft needs to know of a folder before the folder is good."""

    id: str
    slug: str
    source: str
    title: str


def course_of(files: Mapping[str, bytes]) -> CourseNames:
    """Return which course a folder is; raises Refused for what is none."""
    faults = Faults()
    if len(files) > MOST_FILES:
        raise Refused(Message(msg("A course has at most 2,000 files.")))
    for path in files:
        require_path(path)
    text = files.get("course.toml", b"").decode(errors="replace")
    values: Mapping[str, Any] = toml_of("course.toml", 0, text, faults) or {}
    course_id, slug, source = (str(values.get(name, "")) for name in ("id", "slug", "source"))
    if not (COURSE_ID.fullmatch(course_id) and SLUG.fullmatch(slug) and LANGUAGE.fullmatch(source)):
        raise Refused(
            Message(
                msg(
                    "The folder has no course.toml with an id, a slug and a source language, "
                    "so it is no course."
                )
            )
        )
    return CourseNames(
        course_id, slug, source, _title(files.get(f"{source}/course.md", b"")) or slug
    )


def require_path(path: str) -> None:
    """Raise Refused for a name that no file of a course may have."""
    if not PATH.fullmatch(path) or ".." in path:
        raise Refused(
            Message(msg("File names use a-z A-Z 0-9 - . and at most 4 folders inside each other."))
        )


def _title(data: bytes) -> str:
    found = read_document("", data, Faults()) if data else None
    title = found.front.get("title") if found else None
    # A text may break the format; the title of a list holds nothing that no database keeps.
    return "".join(filter(str.isprintable, title))[:90] if isinstance(title, str) else ""


def name_anew(session: Session, viewer: Viewer, found: Draft, path: str, data: bytes) -> None:
    """Let lists show the title and the address that the draft says of itself."""
    if path == f"{found.source}/course.md":
        found.title = _title(data) or found.title
    elif path == "course.toml":
        values = toml_of(path, 0, data.decode(errors="replace"), Faults()) or {}
        slug = values.get("slug")
        if (
            isinstance(slug, str)
            and SLUG.fullmatch(slug)
            and not queries.is_taken(session, viewer, slug, found.course_id)
        ):
            found.slug = slug

"""What the views of a course's page share: its files with their versions, and saving."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import request

from lms.authoring.course_facts import actions
from lms.authoring.course_facts.edits import TOML, Changes, Files, about_path
from lms.authoring.drafts import queries
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.queries import File
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import CourseFacts
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.pages import viewer


@dataclass(frozen=True, slots=True)
class Open:
    """A course as this request found it: with facts that can be read."""

    room: Room
    facts: CourseFacts
    files: Mapping[str, File]

    @property
    def seen(self) -> dict[str, int]:
        """The version of each file, which a form carries."""
        return {path: each.number for path, each in self.files.items()}

    @property
    def front(self) -> Mapping[str, object]:
        """What stands at the head of ``course.md``; nothing where it cannot be read."""
        about = self.files[about_path(self.room.draft.source)]
        found = read_document(about.path, about.data, Faults()) if about.data else None
        return found.front if found else {}

    @property
    def modules(self) -> Mapping[str, object]:
        """The titles of the modules by their codes."""
        titles = self.front.get("modules")
        return titles if isinstance(titles, dict) else {}


def opened(draft_id: UUID, more: Collection[str] = ()) -> Open:
    """Return the course of a form with ``course.toml``, ``course.md`` and more files.

    raises  NotFound for somebody who may not write it, where it cannot be read, and where one
            of ``more`` is not there.
    """
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    return opened_in(here, more)


def opened_in(here: Room, more: Collection[str] = ()) -> Open:
    """Return the same for a draft that somebody has opened already."""
    if here.facts is None:
        raise NotFound
    paths = [TOML, about_path(here.draft.source), *more]
    files = queries.read(reading(), viewer(), here.draft, paths)
    if any(not files[path].number for path in more):
        raise NotFound
    return Open(here, here.facts, files)


def save(found: Open, paths: Collection[str], edit: Callable[[Files], Changes]) -> bool:
    """Save a change of some files with the versions that the form carries; see ``change``."""
    seen = {path: request.form.get(f"seen-{path}", 0, type=int) for path in paths}
    with transaction() as session:
        return actions.change(session, viewer(), found.room.draft.id, seen, edit, now=clock.now())

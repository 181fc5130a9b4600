"""What every page of a country begins with: the draft, its layer, and who may write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from lms.authoring.adapting import queries
from lms.authoring.adapting.layers import Layer, layer_of, path_of
from lms.authoring.adapting.rules import NATION
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.queries import File
from lms.content.model import CourseFacts, NationFacts
from lms.db import reading
from lms.kernel.errors import NotFound
from lms.web.language import current, locale_of
from lms.web.pages import site, viewer

# What a page needs besides the layer: folders, and single paths.
Wanted = Callable[[CourseFacts], tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Place:
    """The layer of one country in a draft, as this request found it.

    files      those that were asked for, and the layer's own.
    languages  in which the country writes: those of the installation, the source language among
               them, and any other that it has words in already.
    """

    room: Room
    code: str
    files: Mapping[str, File]
    layer: Layer
    languages: tuple[str, ...]

    @property
    def nation(self) -> NationFacts:
        """What the country says."""
        return self.layer.nation

    @property
    def facts(self) -> CourseFacts:
        """What ``course.toml`` says; ``place`` lets nobody in where it says nothing."""
        facts = self.room.facts
        if facts is None:
            raise NotFound
        return facts

    @property
    def name(self) -> str:
        """The country in the reader's language."""
        return country_name(self.code)

    @property
    def may_write(self) -> bool:
        """Return whether this person may write the layer, and it can be written."""
        return self.room.rights.adapts and self.layer.readable

    @property
    def data(self) -> dict[str, bytes]:
        """The bytes of the files."""
        return {path: file.data for path, file in self.files.items()}


def place(draft_id: UUID, code: str, wanted: Wanted) -> Place:
    """Return a country of a draft with its files and those wanted; raises NotFound without one."""
    here = room(draft_id)
    if here.facts is None or NATION.fullmatch(code) is None:
        raise NotFound
    folders, paths = wanted(here.facts)
    files = queries.files(reading(), viewer(), here.draft, [f"nations/{code}", *folders], paths)
    if path_of(code) not in files:
        raise NotFound
    layer = layer_of(code, {path: file.data for path, file in files.items()})
    return Place(here, code, files, layer, _languages(here.facts, layer.nation))


def lessons(facts: CourseFacts) -> tuple[list[str], list[str]]:
    """Ask for the lessons in the source language."""
    return [], [f"{facts.source}/{code}.md" for code in facts.codes()]


def core(facts: CourseFacts) -> tuple[list[str], list[str]]:
    """Ask for all texts in the source language and what is known of their changes."""
    return [facts.source], ["changes.toml"]


def nothing(facts: CourseFacts) -> tuple[list[str], list[str]]:
    """Ask for the layer alone."""
    del facts
    return [], []


def _languages(facts: CourseFacts, nation: NationFacts) -> tuple[str, ...]:
    written = sorted({*nation.texts, *nation.replacements})
    return tuple(dict.fromkeys((*site().languages, facts.source, *written)))


def country_name(code: str) -> str:
    """Return a country in the reader's language; its letters where nobody knows it."""
    known = locale_of(current().code, site().country).territories
    return str(known.get(code.upper(), code.upper()))


def is_country(code: str) -> bool:
    """Return whether two letters are those of a country."""
    return bool(NATION.fullmatch(code)) and code.upper() in locale_of("en", "gb").territories

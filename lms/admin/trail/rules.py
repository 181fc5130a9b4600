"""What somebody sees of a row of the log, and what they may look for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lms.audit.words import ABOUT_LEARNING, OF_A_COURSE
from lms.kernel.viewer import Viewer

CONFIDENTIAL_FUNCTIONS = ("P2", "P3")
# What these are done to is written "C01 2.1": the id of a course, and of which edition.
DONE_TO_AN_EDITION = frozenset({"edition.published", "edition.signed", "package.taken"})


class Row(Protocol):
    """A row of the log."""

    id: Any
    at: Any
    actor_id: Any
    action: Any
    subject: Any
    facts: Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows somebody looks for; what is empty or None leaves nothing out.

    person   did it, or had it done to them. subject: an id or a code, exactly.
    since    the first moment. until: the first moment that is too late.
    """

    person: UUID | None = None
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def to_facts(self) -> dict[str, Any]:
        """Return the same as JSON values, for a job and for the log: ids, no number of anybody."""
        return {
            "person": str(self.person) if self.person else None,
            "action": self.action,
            "subject": self.subject,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Wanted:
        """Return what ``to_facts`` wrote."""
        return cls(
            UUID(facts["person"]) if facts["person"] else None,
            facts["action"],
            facts["subject"],
            datetime.fromisoformat(facts["since"]) if facts["since"] else None,
            datetime.fromisoformat(facts["until"]) if facts["until"] else None,
        )


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody in a row: with name and number where the viewer looks after them."""

    id: UUID
    name: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as one viewer reads it.

    actor   None for the server itself or somebody unknown.
    person  who it was done to, None where the subject is no person whom the viewer knows.
    facts   what else the row says, without what is not for this viewer.
    """

    id: int
    at: datetime
    actor: Who | None
    action: str
    subject: str
    person: Who | None
    facts: Mapping[str, Any]

    @property
    def json(self) -> str:
        """The facts as a file and a command have them."""
        return json.dumps(self.facts, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Title:
    """How a course in a row is called: its title, with its id or that of an edition, "C01 2.1".

    text  empty where the title is not for this reader.
    lang  the language of the title where it is not that of the reader, else empty.
    """

    code: str
    text: str
    lang: str = ""


def reads_everything(viewer: Viewer) -> bool:
    """Return whether the whole log is for this person: an office or inspector of the country."""
    return viewer.holds_everywhere("administrator") or viewer.holds_everywhere("inspector")


def ids_in(row: Row) -> Iterator[UUID]:
    """Yield every id in a row that may be a person's."""
    if row.actor_id is not None:
        yield row.actor_id
    for text in (row.subject, row.facts.get("person")):
        found = _id(text)
        if found is not None:
            yield found


def places_in(row: Row) -> Iterator[UUID]:
    """Yield every id in a row that may be a place's."""
    subject = row.subject if row.action.startswith("unit.") else None
    for text in (subject, row.facts.get("unit"), row.facts.get("into")):
        found = _id(text)
        if found is not None:
            yield found


def course_in(action: str, key: str, value: object) -> str:
    """Return the id of the course that a value of a row names, or an empty text.

    key  the name of the fact; empty for what it was done to.
    """
    if not isinstance(value, str):
        return ""
    if key == "course":
        return value
    return "" if key or action not in DONE_TO_AN_EDITION else value.partition(" ")[0]


def edition_in(key: str, value: object) -> int | None:
    """Return the row id of the edition that a fact names, None where it names none."""
    return value if key == "edition" and type(value) is int else None


def each_fact(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every fact of a row with its name, those within other facts too."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from each_fact(value)
        else:
            yield key, value


def said_of(viewer: Viewer, row: Row, names: Mapping[UUID, tuple[str, str]]) -> Shown:
    """Return a row as a viewer may read it.

    names   of the people whom they look after.
    """
    about = [found for found in map(_id, (row.subject, row.facts.get("person"))) if found in names]
    return Shown(
        row.id,
        row.at,
        _who(row.actor_id, names) if row.actor_id else None,
        row.action,
        row.subject,
        _who(about[0], names) if about and about[0] else None,
        _facts_for(viewer, row.action, row.facts),
    )


def _facts_for(viewer: Viewer, action: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out who does confidential work, and which course somebody learns, which may tell it."""
    if viewer.holds_everywhere("confidential-reader"):
        return dict(facts)
    hidden = OF_A_COURSE if action.startswith(ABOUT_LEARNING) else frozenset()
    return {
        name: "P1" if name == "function" and value in CONFIDENTIAL_FUNCTIONS else value
        for name, value in facts.items()
        if name not in hidden
    }


def _who(person_id: UUID, names: Mapping[UUID, tuple[str, str]]) -> Who:
    return Who(person_id, *names.get(person_id, ("", "")))


def _id(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) and len(text) == 36 else None
    except ValueError:
        return None

"""Who may open and write which file of a draft, and what a new course begins with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from lms.accounts.rules import administers_country
from lms.kernel.viewer import COURSE_ROLES, Viewer

AUTHOR, TRANSLATOR, NATIONAL_EDITOR = "author", "translator", "national-editor"
REVIEWER, PUBLISHER = "reviewer", "publisher"
# Files that no language has: the structure, and what authors keep for themselves.
SHARED = frozenset({"course.toml", "changes.toml", "SOURCES.md"})


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do with one draft."""

    roles: frozenset[str]
    oversees: bool  # administers the country: reads everything, publishes nothing alone

    @property
    def reads(self) -> bool:
        """Return whether the draft may be opened at all."""
        return self.oversees or bool(self.roles)

    @property
    def writes_source(self) -> bool:
        """Return whether structure, lessons and questions may be written."""
        return AUTHOR in self.roles

    @property
    def translates(self) -> bool:
        """Return whether the other languages may be written."""
        return bool(self.roles & {AUTHOR, TRANSLATOR})

    @property
    def adapts(self) -> bool:
        """Return whether national layers may be written."""
        return NATIONAL_EDITOR in self.roles

    @property
    def reviews(self) -> bool:
        """Return whether a draft, or a translation, may be accepted."""
        return bool(self.roles & {REVIEWER, PUBLISHER})

    @property
    def publishes(self) -> bool:
        """Return whether an edition may be made of it."""
        return PUBLISHER in self.roles

    def may_write(self, path: str, source: str) -> bool:
        """Return whether one file of a draft may be written.

        source  the draft's source language.
        """
        first = path.partition("/")[0]
        if first == "nations":
            return self.adapts
        if path in SHARED or first in {source, "media"}:
            return self.writes_source
        return self.translates


def rights(viewer: Viewer, course_id: str) -> Rights:
    """Return what somebody may do with the draft of a course."""
    held = frozenset(
        role.name
        for role in viewer.roles
        if role.course_id == course_id and role.name in COURSE_ROLES
    )
    return Rights(held, administers_country(viewer))


def courses_of(viewer: Viewer) -> frozenset[str]:
    """Return the courses at which somebody holds a role."""
    return frozenset(role.course_id for role in viewer.roles if role.course_id)


def may_begin(viewer: Viewer) -> bool:
    """Return whether somebody may begin a course of their own: authors, and the country's office.

    Whoever begins a course becomes its author.
    """
    return viewer.holds(AUTHOR) or administers_country(viewer)


def next_course_id(taken: Iterable[str]) -> str:
    """Return the first free permanent id: ``C01`` to ``C99``, then ``D01`` and so on.

    raises  ValueError when all 2,600 are taken.
    """
    known = set(taken)
    letters = "CDEFGHIJKLMNOPQRSTUVWXYZAB"
    for letter in letters:
        for number in range(1, 100):
            if f"{letter}{number:02d}" not in known:
                return f"{letter}{number:02d}"
    raise ValueError("no course id is free")


def language_of(path: str) -> str:
    """Return the language of a file by its place; English, the format's own, for a table."""
    parts = path.split("/")
    if not path.endswith(".md") or len(parts) < 2:
        return "en"
    return parts[2] if parts[0] == "nations" else parts[0]


def state_of(versions: Iterable[tuple[str, str]]) -> str:
    """Return a digest of the present versions of a draft.

    versions  path and digest of every file, by path.
    """
    whole = sha256()
    for path, digest in versions:
        whole.update(f"{path} {digest}\n".encode())
    return whole.hexdigest()

"""Who asks. Every query takes a viewer and puts the scope into its SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

UNIT_ROLES = frozenset({"administrator", "trainer", "observer", "inspector", "confidential-reader"})
# The path of a country is "/1/"; the server itself stands above it, at "/".
COUNTRY_SLASHES = 2
COURSE_ROLES = frozenset({"author", "translator", "national-editor", "reviewer", "publisher"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role that a person holds today: at a unit (with its path) or at a course."""

    name: str
    unit_path: str | None = None
    course_id: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person as every query and action sees them.

    initials   what the masthead shows (a page may be cached, a full name may not).
    session_id the row of this sign-in, 0 for a command or a job.
    machine    "unknown", "shared" or "own".
    second_factor_at  when this session last proved more than the password, None: not yet.
    """

    person_id: UUID
    language: str
    initials: str = ""
    roles: tuple[Role, ...] = ()
    session_id: int = 0
    machine: str = "unknown"
    second_factor_at: datetime | None = None

    def holds(self, name: str) -> bool:
        """Return whether this person holds the role anywhere."""
        return any(role.name == name for role in self.roles)

    def unit_paths(self, name: str) -> tuple[str, ...]:
        """Return the paths of the units at (and below) which this person holds the role."""
        return tuple(role.unit_path for role in self.roles if role.name == name and role.unit_path)

    def holds_everywhere(self, name: str) -> bool:
        """Return whether this person holds the role for the country: a unit without a parent."""
        return any(path.count("/") <= COUNTRY_SLASHES for path in self.unit_paths(name))

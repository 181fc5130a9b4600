"""Pure decisions about people: numbers, waiting times, addresses to go back to, who gives roles."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from lms.kernel.errors import NotFound
from lms.kernel.names import folded
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES, Role, Viewer

FUNCTIONS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
LONGEST_NUMBER = 60
LONGEST_CODE = 40  # of a unit
MOST_EXTRA_TIME = 200  # percent of a time limit
UNIT_KINDS = ("country", "region", "facility", "section")
# The child of each kind of unit; a section is the last.
CHILD_KINDS = {"country": "region", "region": "facility", "facility": "section"}
# These roles read names or confidential facts, so they never last for ever.
ROLES_WITH_END = frozenset({"inspector", "confidential-reader"})

IDLE = timedelta(minutes=30)
IDLE_SHARED = timedelta(minutes=10)
ABSOLUTE = timedelta(hours=12)
CLOCK_TOLERANCE = timedelta(minutes=5)  # what a clock may be put back without ending sessions
HELD_FOR = timedelta(hours=24)
LARGEST_HELD = 64 * 1024  # bytes of names and values

# A slip handed out at the first sign-in lives a quarter of a year, a reset code three days.
FIRST_CODE_LIVES = timedelta(days=90)
RESET_CODE_LIVES = timedelta(hours=72)

FREE_FAILURES = 3
# So many people of one facility, behind one address, may mistype in the same hour.
FREE_ACCOUNTS = 10
LONGEST_WAIT = timedelta(seconds=60)

# The server itself as a viewer: a command or a job. It stands above every unit.
SERVER = Viewer(UUID(int=0), "en", roles=(Role("administrator", "/"),))


def actor_id(viewer: Viewer) -> UUID | None:
    """Return who the log names: the person, or None for the server itself."""
    return viewer.person_id if viewer.person_id.int else None


def initials(name: str) -> str:
    """Return up to two initials of ``name``: "Amina Ben Salah" -> "AS".

    Initials of the first and the last word; a name of one word gives one letter.
    """
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words[:1]
    return "".join(word[0] for word in picked).upper()


def folded_service_number(typed: str) -> str:
    """Return the form under which service numbers are compared: no spaces or dashes, one case.

    Digits of any script count as the same digit, so that a number typed on an Arabic keyboard
    is found.
    """
    plain = unicodedata.normalize("NFKC", typed)
    kept = (char for char in plain if char.isalnum())
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept).casefold()


def searchable(service_number: str, name: str, name_latin: str | None) -> str:
    """Return what a search looks into: the names and the number, each folded."""
    return " ".join(folded(text) for text in (name, name_latin or "", service_number) if text)


def idle_time(machine: str) -> timedelta:
    """Return after how long without a request a session ends on this kind of machine."""
    return IDLE_SHARED if machine == "shared" else IDLE


def ended_by_time(machine: str, made_at: datetime, seen_at: datetime, now: datetime) -> str | None:
    """Return "idle" or "absolute" when a session has run out at ``now``, else None.

    A session that was seen later than now is from a clock that was ahead: how long nobody has used
    it is not known, so it has run out, too.
    """
    if seen_at - now > CLOCK_TOLERANCE:
        return "idle"
    if now - made_at >= ABSOLUTE:
        return "absolute"
    return "idle" if now - seen_at >= idle_time(machine) else None


def wait_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """Return how long the next try is not heard after ``failures`` in a row.

    The first ``free`` cost nothing, then 2, 4, 8 … seconds, at most 60. It never becomes a lock:
    who mistypes all morning waits a minute.
    """
    if failures <= free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free, 6)), LONGEST_WAIT)


def network_of(address: str) -> str:
    """Return the network that counts as one sender: an IPv4 address, or a /64 of IPv6.

    What is no address (a Unix socket) is returned as it is, at most 60 characters.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False).network_address)
    return str(known)


def path_on_this_host(text: str | None) -> str | None:
    r"""Return ``text`` when it is a path (and query) of this host, else None.

    Refused: other hosts (``https://…``, ``//host``, ``/\host``), control characters and spaces
    (browsers drop some before they read an address), fragments, more than 1,000 characters.
    """
    if not text or not text.startswith("/") or text.startswith("//") or len(text) > 1000:
        return None
    if "\\" in text or any(ord(char) <= 32 or ord(char) == 127 for char in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.fragment or not parts.path.startswith("/"):
        return None
    return text


def is_at_or_below(path: str, top: str) -> bool:
    """Return whether the unit ``path`` is the unit ``top`` or lies below it."""
    return path.startswith(top)


def administers(viewer: Viewer, unit_path: str) -> bool:
    """Return whether the viewer is administrator of this unit or of one above it."""
    return any(is_at_or_below(unit_path, top) for top in viewer.unit_paths("administrator"))


def administers_country(viewer: Viewer) -> bool:
    """Return whether the viewer administers the whole country."""
    return viewer.holds_everywhere("administrator")


def require_office(viewer: Viewer) -> None:
    """Raise NotFound for a viewer who does not administer the whole country."""
    if not administers_country(viewer):
        raise NotFound


def shared_tops(viewer: Viewer, role: str, other: str) -> tuple[str, ...]:
    """Return the paths of the units at (and below) which the viewer holds both roles."""
    return tuple(
        max(one, two, key=len)
        for one in viewer.unit_paths(role)
        for two in viewer.unit_paths(other)
        if is_at_or_below(one, two) or is_at_or_below(two, one)
    )


def may_give_at_unit(viewer: Viewer, person_id: UUID, role: str, unit_path: str) -> bool:
    """Return whether the viewer may give ``role`` at a unit: below them, never to themselves."""
    return role in UNIT_ROLES and person_id != viewer.person_id and administers(viewer, unit_path)


def may_give_at_course(viewer: Viewer, person_id: UUID, role: str) -> bool:
    """Return whether the viewer may give ``role`` at a course: administrators of the country."""
    return role in COURSE_ROLES and person_id != viewer.person_id and administers_country(viewer)


def may_end(viewer: Viewer, person_id: UUID, role: str, unit_path: str | None) -> bool:
    """Return whether the viewer may end this grant: who may give it may take it."""
    if unit_path is None:
        return may_give_at_course(viewer, person_id, role)
    return may_give_at_unit(viewer, person_id, role, unit_path)


def may_reset(viewer: Viewer, person_id: UUID, roles: Iterable[Role]) -> bool:
    """Return whether the viewer may give this person a new code, or disable them.

    roles  what the person holds today.

    Whoever can reset somebody can sign in as them, so that each of their roles must be one that
    the viewer could give: an administrator of one facility cannot become one of the country.
    """
    return person_id != viewer.person_id and all(
        may_end(viewer, person_id, role.name, role.unit_path) for role in roles
    )


def lacks_end(role: str, ends_on: date | None) -> bool:
    """Return whether this role needs an end date and has none."""
    return role in ROLES_WITH_END and ends_on is None


# What a page sends beside what was written there: its request key, and which button was pressed.
NOT_WRITTEN = frozenset({"key", "go"})
# A form with this field promises that nobody learns who sent it: it is not held beside a person.
NAMELESS = "nameless"


def kept_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what may be held of a form: no password, no token.

    A request key stays: nothing was carried out under it yet. A field holds a secret when its
    name says so; forms name theirs ``…password…``, also where a one-time code may be typed.
    """
    return [
        (name, value)
        for name, value in fields
        if name not in {"csrf_token", "held_form"} and not _is_secret(name)
    ]


def worth_holding(fields: Iterable[tuple[str, str]]) -> bool:
    """Return whether a form could be sent again from what may be held of it.

    A form of secrets alone could not; a button without fields can. One that carries no name is
    not held with one.
    """
    sent = list(fields)
    if any(name == NAMELESS for name, _ in sent):
        return False
    written = any(value for name, value in kept_fields(sent) if name not in NOT_WRITTEN)
    return written or not any(_is_secret(name) for name, _ in sent)


def _is_secret(name: str) -> bool:
    return "password" in name

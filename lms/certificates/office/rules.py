"""Pure decisions about many certificates at once: how many, who has to agree, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from lms.certificates import rules as certificates
from lms.certificates.rules import STATE_WORDS, State
from lms.kernel.messages import msg
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST = 5_000  # certificates in one job
AT_ONCE = 50  # are looked up, or made sure of, in one step of it
DUE_SOON = timedelta(days=90)
# So many names from more than one facility leave the system in a day without a second person.
FREE_NAMES = 200
DAY = timedelta(hours=24)
FACILITY = 3  # units on the way from the country to it
WAIT = timedelta(hours=24)
MOST_GAPS = 10  # are named
KEPT = timedelta(days=30)  # a file that was put together

# What can be asked for.
ZIP, PRINT, REGISTER = "zip", "print", "register"
FORMS = {
    ZIP: msg("One PDF for each certificate, with the register"),
    PRINT: msg("For printing, in the order of the list"),
    REGISTER: msg("The register alone"),
}

# The states of a list; "due" is part of "valid".
STATES = {
    "valid": msg("Valid"),
    "due": msg("Ends within 90 days"),
    "expired": msg("Expired"),
    "withdrawn": msg("Withdrawn"),
    "replaced": msg("Replaced by a newer certificate"),
    "making": msg("Being made"),
}


def state_of(row: AnyRow, *, today: date) -> State:
    """Return where a certificate stands, as a list gave it (``queries.certificates_of``)."""
    happened = (("withdrawn", row.withdrawn), ("replaced", row.replaced))
    return certificates.state_of(
        issued=row.issued_at is not None,
        events=[kind for kind, there in happened if there],
        valid_through=row.valid_through,
        today=today,
    )


def words_of(row: AnyRow, *, today: date) -> str:
    """Return the same in words, not yet translated."""
    return STATE_WORDS[state_of(row, today=today)]


def is_due(row: AnyRow, *, today: date) -> bool:
    """Return whether a listed certificate is valid and ends soon."""
    if state_of(row, today=today) is not State.VALID or row.valid_through is None:
        return False
    left: timedelta = row.valid_through - today
    return left <= DUE_SOON


@dataclass(frozen=True, slots=True)
class Names:
    """Names that leave the system in one file.

    count     how many.
    facility  path of the one facility in which all of these people work; None for several.
    """

    count: int
    facility: str | None


def names_of(count: int, paths: Iterable[str]) -> Names:
    """Return the names of a list.

    paths  of the units to which it is limited.
    """
    homes = {_facility(path) for path in paths}
    return Names(count, homes.pop() if len(homes) == 1 else None)


def _facility(path: str) -> str | None:
    """Return the path of the facility that a unit is, or in which it lies; None for a region."""
    units = path.strip("/").split("/")  # country, region, facility, section
    return f"/{'/'.join(units[:FACILITY])}/" if len(units) >= FACILITY else None


def needs_second_person(wanted: Names, earlier: Sequence[Names] = ()) -> bool:
    """Return whether a second administrator has to agree before the work begins.

    earlier  what the same person has had put together within a day: many small files are a large
             one. One facility alone is free, as often as its office needs it.
    """
    files = [wanted, *earlier]
    one_place = wanted.facility is not None and len({each.facility for each in files}) == 1
    return sum(each.count for each in files) > FREE_NAMES and not one_place


def may_approve(viewer: Viewer, asked_by: str, paths: Collection[str]) -> bool:
    """Return whether the viewer is the second person: another one, at those units or above them.

    asked_by  the person's id as text.
    paths     of the units to which the list is limited.
    """
    tops = viewer.unit_paths("administrator")
    return (
        str(viewer.person_id) != asked_by
        and bool(paths)
        and all(any(path.startswith(top) for top in tops) for path in paths)
    )


@dataclass(frozen=True, slots=True)
class Series:
    """The certificate numbers of one country and year.

    name     ``TN-2026``.
    last     the highest number.
    given    how many there are.
    missing  the first numbers that are not there, at most ten.
    """

    name: str
    last: int
    given: int
    missing: tuple[int, ...]


def series(numbers: Iterable[str]) -> list[Series]:
    """Return each country and year of ``numbers`` (``TN-2026-00417``), in order, with its gaps."""
    found: dict[str, set[int]] = defaultdict(set)
    for number in numbers:
        name, _, count = number.rpartition("-")
        found[name].add(int(count))
    made = []
    for name, given in sorted(found.items()):
        last = max(given)
        gaps = (place for place in range(1, last + 1) if place not in given)
        made.append(Series(name, last, len(given), tuple(islice(gaps, MOST_GAPS))))
    return made

"""From groups of people to the figures of a sheet: added up by line, and protected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms.accounts.words import FUNCTION_WORDS, RANK_WORDS, SEX_WORDS
from lms.reports.steering.rules import (
    AT_ONCE,
    BEGUN,
    CERTIFIED,
    COMPLETED,
    ENROLLED,
    LATER,
    MOST_FACILITIES,
    NOBODY,
    NOT_BEGUN,
    Branch,
    Counts,
    Entry,
    protect,
)
from lms.tables import AnyRow

# Breakdown -> the column of a group that it goes by, and its codes in their order.
PEOPLE: Mapping[str, tuple[str, Sequence[str]]] = {
    "sex": ("sex", (*SEX_WORDS, "")),
    "rank": ("rank_group", (*RANK_WORDS, "")),
    "function": ("function", tuple(FUNCTION_WORDS)),
}
FACILITIES = ("facility", "section")  # sections are counted with their facility
Way = tuple[str, ...]  # keys of the lines from the line of all down to a group


@dataclass(frozen=True, slots=True)
class Group:
    """People who are the same in everything that is counted.

    counts  for the country; here: for the programme.
    """

    row: AnyRow
    counts: Counts
    here: Counts


def groups(rows: Iterable[AnyRow]) -> Iterator[Group]:
    """Yield what the statement found."""
    for row in rows:
        if row.certified:
            counts = here = tuple(row.people if at == CERTIFIED else 0 for at in range(len(NOBODY)))
        else:
            counts = _learned(row.people, begun=row.begun, completed=row.completed, later=row.later)
            here = _learned(
                row.people,
                begun=row.here_begun,
                completed=row.here_completed,
                later=row.here_later,
            )
        yield Group(row, counts, here if row.here else NOBODY)


def _learned(people: int, *, begun: int, completed: int, later: int) -> Counts:
    found = [0] * len(NOBODY)
    found[ENROLLED] = people
    if completed:
        found[COMPLETED] = found[LATER if later else AT_ONCE] = people
    else:
        found[BEGUN if begun else NOT_BEGUN] = people
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a sheet says: the line of all, and name -> lines of each breakdown."""

    total: Sequence[int | None]
    groups: Mapping[str, Sequence[Entry]]


def figures(found: Sequence[Group], units: Sequence[AnyRow], *, programme: bool) -> Figures:
    """Return the figures of a sheet; ``programme``: of the programme instead of the country."""
    places = _Places(units)
    ways: dict[str, Callable[[AnyRow], Way]] = {
        name: _by(column) for name, (column, _) in PEOPLE.items()
    }
    ways["place"] = lambda row: places.way(row.path)
    country = {name: _tree(found, way, programme=False) for name, way in ways.items()}
    protect(list(country.values()))
    roots = country
    if programme:
        roots = {name: _tree(found, way, programme=True) for name, way in ways.items()}
        for name, root in roots.items():
            _look_around(root, country[name])
        protect(list(roots.values()))
    return Figures(
        roots["sex"].told,
        {
            **{
                name: [Entry(line.key, line.told) for line in _in_order(roots[name], codes)]
                for name, (_, codes) in PEOPLE.items()
            },
            "region": places.regions(roots["place"]),
            "facility": _largest(places.facilities(roots["place"]), roots["place"].told),
        },
    )


def _by(column: str) -> Callable[[AnyRow], Way]:
    return lambda row: (getattr(row, column) or "",)


def _tree(found: Sequence[Group], way: Callable[[AnyRow], Way], *, programme: bool) -> Branch:
    """Return the lines of a breakdown, all those of the country; nothing is hidden yet."""
    counted: dict[Way, list[int]] = {(): list(NOBODY)}
    for group in found:
        whole = way(group.row)
        for length in range(len(whole) + 1):
            line = counted.setdefault(whole[:length], list(NOBODY))
            for at, people in enumerate(group.here if programme else group.counts):
                line[at] += people
    made = {key: Branch(key[-1] if key else "", tuple(line)) for key, line in counted.items()}
    for key, branch in made.items():
        if key:
            made[key[:-1]].below.append(branch)
    return made[()]


def _look_around(branch: Branch, country: Branch) -> None:
    """Give each line of a programme's sheet that of the country's, which is protected already."""
    branch.around, branch.unseen = country.counts, country.hidden
    for line, other in zip(branch.below, country.below, strict=True):
        _look_around(line, other)


def _in_order(root: Branch, codes: Sequence[str]) -> list[Branch]:
    return sorted(root.below, key=lambda line: codes.index(line.key))


@dataclass(slots=True)
class _Places:
    """The places as lines of a sheet: regions, and what lies directly below them."""

    units: Sequence[AnyRow]
    rows: dict[str, AnyRow] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {row.path: row for row in self.units}

    def way(self, path: str) -> Way:
        """Return the paths of region and facility; a unit's own people stand under its path."""
        steps = path.strip("/").split("/")
        known = [
            above
            for length in range(1, len(steps) + 1)
            if (above := f"/{'/'.join(steps[:length])}/") in self.rows
        ]
        region = known[1] if len(known) > 1 else known[0]
        has_more = len(known) > 2 and self.rows[region].kind not in FACILITIES
        return region, known[2] if has_more else region

    def regions(self, root: Branch) -> list[Entry]:
        """Return the lines below the country."""
        return [
            self._entry(line, itself=self._is_country(line) and len(root.below) > 1)
            for line in self._sorted(root)
        ]

    def facilities(self, root: Branch) -> list[Entry]:
        """Return the lines below the regions."""
        return [
            self._entry(
                line,
                itself=line.key == region.key
                and (len(region.below) > 1 or (self._is_country(region) and len(root.below) > 1)),
            )
            for region in self._sorted(root)
            for line in self._sorted(region)
        ]

    def _is_country(self, line: Branch) -> bool:
        return str(self.rows[line.key].kind) == "country"

    def _entry(self, line: Branch, *, itself: bool) -> Entry:
        row = self.rows[line.key]
        return Entry(row.code, line.told, "itself" if itself else "place", dict(row.names))

    @staticmethod
    def _sorted(branch: Branch) -> list[Branch]:
        return sorted(
            branch.below, key=lambda line: [int(part) for part in line.key.strip("/").split("/")]
        )


def _largest(lines: Sequence[Entry], total: Sequence[int | None]) -> list[Entry]:
    """Return as many lines as stand on a sheet; the smallest of more are one line.

    That line tells a figure only where it follows from the others: where all of them, and the
    line of all, are told.
    """
    if len(lines) <= MOST_FACILITIES:
        return list(lines)
    by_size = sorted(range(len(lines)), key=lambda at: _known(lines[at]), reverse=True)
    kept = [lines[at] for at in sorted(by_size[: MOST_FACILITIES - 1])]
    rest = [
        None if whole is None or None in told else whole - sum(each or 0 for each in told)
        for whole, *told in zip(total, *(each.figures for each in kept), strict=True)
    ]
    return [*kept, Entry(str(len(lines) - len(kept)), rest, "others")]


def _known(line: Entry) -> int:
    """Return by what a line is large; what is hidden counts as nothing."""
    return sum(line.figures[at] or 0 for at in (ENROLLED, CERTIFIED))

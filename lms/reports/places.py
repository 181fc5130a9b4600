"""Counts by place as a tree that one walks down: which lines a page has, and what they hide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lms.kernel.named import name_in
from lms.reports.protection import SMALLEST, hidden_cells
from lms.tables import AnyRow

Counts = Sequence[int]


@dataclass(slots=True)
class Place:
    """A place with what is counted there and below.

    own    what is counted at the place itself, None where nobody works.
    """

    path: str
    code: str
    names: Mapping[str, str]
    kind: str
    own: list[int] | None = None
    below: list[Place] = field(default_factory=list)

    @property
    def counts(self) -> list[int]:
        """What is counted here and at every place below."""
        parts = [self.own or [], *(each.counts for each in self.below)]
        return [sum(column) for column in zip(*filter(None, parts), strict=True)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the tree.

    lines    (place, its counts, whether it stands for the people of the place itself), by name.
    total    what is counted here in all.
    hidden   (line, column) of what is not told; ``len(lines)`` is the line of all.
    """

    place: Place
    lines: Sequence[tuple[Place, Counts, bool]]
    total: Counts
    hidden: Collection[tuple[int, int]]


def tree(units: Sequence[AnyRow], counted: Mapping[str, list[int]]) -> Place:
    """Return the places as a tree below one root, which has no code where there are several tops.

    units    rows with path, code, names, kind, in any order.
    counted  path -> counts at that place itself.
    """
    made = {
        row.path: Place(row.path, row.code, row.names, row.kind, counted.get(row.path))
        for row in units
    }
    tops: list[Place] = []
    for path, place in sorted(made.items(), key=lambda each: each[0].count("/")):
        above = path.rstrip("/").rpartition("/")[0] + "/"
        (made[above].below if above in made else tops).append(place)
    return tops[0] if len(tops) == 1 else Place("/", "", {}, "", None, tops)


def _nothing(place: Place, itself: bool) -> Collection[int]:
    del place, itself
    return ()


def show(
    root: Place,
    code: str,
    *,
    adds_up: bool,
    language: str,
    smallest: int = SMALLEST,
    forced: Callable[[Place, bool], Collection[int]] = _nothing,
    whole_is_forced: bool = False,
) -> Shown | None:
    """Return the page of the place ``code`` (empty: the root); None where nobody is counted there.

    smallest  people of a group that is told.
    forced    the columns that are hidden whatever they are, of a place (or its own people).
    whole_is_forced  whether of the last column nothing else is hidden.

    What is hidden is decided from the root downwards, so that all pages of one tree fit together.
    """
    way = _way_to(root, code) if code else [root]
    if not way:
        return None
    told: set[int] | None = None
    for step, place in enumerate(way):
        lines = _lines(place, language)
        if not lines:
            return None
        each_line = [(each, itself) for each, _, itself in lines]
        hidden = hidden_cells(
            [counts for _, counts, _ in lines],
            adds_up=adds_up,
            told=told,
            smallest=smallest,
            forced={
                (at, column)
                for at, line in enumerate([*each_line, (place, False)])
                for column in forced(*line)
            },
            whole_is_forced=whole_is_forced,
        )
        if step + 1 == len(way):
            return Shown(place, lines, place.counts, hidden)
        at = next((n for n, line in enumerate(lines) if line[0] is way[step + 1]), None)
        if at is None:
            return None
        told = {column for line, column in hidden if line == at}
    return None


def _lines(place: Place, language: str) -> list[tuple[Place, Counts, bool]]:
    below = sorted(place.below, key=lambda each: (name(each, language).casefold(), each.code))
    lines: list[tuple[Place, Counts, bool]] = [
        (each, counts, False) for each in below if (counts := each.counts)
    ]
    return [*([(place, place.own, True)] if place.own else []), *lines]


def _way_to(root: Place, code: str) -> list[Place]:
    """Return the places from the root to the one with ``code``, both among them."""
    if root.code == code:
        return [root]
    for each in root.below:
        if way := _way_to(each, code):
            return [root, *way]
    return []


def name(place: Place, language: str) -> str:
    """Return how a place is called for a reader."""
    return name_in(place.names, language, place.code)

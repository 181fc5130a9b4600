"""What a steering sheet counts, and which of its figures are not told.

A line counts people: enrolled = not begun + begun + completed, and completed = at the first attempt
+ later. Whoever holds a valid certificate is counted beside them. A sheet is a tree of lines: that
of all, below it those of one breakdown, and below a region its facilities. For each figure the
lines of a page add up to the line above them, so (docs/reports.md):

1. A group of 1 to 4 is hidden, be it a figure, the difference of two figures, or, on the sheet of a
   programme, those who are counted for the whole country and not for the programme.
2. Where a page hides a figure in one line it hides it in two at least, and what it hides never adds
   up to such a group. Below a hidden figure two are hidden as well.
3. The two figures that make up a third are hidden together. So whatever is hidden can be moved from
   one hidden line to the other without changing anything that is shown: it cannot be worked out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from lms.reports.protection import is_small
from lms.reports.quarters import Quarter

Counts = tuple[int, ...]  # in the order of MEASURES
MEASURES = ("enrolled", "not_begun", "begun", "completed", "at_once", "later", "certified")
ENROLLED, NOT_BEGUN, BEGUN, COMPLETED, AT_ONCE, LATER, CERTIFIED = range(len(MEASURES))
NOBODY: Counts = (0,) * len(MEASURES)
# Whoever is counted in one of these for a programme is counted in it for the country too.
NESTED = (ENROLLED, COMPLETED, CERTIFIED)
# So many facilities stand on a sheet of paper; the smallest of more are put together.
MOST_FACILITIES = 40


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter on the clocks of the country: ``ends`` is the first moment after it."""

    begins: datetime
    ends: datetime
    last: date

    @classmethod
    def of(cls, quarter: Quarter, zone: tzinfo) -> Period:
        """Return the moments of a quarter."""
        return cls(quarter.begins(zone), quarter.following.begins(zone), quarter.last)


@dataclass(slots=True)
class Branch:
    """A line and those below it.

    counts  of the line; around: of the same people for the whole country, on a programme's sheet.
    unseen  figures that the country's own sheet does not tell of ``around``.
    hidden  figures that are not told, once ``protect`` has decided.
    """

    key: str
    counts: Counts
    around: Counts | None = None
    unseen: Collection[int] = frozenset()
    below: list[Branch] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()

    @property
    def told(self) -> list[int | None]:
        """Its figures, None for those that are not told."""
        return [None if at in self.hidden else n for at, n in enumerate(self.counts)]

    def rest(self, measure: int) -> int:
        """Return how many are counted for the country and not for the programme."""
        return 0 if self.around is None else self.around[measure] - self.counts[measure]


def protect(breakdowns: Sequence[Branch]) -> None:
    """Decide what is hidden in every branch.

    breakdowns  lines of all of the same people, each with the lines of one breakdown below. On the
                sheet of a programme they have the lines of the country's, also empty ones.
    """
    for each in breakdowns:
        _decide(each, _small(each))


def _decide(branch: Branch, hidden: frozenset[int]) -> None:
    branch.hidden = hidden
    if branch.below:
        for line, columns in zip(branch.below, _page(branch.below, hidden), strict=True):
            _decide(line, columns)


def _small(line: Branch) -> frozenset[int]:
    """Return what a line hides for its own sake."""
    found = {
        at
        for at in NESTED
        if is_small(line.counts[at]) or (at not in line.unseen and is_small(line.rest(at)))
    }
    if COMPLETED not in found and is_small(line.counts[ENROLLED] - line.counts[COMPLETED]):
        found.add(ENROLLED)
    found |= _pairs(line, found)
    return frozenset(found)


def _pairs(line: Branch, hidden: Collection[int]) -> set[int]:
    """Return the parts that are hidden with what they make up, or because one is small."""
    found: set[int] = set()
    for parts, wholes in (
        ((NOT_BEGUN, BEGUN), (ENROLLED, COMPLETED)),
        ((AT_ONCE, LATER), (COMPLETED,)),
    ):
        if any(each in hidden for each in wholes) or any(is_small(line.counts[p]) for p in parts):
            found |= set(parts)
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """A number of people in each line that must not be seen where it is small.

    elsewhere  lines in which it is unknown already; known: whether its sum over all lines is.
    """

    sizes: Sequence[int]
    elsewhere: frozenset[int] = frozenset()
    known: bool = True


def _page(lines: Sequence[Branch], told: frozenset[int]) -> list[frozenset[int]]:
    """Return what each line of a page hides; ``told``: what the line above them hides."""
    if len(lines) == 1:  # it is the line above
        return [told]

    def of(measure: int) -> _Group:
        return _Group([line.counts[measure] for line in lines])

    def rest(measure: int) -> _Group:
        unseen = frozenset(at for at, line in enumerate(lines) if measure in line.unseen)
        return _Group([line.rest(measure) for line in lines], unseen)

    completed = _column([of(COMPLETED), rest(COMPLETED)], told=COMPLETED in told)
    unfinished = _Group(
        [line.counts[ENROLLED] - line.counts[COMPLETED] for line in lines],
        completed,
        known=COMPLETED not in told,
    )
    enrolled = _column([of(ENROLLED), rest(ENROLLED), unfinished], told=ENROLLED in told)
    stages = _column([of(NOT_BEGUN), of(BEGUN)], told=NOT_BEGUN in told, also=enrolled | completed)
    attempts = _column([of(AT_ONCE), of(LATER)], told=AT_ONCE in told, also=completed)
    certified = _column([of(CERTIFIED), rest(CERTIFIED)], told=CERTIFIED in told)
    hidden = {
        ENROLLED: enrolled,
        NOT_BEGUN: stages,
        BEGUN: stages,
        COMPLETED: completed,
        AT_ONCE: attempts,
        LATER: attempts,
        CERTIFIED: certified,
    }
    return [
        frozenset(at for at, columns in hidden.items() if line in columns)
        for line in range(len(lines))
    ]


def _column(
    groups: Sequence[_Group], *, told: bool, also: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Return the lines in which a figure is hidden; ``told``: whether it is in the line above."""
    count = len(groups[0].sizes)
    hidden = also | {
        line
        for group in groups
        for line in range(count)
        if is_small(group.sizes[line]) and line not in group.elsewhere
    }
    sizes = [sum(group.sizes[line] for group in groups[:2]) for line in range(count)]
    # The smallest come next; where nobody is counted nothing is hidden, so those come last.
    others = sorted(set(range(count)) - hidden, key=lambda line: (not sizes[line], sizes[line]))
    while others and not _is_safe(groups, hidden, told=told):
        hidden |= {others.pop(0)}
    return hidden


def _is_safe(groups: Sequence[_Group], hidden: frozenset[int], *, told: bool) -> bool:
    """Return whether what the lines hide cannot be worked out, nor seen by its sum."""
    if len(hidden) == 1 or (told and not hidden):
        return False
    return told or not any(
        group.known and is_small(sum(group.sizes[line] for line in hidden | group.elsewhere))
        for group in groups
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a breakdown, as a file keeps it.

    code    of what it is about: f, G1, P1, a unit; empty where that is not known.
    names   language -> name of a place; empty for what the program has words for.
    kind    "place", "itself" (the people of a region itself), "others" (small places together, of
            which ``code`` is the number), or empty.
    """

    code: str
    figures: Sequence[int | None]
    kind: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """The figures of a sheet: what page, files and paper show, and what is frozen.

    programme  its code, empty for the whole country; titles: language -> its title.
    quarter    its code, with its first and last day.
    groups     name -> lines: sex, rank, function, region, facility.
    """

    programme: str
    titles: Mapping[str, str]
    quarter: str
    first: date
    last: date
    total: Sequence[int | None]
    groups: Mapping[str, Sequence[Entry]]

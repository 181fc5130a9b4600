"""Requirements cannot be subtracted from each other: of a function, of a region, of everybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from lms.reports.compliance.heads import Heads
from lms.reports.places import Shown
from lms.reports.protection import is_small
from lms.tables import AnyRow

PRIME = 2_147_483_647
FUNCTIONS = ("P1", "P2", "P4", "P7")
PATHS = {"C": "/1/", "N": "/1/2/", "S": "/1/3/", "N1": "/1/2/4/", "N2": "/1/2/5/", "S1": "/1/3/6/"}
UNITS = [
    cast("AnyRow", SimpleNamespace(path=path, code=code, names={"en": code}, kind=""))
    for code, path in PATHS.items()
]
# Unit and function of what is required; P2 of nobody: its requirements are in no report.
REQUIREMENTS = [(u, f) for u in ("C", "N", "N1") for f in (None, "P1", "P4", "P7")]
PEOPLE = st.one_of(st.just(0), st.integers(0, 7), st.integers(0, 40))

Sum = dict[Any, int]


@st.composite
def services(draw: st.DrawFn) -> tuple[dict[str, dict[str, int]], list[Any]]:
    """Draw who works where, and what is required, with how many hold it."""
    staff: dict[str, dict[str, int]] = {}
    for path in draw(st.sets(st.sampled_from(sorted(PATHS.values())), min_size=1)):
        line = {function: draw(PEOPLE) for function in FUNCTIONS}
        if any(line.values()):
            staff[path] = line
    required = draw(st.lists(st.sampled_from(REQUIREMENTS), min_size=1, max_size=5, unique=True))
    made = []
    for number, (unit, function) in enumerate(required):
        states = {}
        for path, line in staff.items():
            people = sum(n for f, n in line.items() if function in {None, f})
            if path.startswith(PATHS[unit]) and people:
                trained = draw(st.integers(0, people))
                late = draw(st.integers(0, people - trained))
                states[path] = [trained, people - trained - late, late, people]
        made.append((str(number), unit, function, states))
    return staff, made


class Read:
    """Everything that somebody knows who opens every page."""

    def __init__(self, staff: dict[str, dict[str, int]], required: list[Any]) -> None:
        self.staff = staff
        self.sums: list[Sum] = []  # what has a known value
        self.hidden: list[tuple[Sum, int]] = []
        self.shown: list[int] = []
        heads = Heads(UNITS, staff, {function for _, _, function, _ in required if function}, "en")
        for number, unit, function, states in required:
            for path in staff:
                if path.startswith(PATHS[unit]):
                    self.sums.append(
                        {
                            **{(number, path, str(part)): 1 for part in range(3)},
                            **{(path, f): -1 for f in FUNCTIONS if function in {None, f}},
                        }
                    )
            for code in PATHS:
                page = heads.page(PATHS[unit], function, states, code)
                if page is not None:
                    self._read(page, number, PATHS[unit])

    def _read(self, page: Shown, number: str, unit: str) -> None:
        lines = [(place.path, counts, itself) for place, counts, itself in page.lines]
        for at, (path, counts, itself) in enumerate([*lines, (page.place.path, page.total, False)]):
            for column, count in enumerate(counts):
                parts = range(3) if column == 3 else (column,)
                cell = {
                    (number, each, str(part)): 1
                    for part in parts
                    for each in self.staff
                    if each.startswith(unit) and (each == path if itself else each.startswith(path))
                }
                if (at, column) in page.hidden:
                    self.hidden.append((cell, count))
                else:
                    # Where nobody is counted nobody is in any part of it.
                    self.sums += [cell] if count else [{name: 1} for name in cell]
                    self.shown.append(count)

    def follow(self, wanted: list[Sum]) -> Iterator[Sum]:
        """Yield those sums that follow from what is known: linear algebra in a prime field."""
        names = {name: at for at, name in enumerate(sorted({n for s in self.sums for n in s}))}
        pivots: dict[int, list[int]] = {}

        def reduced(known: Sum) -> list[int]:
            row = [0] * len(names)
            for name, factor in known.items():
                row[names[name]] = factor % PRIME
            for at, pivot in pivots.items():
                if row[at]:
                    factor = row[at]
                    row = [(a - factor * b) % PRIME for a, b in zip(row, pivot, strict=True)]
            return row

        for known in self.sums:
            row = reduced(known)
            at = next((n for n, value in enumerate(row) if value), None)
            if at is not None:
                inverse = pow(row[at], -1, PRIME)
                pivots[at] = [value * inverse % PRIME for value in row]
        for each in wanted:
            if set(each) <= set(names) and not any(reduced(each)):
                yield each


@given(services())
def test_nothing_hidden_follows_from_all_requirements_together(service: tuple[Any, Any]) -> None:
    read = Read(*service)
    assert not [count for count in read.shown if is_small(count)]
    assert list(read.follow([cell for cell, count in read.hidden if is_small(count)])) == []


@given(services())
def test_nobody_learns_how_many_work_in_confidence_nor_how_many_are_left_over(
    service: tuple[Any, Any],
) -> None:
    """P2 is in no report; and whoever is left when functions are subtracted from all is not few."""
    staff, required = service
    read = Read(staff, required)
    groups = [each for n in range(1, 5) for each in combinations(FUNCTIONS, n)]
    few = []
    for top in PATHS.values():
        for group in groups:
            here = [(path, f) for path in staff if path.startswith(top) for f in group]
            people = sum(staff[path][f] for path, f in here)
            if is_small(people) or (group == ("P2",) and people):
                few.append(dict.fromkeys(here, 1))
    assert list(read.follow(few)) == []

"""No small group can be seen, or found by subtracting what is shown, on any page of a tree."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from lms.reports.places import Place, show, tree
from lms.reports.protection import SMALLEST, hidden_cells, is_small
from lms.tables import AnyRow

Cell = tuple[str, int]  # path of a place (or of its own people), column

# Three parts: a few, many, nobody.
PART = st.one_of(st.integers(0, 7), st.integers(0, 60), st.just(0))
LINE = st.lists(PART, min_size=3, max_size=3)


@st.composite
def trees(draw: st.DrawFn) -> Place:
    """Draw a country with up to four regions, each with up to four prisons."""
    counted: dict[str, list[int]] = {}
    units = [_unit("/1/", "C")]
    for region in range(2, 2 + draw(st.integers(0, 4))):
        units.append(_unit(f"/1/{region}/", f"R{region}"))
        if draw(st.booleans()):
            counted[f"/1/{region}/"] = _with_sum(draw(LINE))
        for prison in range(10 * region, 10 * region + draw(st.integers(0, 4))):
            units.append(_unit(f"/1/{region}/{prison}/", f"P{prison}"))
            counted[f"/1/{region}/{prison}/"] = _with_sum(draw(LINE))
    if draw(st.booleans()):
        counted["/1/"] = _with_sum(draw(LINE))
    # The database gives no group without people.
    return tree(units, {path: line for path, line in counted.items() if line[-1]})


def _unit(path: str, code: str) -> AnyRow:
    return cast("AnyRow", SimpleNamespace(path=path, code=code, names={"en": code}, kind=""))


def _with_sum(parts: list[int]) -> list[int]:
    return [*parts, sum(parts)]


class Told:
    """Everything that somebody reads who opens every page of a tree."""

    def __init__(self, root: Place, *, adds_up: bool) -> None:
        self.values: dict[Cell, int] = {}
        self.hidden: set[Cell] = set()
        self.shown: set[Cell] = set()
        self.sums: list[tuple[list[Cell], Cell]] = []
        self.root, self.adds_up = root, adds_up
        self._walk(root)

    def _walk(self, place: Place) -> None:
        page = show(self.root, place.code, adds_up=self.adds_up, language="en")
        if page is None:
            return
        names = [each.path + ("own" if itself else "") for each, _, itself in page.lines]
        for at, counts in enumerate([*(counts for _, counts, _ in page.lines), page.total]):
            key = names[at] if at < len(names) else place.path
            for column, value in enumerate(counts):
                self.values[key, column] = value
                told = self.hidden if (at, column) in page.hidden else self.shown
                told.add((key, column))
            if self.adds_up:
                width = len(counts)
                self.sums.append(([(key, c) for c in range(width - 1)], (key, width - 1)))
        for column in range(len(page.total)):
            self.sums.append(([(each, column) for each in names], (place.path, column)))
        for below, _, itself in page.lines:
            if not itself:
                self._walk(below)

    def found_out(self) -> set[Cell]:
        """Return the hidden figures that follow from what is shown: exact linear algebra.

        Where a sum is told as 0, each part of it is known to be 0; of those nobody is protected.
        """
        unknown = sorted(self.hidden)
        rows = []
        for parts, whole in self.sums:
            row = [Fraction(0)] * len(unknown)
            for cell, sign in [*((part, 1) for part in parts), (whole, -1)]:
                if cell in self.hidden:
                    row[unknown.index(cell)] += sign
            rows.append(row)
            if whole in self.shown and not self.values[whole]:
                rows += [
                    [Fraction(cell == part) for cell in unknown]
                    for part in parts
                    if part in self.hidden
                ]
        found = {unknown[at] for at in _determined(rows, len(unknown))}
        return {cell for cell in found if self.values[cell]}


def _determined(rows: list[list[Fraction]], width: int) -> list[int]:
    """Return the unknowns that have one value in every solution of ``rows · x = known``."""
    done = 0
    for column in range(width):
        pivot = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        head = rows[done][column]
        rows[done] = [value / head for value in rows[done]]
        for other in range(len(rows)):
            if other != done and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[done], strict=True)]
        done += 1
    return [
        next(at for at, value in enumerate(row) if value)
        for row in rows
        if sum(1 for value in row if value) == 1
    ]


@given(trees(), st.booleans())
def test_no_hidden_figure_follows_from_what_is_shown(root: Place, adds_up: bool) -> None:
    told = Told(root, adds_up=adds_up)
    assert told.found_out() == set()


@given(trees(), st.booleans())
def test_no_page_shows_a_small_group(root: Place, adds_up: bool) -> None:
    told = Told(root, adds_up=adds_up)
    assert [cell for cell in told.shown if is_small(told.values[cell])] == []


@given(trees(), st.booleans())
def test_a_figure_is_hidden_on_every_page_or_on_none(root: Place, adds_up: bool) -> None:
    told = Told(root, adds_up=adds_up)
    assert told.hidden & told.shown == set()


@given(st.lists(LINE.map(_with_sum), min_size=1, max_size=6))
def test_the_hidden_figures_of_a_sum_never_add_up_to_a_small_group(lines: list[list[int]]) -> None:
    """Two figures that add up to 2 are 1 and 1, whoever hides them."""
    hidden = hidden_cells(lines, adds_up=True)
    every = [*lines, [sum(column) for column in zip(*lines, strict=True)]]
    for line, values in enumerate(every):
        together = sum(v for c, v in enumerate(values[:-1]) if (line, c) in hidden)
        told = (line, len(values) - 1) not in hidden
        known = sum(v for c, v in enumerate(values[:-1]) if (line, c) not in hidden)
        assert not (told and known and is_small(together))


def test_large_groups_are_all_shown() -> None:
    assert hidden_cells([[40, 0, 7, 47], [12, 5, 0, 17]], adds_up=True) == set()


def test_a_small_count_takes_its_smallest_neighbours_with_it() -> None:
    """3 of 43 late: their 40 colleagues are hidden too, and the same in another prison."""
    hidden = hidden_cells([[40, 0, 3, 43], [30, 9, 8, 47]], adds_up=True)
    assert (0, 2) in hidden
    assert (0, 0) in hidden or (0, 3) in hidden
    assert (1, 2) in hidden


def test_of_one_column_that_adds_up_two_are_hidden() -> None:
    assert hidden_cells([[3], [10], [50]], adds_up=False) == {(0, 0), (1, 0)}


def test_five_is_a_group() -> None:
    assert not is_small(SMALLEST)
    assert is_small(SMALLEST - 1)
    assert not is_small(0)


def test_nothing_is_counted_where_nobody_works() -> None:
    empty: Any = tree([_unit("/1/", "C")], {})
    assert show(empty, "", adds_up=True, language="en") is None

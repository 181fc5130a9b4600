"""No small group can be seen, or worked out, from the sheets of a quarter taken together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lms.reports.protection import is_small
from lms.reports.steering.rules import (
    AT_ONCE,
    BEGUN,
    CERTIFIED,
    COMPLETED,
    ENROLLED,
    LATER,
    MEASURES,
    NESTED,
    NOT_BEGUN,
    Branch,
    Counts,
    protect,
)

PRIME = 2**61 - 1
SUMS = ((ENROLLED, (NOT_BEGUN, BEGUN, COMPLETED)), (COMPLETED, (AT_ONCE, LATER)))
Cell = tuple[str, str, int]  # sheet, line, measure
Form = Mapping[Cell, int]  # figure -> how often it is added

PART = st.one_of(st.integers(0, 6), st.integers(0, 40), st.just(0))
# Of the people of a line: for the programme, and beside it.
LINE = st.lists(st.tuples(PART, PART), min_size=5, max_size=5)
REGION = st.lists(LINE, min_size=1, max_size=3)


def counts(parts: list[int]) -> Counts:
    not_begun, begun, at_once, later, certified = parts
    completed = at_once + later
    return (
        not_begun + begun + completed,
        not_begun,
        begun,
        completed,
        at_once,
        later,
        certified,
    )


def added(lines: list[Counts]) -> Counts:
    return tuple(sum(column) for column in zip(*lines, strict=True))


def branch(key: str, below: list[Branch]) -> Branch:
    return Branch(key, added([each.counts for each in below]), None, frozenset(), below)


@st.composite
def countries(draw: st.DrawFn) -> tuple[list[Branch], list[Branch]]:
    """Draw the sheets of a country and of a programme: two breakdowns of the same people."""
    regions = draw(st.lists(REGION, min_size=1, max_size=3))
    women = [
        [(draw(st.integers(0, a)), draw(st.integers(0, b))) for a, b in facility]
        for region in regions
        for facility in region
    ]
    country = _sheet([[_both(line) for line in region] for region in regions], map(_both, women))
    programme = _sheet([[_here(line) for line in region] for region in regions], map(_here, women))
    protect(country)
    for root, other in zip(programme, country, strict=True):
        look_around(root, other)
    protect(programme)
    return country, programme


def _both(line: list[tuple[int, int]]) -> Counts:
    return counts([here + beside for here, beside in line])


def _here(line: list[tuple[int, int]]) -> Counts:
    return counts([here for here, _ in line])


def _sheet(regions: list[list[Counts]], women: Iterable[Counts]) -> list[Branch]:
    """Return the places, and the same people by sex."""
    places = branch(
        "",
        [
            branch(f"R{at}", [Branch(f"R{at}.{n}", each) for n, each in enumerate(region)])
            for at, region in enumerate(regions)
        ],
    )
    female = added(list(women))
    male = tuple(a - b for a, b in zip(places.counts, female, strict=True))
    return [places, Branch("", places.counts, below=[Branch("f", female), Branch("m", male)])]


def look_around(line: Branch, other: Branch) -> None:
    line.around, line.unseen = other.counts, other.hidden
    for below, beside in zip(line.below, other.below, strict=True):
        look_around(below, beside)


def every(line: Branch) -> Iterator[Branch]:
    yield line
    for each in line.below:
        yield from every(each)


class Told:
    """Everything that both sheets say, as sums over what they do not say."""

    def __init__(self, country: list[Branch], programme: list[Branch]) -> None:
        self.values: dict[Cell, int] = {}
        self.hidden: set[Cell] = set()
        self.sums: list[Form] = []
        for name, roots in (("country", country), ("programme", programme)):
            for line in (line for root in roots for line in every(root)):
                self._read(name, line)
        self.unknown = sorted(self.hidden)
        rows = [self._row(each) for each in self.sums]
        self.basis = _reduced([row for row in rows if row])

    def _read(self, name: str, line: Branch) -> None:
        for at, value in enumerate(line.counts):
            cell = (name, line.key, at)
            self.values[cell] = value
            if at in line.hidden:
                self.hidden.add(cell)
            if line.below:
                self.sums.append({**{(name, each.key, at): 1 for each in line.below}, cell: -1})
        for whole, parts in SUMS:
            self.sums.append(
                {**{(name, line.key, p): 1 for p in parts}, (name, line.key, whole): -1}
            )

    def _row(self, form: Form) -> dict[Cell, int]:
        return {cell: n % PRIME for cell, n in form.items() if cell in self.hidden}

    def tells(self, form: Form) -> bool:
        """Return whether a sum of figures has one value in whatever the sheets leave open."""
        return not _reduce(self._row(form), self.basis)


def _reduced(rows: list[dict[Cell, int]]) -> dict[Cell, dict[Cell, int]]:
    """Return the rows as first figure -> row, in which it stands once (Gauss, modulo a prime)."""
    basis: dict[Cell, dict[Cell, int]] = {}
    for row in rows:
        rest = _reduce(row, basis)
        if rest:
            first = min(rest)
            factor = pow(rest[first], -1, PRIME)
            basis[first] = {cell: n * factor % PRIME for cell, n in rest.items()}
    return basis


def _reduce(row: dict[Cell, int], basis: dict[Cell, dict[Cell, int]]) -> dict[Cell, int]:
    rest = dict(row)
    while (first := min((cell for cell in rest if cell in basis), default=None)) is not None:
        factor = rest[first]
        for cell, n in basis[first].items():
            left = (rest.get(cell, 0) - factor * n) % PRIME
            if left:
                rest[cell] = left
            else:
                rest.pop(cell, None)
    return rest


@given(countries())
def test_no_hidden_figure_follows_from_what_is_shown(
    sheets: tuple[list[Branch], list[Branch]],
) -> None:
    told = Told(*sheets)
    assert [cell for cell in told.hidden if told.tells({cell: 1})] == []


@given(countries())
def test_no_small_group_follows(sheets: tuple[list[Branch], list[Branch]]) -> None:
    """Neither a figure, nor who has not completed, nor who is in the country's figure alone."""
    told = Told(*sheets)
    small = []
    lines = {(name, key) for name, key, _ in told.values}
    for (name, key), at in product(sorted(lines), range(len(MEASURES))):
        forms: list[Form] = [{(name, key, at): 1}]
        if at == COMPLETED:
            forms.append({(name, key, ENROLLED): 1, (name, key, COMPLETED): -1})
        if name == "programme" and at in NESTED:
            forms.append({("country", key, at): 1, (name, key, at): -1})
        small += [
            form
            for form in forms
            if is_small(sum(n * told.values[cell] for cell, n in form.items())) and told.tells(form)
        ]
    assert small == []


@given(countries())
def test_what_a_page_hides_never_adds_up_to_a_small_group(
    sheets: tuple[list[Branch], list[Branch]],
) -> None:
    for root in (root for roots in sheets for root in roots):
        for line in every(root):
            for at in range(len(MEASURES)):
                hidden = [each.counts[at] for each in line.below if at in each.hidden]
                assert at in line.hidden or not is_small(sum(hidden))


def test_large_groups_are_all_shown() -> None:
    women, men = counts([10, 20, 30, 9, 50]), counts([40, 20, 80, 19, 150])
    root = branch("", [Branch("f", women), Branch("m", men)])
    protect([root])
    assert [line.hidden for line in every(root)] == [frozenset()] * 3


def test_few_who_passed_later_hide_who_passed_at_once_and_nothing_else() -> None:
    root = branch(
        "",
        [
            Branch("f", counts([10, 20, 30, 2, 50])),
            Branch("m", counts([40, 20, 80, 19, 150])),
        ],
    )
    protect([root])
    assert [line.hidden for line in root.below] == [frozenset({AT_ONCE, LATER})] * 2
    assert root.hidden == frozenset()


def test_those_of_the_country_who_are_not_in_the_programme_are_a_group_too() -> None:
    """Of 42 enrolled in one region 40 are of the programme: two are not."""
    country = branch(
        "",
        [
            Branch("N", counts([12, 30, 0, 0, 0])),
            Branch("S", counts([30, 40, 0, 0, 0])),
        ],
    )
    programme = branch(
        "",
        [
            Branch("N", counts([10, 30, 0, 0, 0])),
            Branch("S", counts([10, 10, 0, 0, 0])),
        ],
    )
    protect([country])
    look_around(programme, country)
    protect([programme])
    assert [ENROLLED in line.hidden for line in country.below] == [False, False]
    assert [ENROLLED in line.hidden for line in programme.below] == [True, True]
    assert programme.told[ENROLLED] == 60
    assert CERTIFIED not in programme.hidden

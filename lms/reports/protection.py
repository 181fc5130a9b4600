"""Which figures are not told, so that no small group can be seen or found by subtraction.

The rules (docs/reports.md): a count of 1 to 4 is hidden; so is every figure from which a hidden
one could be worked out. A table of counts is a set of sums: each column adds up to the line of
all, and in some tables each line adds up to its last column. Drawn as a graph, whose points are
those sums and whose lines are the hidden figures, a figure can be worked out exactly where its
line is a bridge: nothing else is unknown on one side of it. So further figures are hidden, the
smallest first, until no bridge is left. And as two hidden figures that add up to 2 are known to
be 1 and 1, those of one sum add up to at least 5.

A page that is opened from a line of another begins with what is hidden there (``told``), and adds
nothing to what is known about it: what is hidden in its line of all is hidden in two of its lines
at least, and its own figures cannot be worked out even by somebody who knew that line. So one
learns nothing by going down that was hidden above, nor by comparing pages beside each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

SMALLEST = 5  # people of a group that is told
SMALLEST_FOR_MEANS = 10

Cell = tuple[int, int]  # line (the line of all is the last), column


def is_small(count: int, smallest: int = SMALLEST) -> bool:
    """Return whether a count points to single people."""
    return 0 < count < smallest


def hidden_cells(
    counts: Sequence[Sequence[int]],
    *,
    adds_up: bool,
    told: Collection[int] | None = None,
    smallest: int = SMALLEST,
    forced: Collection[Cell] = (),
    whole_is_forced: bool = False,
) -> set[Cell]:
    """Return which figures of a table are not told.

    counts   the lines, each the sum of its parts in the last column where ``adds_up``; without
             the line of all, which is their sum and is line ``len(counts)`` of the answer.
    adds_up  whether the columns but the last add up to the last.
    told     columns of the line of all that were hidden already where this page was opened from;
             None on the first page, where that line is decided like the others.
    smallest  people of a group that is told; ``SMALLEST_FOR_MEANS`` for a table of means, which
             is given by how many people each is made of.
    forced    figures that are hidden whatever they are.
    whole_is_forced  whether of the last column nothing else is hidden: another table decides it.
    """
    table = _Table(counts, adds_up=adds_up, told=told, smallest=smallest)
    return table.decide(forced, whole_is_forced=whole_is_forced)


class _Table:
    def __init__(
        self,
        counts: Sequence[Sequence[int]],
        *,
        adds_up: bool,
        told: Collection[int] | None,
        smallest: int,
    ) -> None:
        self.smallest = smallest
        self.width = len(counts[0]) if counts else 0
        total = [sum(line[column] for line in counts) for column in range(self.width)]
        self.values = [*counts, total]
        self.last, self.adds_up, self.fixed = len(counts), adds_up, told is not None
        self.above = {(self.last, column) for column in told or ()}
        self.open = set(range(self.width))  # columns about which this table decides
        self.hidden: set[Cell] = set()

    def decide(self, forced: Collection[Cell], *, whole_is_forced: bool) -> set[Cell]:
        if self.fixed and self.last == 1:  # the one line is the line of all
            return self.above | {(0, column) for _, column in self.above}
        if whole_is_forced:
            self.open.discard(self.width - 1)
        self.hidden = {
            (line, column)
            for line in self._decided()
            for column, value in enumerate(self.values[line])
            if (line, column) in forced or (column in self.open and is_small(value, self.smallest))
        }
        self._take_over()
        while (more := self._next()) is not None:
            self.hidden.add(more)
        return self.hidden | self.above

    def _decided(self) -> range:
        """Return the lines about which this page decides: that of all was decided above."""
        return range(self.last if self.fixed else self.last + 1)

    def _take_over(self) -> None:
        """Hide in two lines what is hidden above: the smallest ones, as far as they tell of it."""
        columns = [column for _, column in self.above if column in self.open]
        lines = sorted(
            range(self.last),
            key=lambda line: (
                not any(self.values[line][column] for column in columns),
                sum((line, column) not in self.hidden for column in columns),
                self.values[line][-1],
                line,
            ),
        )
        self.hidden |= {(line, column) for line in lines[:2] for column in columns}

    def _next(self) -> Cell | None:
        """Return the figure to hide next, for the first that can still be worked out; or None."""
        found = (self._smallest_beside(weak) for weak in self._weak())
        return next((each for each in found if each is not None), None)

    def _weak(self) -> Iterable[Cell]:
        """Yield hidden figures that can still be worked out."""
        for cells in self._sums():
            unknown = [cell for cell in cells if cell in self.hidden]
            if unknown and self._is_told_too_well(cells, unknown):
                yield min(unknown, key=self._value)
        yield from self._bridges()

    def _is_told_too_well(self, cells: Sequence[Cell], unknown: Sequence[Cell]) -> bool:
        """Return whether the hidden figures of a sum are known by their small sum."""
        *parts, whole = cells
        if whole in self.hidden or whole in self.above:
            return False
        together = sum(self._value(cell) for cell in unknown)
        return is_small(together, self.smallest) and any(
            cell not in self.hidden and self._value(cell) for cell in parts
        )

    def _smallest_beside(self, weak: Cell) -> Cell | None:
        """Return what to hide with ``weak``: the smallest figure of the sums in which it stands."""
        beside = [
            cell
            for cells in self._sums()
            if weak in cells
            for cell in cells
            if cell not in self.hidden and cell[0] in self._decided() and self._covers(cell)
        ]
        # The line of all is what a report is read for: it is told as long as anything else can be
        # hidden. A nought tells of nobody, so it comes next to last.
        return min(
            beside,
            key=lambda cell: (
                cell[0] == self.last,
                not self._value(cell),
                self._is_whole(cell),
                self._value(cell),
                cell,
            ),
            default=None,
        )

    def _covers(self, cell: Cell) -> bool:
        """Return whether hiding a figure leaves something open: in its line, where all is told."""
        line, column = cell
        if column not in self.open or self._is_nothing(cell):
            return False
        whole = (line, self.width - 1)
        if self.width - 1 in self.open or whole in self.hidden or whole in self.above:
            return True
        return any(other != column and not self._is_nothing((line, other)) for other in self.open)

    def _is_nothing(self, cell: Cell) -> bool:
        """Return whether everybody knows that a figure is 0: a sum that it is part of is 0."""
        wholes = [(self.last, cell[1]), *([(cell[0], self.width - 1)] if self.adds_up else [])]
        return not self._value(cell) and any(
            not self._value(each) and each not in self.hidden and each not in self.above
            for each in wholes
        )

    def _value(self, cell: Cell) -> int:
        return self.values[cell[0]][cell[1]]

    def _is_whole(self, cell: Cell) -> bool:
        return self.adds_up and cell[1] == self.width - 1

    def _sums(self) -> Iterable[list[Cell]]:
        """Yield the figures of every sum, what they add up to last."""
        for column in range(self.width):
            yield [(line, column) for line in range(self.last + 1)]
        if self.adds_up:
            for line in self._decided():
                yield [(line, column) for column in range(self.width)]

    def _bridges(self) -> Iterable[Cell]:
        """Yield the hidden figures that the others give away.

        A line that does not add up says nothing: all of those are one point, at which every path
        may end.
        """
        edges: dict[int, list[tuple[int, Cell]]] = {}
        for cell in sorted(self.hidden):
            if self._is_nothing(cell):
                continue
            column, line = cell[1], (self.width + cell[0] if self.adds_up else self.width)
            edges.setdefault(column, []).append((line, cell))
            edges.setdefault(line, []).append((column, cell))
        return _bridges(edges)


def _bridges(edges: dict[int, list[tuple[int, Cell]]]) -> Iterable[Cell]:
    """Yield the bridges of a graph: point -> (other point, name of the line) of each of its lines.

    Depth first, with the lowest point that is reached from below (Tarjan 1974), without recursion.
    """
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    for start in edges:
        if start in order:
            continue
        order[start] = low[start] = len(order)
        path: list[tuple[int, Cell | None]] = [(start, None)]
        ahead = {start: iter(edges[start])}
        while path:
            point, came_by = path[-1]
            step = next(ahead[point], None)
            if step is None:
                path.pop()
                if path and came_by is not None:
                    above = path[-1][0]
                    low[above] = min(low[above], low[point])
                    if low[point] > order[above]:
                        yield came_by
            elif step[1] != came_by:
                other, by = step
                if other in order:
                    low[point] = min(low[point], order[other])
                else:
                    order[other] = low[other] = len(order)
                    path.append((other, by))
                    ahead[other] = iter(edges[other])

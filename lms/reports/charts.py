"""Where the marks of a chart stand: numbers for an SVG that a template writes.

Every chart shows a column of a table that stands beside it, with the figures on the marks; what
the table hides has its sign instead. In a script that runs from right to left time does so, too.
Across, places are shares of the width: a chart fits a phone and a wide screen, its words keep
their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lms.reports.figures import HIDDEN, Label, Table, Value

WIDTH, EDGE = 100.0, 6.0  # percent: of the field, and from its edges to the outer marks
HEIGHT, TOP, BOTTOM = 200, 30, 150  # points: of the field, and where marks stand


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the chart: where it stands and its figure.

    open  whether its period is not over: it will grow.
    """

    x: float
    y: int
    value: int | float
    open: bool


@dataclass(frozen=True, slots=True)
class Series:
    """A chart in time.

    marks   the figures that are told.
    steps   the lines between neighbours that are both told.
    hidden  where a figure is that is not told.
    labels  (x, label) of every period, also of those without a mark.
    """

    marks: Sequence[Mark]
    steps: Sequence[tuple[Mark, Mark]]
    hidden: Sequence[float]
    labels: Sequence[tuple[float, Label]]
    height: int = HEIGHT
    base: int = BOTTOM


def series(table: Table, *, rtl: bool) -> Series | None:
    """Return the chart of ``table.series``; None where the table has none or fewer than 2 lines.

    rtl  whether time runs from right to left.
    """
    if not table.series or len(table.lines) < 2:
        return None
    at = table.index(table.series)
    values = [line.values[at] for line in table.lines]
    top = max((value for value in map(_number, values) if value is not None), default=0)
    step, last = (WIDTH - 2 * EDGE) / (len(values) - 1), len(values) - 1
    across = [round(EDGE + step * (last - at if rtl else at), 1) for at in range(len(values))]
    marks: list[Mark | None] = []
    for place, told in enumerate(map(_number, values)):
        if told is None:
            marks.append(None)
            continue
        y = round(BOTTOM - (BOTTOM - TOP) * told / top) if top else BOTTOM
        marks.append(Mark(across[place], y, told, table.running and place == last))
    return Series(
        [mark for mark in marks if mark],
        [(one, other) for one, other in pairwise(marks) if one and other],
        [x for x, value in zip(across, values, strict=True) if value is HIDDEN],
        [(x, line.label) for x, line in zip(across, table.lines, strict=True)],
    )


def _number(value: Value) -> int | float | None:
    return value if isinstance(value, int | float) else None

"""Where the marks of a chart stand: numbers for an SVG that a template writes.

Every chart shows a column of a table that stands beside it, with the figures on the marks; what
the table hides has no mark. In a script that runs from right to left time does so, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.reports.figures import Label, Table, Value

WIDTH, HEIGHT = 800, 190
EDGE, TOP, BOTTOM = 50, 30, 150  # of the field in which marks stand


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the chart: where it stands, what it is called, and its figure."""

    x: int
    y: int
    label: Label
    value: int | float


@dataclass(frozen=True, slots=True)
class Series:
    """A chart in time.

    marks   the figures that are told.
    paths   points of each unbroken line between neighbours that are told: "x,y x,y".
    labels  (x, label) of every period, also of those without a mark.
    """

    marks: Sequence[Mark]
    paths: Sequence[str]
    labels: Sequence[tuple[int, Label]]
    width: int = WIDTH
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
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    marks: list[Mark | None] = []
    labels = []
    for place, (line, value) in enumerate(zip(table.lines, values, strict=True)):
        x = round(EDGE + step * (len(values) - 1 - place if rtl else place))
        labels.append((x, line.label))
        told = _number(value)
        if told is None:
            marks.append(None)
            continue
        y = round(BOTTOM - (BOTTOM - TOP) * told / top) if top else BOTTOM
        marks.append(Mark(x, y, line.label, told))
    return Series([mark for mark in marks if mark], _paths(marks), labels)


def _number(value: Value) -> int | float | None:
    return value if isinstance(value, int | float) else None


def _paths(marks: Sequence[Mark | None]) -> list[str]:
    runs: list[list[Mark]] = [[]]
    for mark in marks:
        if mark is None:
            runs.append([])
        else:
            runs[-1].append(mark)
    return [" ".join(f"{mark.x},{mark.y}" for mark in run) for run in runs if len(run) > 1]

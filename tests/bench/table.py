"""What was measured, beside its bar and its stretch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. Less is better.

    value    what was measured, None for a line that only says something.
    ratio    the cost divided by the bare page's; bar and stretch are then about the ratio.
    bar      what must be reached; stretch is what we want.
    note     what a reader must know to understand the figure.
    """

    what: str
    value: float | None
    unit: str = ""
    bar: float | None = None
    stretch: float | None = None
    ratio: float | None = None
    note: str = ""

    @property
    def judged(self) -> float | None:
        """What is compared with bar and stretch."""
        return self.value if self.ratio is None else self.ratio

    @property
    def reached(self) -> str:
        """``stretch``, ``bar``, ``NO``, or nothing where there is no bar."""
        if self.judged is None or self.bar is None:
            return ""
        shown = float(_number(self.judged))
        if self.stretch is not None and shown <= self.stretch:
            return "stretch"
        return ("bar" if self.stretch is not None else "yes") if shown <= self.bar else "NO"

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the line."""
        times = "" if self.ratio is None else "x"
        return (
            self.what,
            "-" if self.value is None else f"{_number(self.value)} {self.unit}".rstrip(),
            "" if self.ratio is None else f"{_number(self.ratio)} x",
            "" if self.bar is None else f"{_number(self.bar)}{times}",
            "" if self.stretch is None else f"{_number(self.stretch)}{times}",
            self.reached,
            self.note,
        )


HEAD = ("measured", "figure", "to bare", "bar", "stretch", "reached", "note")


def lines(section: str, figures: Sequence[Figure]) -> Iterable[str]:
    """Yield the lines of one section's table."""
    rows = [HEAD, *(each.cells() for each in figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    yield f"## {section}"
    for number, row in enumerate(rows):
        cells = [_padded(cell, width) for cell, width in zip(row, widths, strict=True)]
        yield ("| " + " | ".join(cells)).rstrip() + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield ""


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

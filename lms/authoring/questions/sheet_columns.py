"""Which column of a question sheet is which field: said by its header, by its cells, or by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.authoring.questions.sheet_words import MOST_OPTIONS, field_of, type_of

PREVIEW_ROWS = 20
LONGEST_KEY = 40
HEADER_AMONG = 10  # rows that may hold the header: above it there may be a title
ONCE = ("type", "name", "question", "correct", "points", "feedback", "category", "language", "id")
FIELDS = (
    *ONCE,
    *(
        f"{word}{n}"
        for n in range(1, MOST_OPTIONS + 1)
        for word in ("option", "weight", "feedback")
    ),
)
_WEIGHT = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{1,10})?\s*%?")
_KEY = re.compile(r"\s*(?:[A-Ja-jАВСЕ]|[0-9]{1,2})(?:\s*[,;/ ]\s*(?:[A-Ja-jАВСЕ]|[0-9]{1,2}))*\s*")


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How a sheet is laid out.

    fields      name of ``FIELDS`` -> number of its column, from 0.
    header_row  which row that holds something is the header, from 1; 0: there is none.
    sheet       of a workbook; empty for the first one.
    separator   of a CSV file; empty to find it out.
    """

    fields: Mapping[str, int] = field(default_factory=dict)
    header_row: int = 1
    sheet: str = ""
    separator: str = ""

    def cell(self, cells: Sequence[str], name: str) -> str:
        """Return the cell of a field in a row; empty where the row has none."""
        column = self.fields.get(name, -1)
        return cells[column] if 0 <= column < len(cells) else ""


def guess(rows: Sequence[Sequence[str]]) -> SheetMapping:
    """Return the layout that the first rows of a sheet show."""
    for number, cells in enumerate(rows[:HEADER_AMONG], 1):
        fields = _from_header(cells)
        if "question" in fields and (len(fields) > 1 or len(cells) == 1):
            _weights_between(rows[number:], fields)
            return SheetMapping(fields, number)
    return SheetMapping(_from_cells(rows), 0)


def _from_header(cells: Sequence[str]) -> dict[str, int]:
    fields: dict[str, int] = {}
    for column, cell in enumerate(cells):
        name = field_of(cell)
        if name and name not in fields:
            fields[name] = column
    return fields


def _weights_between(rows: Sequence[Sequence[str]], fields: dict[str, int]) -> None:
    """Take a column without a known name behind an option for its weight where its cells say so."""
    taken = set(fields.values())
    for n in range(1, MOST_OPTIONS + 1):
        column = fields.get(f"option{n}", -1) + 1
        if column and column not in taken and f"weight{n}" not in fields:
            cells = [row[column] for row in rows if column < len(row) and row[column]]
            if _all_match(_WEIGHT, cells):
                fields[f"weight{n}"] = column


def _from_cells(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Guess without a header: type first where it is one, question, options, key or weights."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[n] for row in rows if n < len(row) and row[n]] for n in range(width)]
    fields: dict[str, int] = {}
    at = 0
    if columns and columns[0] and all(type_of(cell) for cell in columns[0]):
        fields["type"] = 0
        at = 1
    fields["question"] = at
    rest = list(range(at + 1, width))
    if len(rest) >= 4 and all(_all_match(_WEIGHT, columns[n]) for n in rest[1::2]):
        for order, column in enumerate(rest[: 2 * MOST_OPTIONS]):
            fields[f"{'weight' if order % 2 else 'option'}{order // 2 + 1}"] = column
        return fields
    if rest and _all_match(_KEY, columns[rest[-1]]):
        fields["correct"] = rest.pop()
    elif rest and _all_match(_KEY, columns[rest[0]]):
        fields["correct"] = rest.pop(0)
    elif rest and _names_an_option(rows, rest):
        fields["correct"] = rest.pop()
    for order, column in enumerate(rest[:MOST_OPTIONS], 1):
        fields[f"option{order}"] = column
    return fields


def _all_match(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    return bool(cells) and all(len(c) <= LONGEST_KEY and pattern.fullmatch(c) for c in cells)


def _names_an_option(rows: Sequence[Sequence[str]], rest: Sequence[int]) -> bool:
    """Whether the last column repeats one of the columns before it in every row."""
    last = rest[-1]
    return all(
        last >= len(row) or row[last] in [row[n] for n in rest[:-1] if n < len(row)] for row in rows
    )

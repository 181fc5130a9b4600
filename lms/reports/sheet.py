"""A table of figures as a spreadsheet: the same lines, columns and signs as on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lms.kernel.messages import Message, msg
from lms.reports.figures import HIDDEN, LEGEND, SIGN, Kind, Label, Line, Table, Value
from lms.sheets.writer import Cell, Sheet
from lms.web.language import direction_of, say, sentence

# Translators: name of the first page of a spreadsheet, which says what the file is. 31 letters.
ABOUT = msg("About this file")
NOTE = msg("Note")
# Of columns, in letters; figures as spreadsheets write them.
WIDEST, NARROW = 40, 14
WIDTHS = {Kind.TEXT: 24}
FORMATS = {Kind.COUNT: "#,##0", Kind.SHARE: "0", Kind.MEAN: "0.0", Kind.NUMBER: "0.00"}


def spelled(label: Label, language: str) -> str:
    """Return a label as plain text."""
    return str(say(label.words, language)) if isinstance(label.words, Message) else label.words


def cell(value: Value, language: str) -> Cell:
    """Return a figure as a cell: the sign of a hidden one, nothing for one that there is not."""
    if value is HIDDEN:
        return SIGN
    if isinstance(value, Message):
        return str(say(value, language))
    return value


def sheet(table: Table, about: Mapping[str, str], language: str) -> Sheet:
    """Return the sheet of a table.

    about  label -> value, already in the language: who asked, when, which filters.
    """
    said = {**about}
    label = sentence(NOTE, language)
    notes = [*table.notes, *([Message(LEGEND)] if table.hides else [])]
    for number, note in enumerate(notes, 1):
        said[f"{label} {number}" if len(notes) > 1 else label] = str(say(note, language))
    header = [sentence(table.head, language), *_heads(table, language)]
    return Sheet(
        str(say(table.title, language)),
        said,
        header,
        _rows(table, language),
        rtl=direction_of(language) == "rtl",
        about_title=sentence(ABOUT, language),
        widths=[WIDEST, *(WIDTHS.get(column.kind, NARROW) for column in table.columns)],
        formats=["", *(FORMATS.get(column.kind, "") for column in table.columns)],
    )


def _heads(table: Table, language: str) -> Sequence[str]:
    return [
        f"{say(column.head, language)} (%)"
        if column.kind is Kind.SHARE
        else str(say(column.head, language))
        for column in table.columns
    ]


def _rows(table: Table, language: str) -> Iterator[Sequence[Cell]]:
    lines: list[Line] = [*table.lines, *([table.total] if table.total else [])]
    for line in lines:
        yield [spelled(line.label, language), *(cell(value, language) for value in line.values)]

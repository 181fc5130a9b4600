"""The file of a list: what it holds, and its rows, read on from step to step. In the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from lms.accounts.importing import columns
from lms.accounts.importing.checking import RawRow
from lms.accounts.importing.place_rules import MOST_PLACES
from lms.accounts.importing.store import store
from lms.accounts.models import StaffImport
from lms.accounts.rules import folded_service_number
from lms.kernel.messages import Message, msg
from lms.sheets import reader
from lms.sheets.reader import Reading
from lms.sheets.refusals import SheetRefusedError

SAMPLE = 20  # rows that the page of columns shows
_FIRST_ROWS = 2 * SAMPLE  # among them is the header
LONGEST_SHOWN = 60  # characters of a cell
TELLING_CELLS = 8  # of the preview of an encoding

FILE_GONE = Message(msg("The file of this list is not kept any more. Send it again."))
TOO_MANY_PLACES = Message(
    msg("A list of places has at most %(count)s rows."), {"count": MOST_PLACES}
)


def looked_at(listed: StaffImport) -> dict[str, Any] | Message:
    """Return what a file holds: how it is read, header, first rows, how many rows; or a refusal.

    The whole file is read once, so that what cannot be read shows here and not half-way.
    """
    asked = listed.reading.get("asked", {})
    try:
        path = store().path(listed.file)
        reading = reader.look(
            path,
            encoding=asked.get("encoding", ""),
            separator=asked.get("separator", ""),
            sheet=asked.get("sheet", ""),
        )
        rows = reader.rows(path, reading)
        first = list(islice(rows, _FIRST_ROWS))
        count = len(first) + sum(1 for _ in rows)
        previews = _previews(path, reading, listed.kind)
    except SheetRefusedError as refused:
        return refused.message
    except (FileNotFoundError, ValueError):
        return FILE_GONE
    if listed.kind == columns.PLACES and count > MOST_PLACES + 1:
        return TOO_MANY_PLACES
    at = columns.header_row([row.cells for row in first], listed.kind)
    header_row = int(asked.get("header_row", first[at].number if first else 0))
    header = next((row.cells for row in first if row.number == header_row), [])
    sample = [row for row in first if row.number > header_row][:SAMPLE]
    width = max((len(row.cells) for row in (*sample, *first[:1])), default=0)
    header = [*header, *[""] * (width - len(header))]
    cells = [row.cells for row in sample]
    understood = columns.looked_into(columns.understood(header, listed.kind), cells)
    return {
        "kind": reading.kind,
        "encoding": reading.encoding,
        "sure": reading.sure,
        "separator": reading.separator,
        "sheet": reading.sheet,
        "sheets": list(reading.sheets),
        "previews": previews,
        "header_row": header_row,
        "header": header,
        "rows": count - sum(1 for row in first if row.number <= header_row),
        "fields": dict(understood.fields),
        "left": {str(column): why for column, why in understood.left.items()},
        "sample": [
            [
                row.number,
                [
                    "" if column in understood.never else cell[:LONGEST_SHOWN]
                    for column, cell in enumerate([*row.cells, *[""] * (width - len(row.cells))])
                ],
            ]
            for row in sample
        ],
        "titles": [],
        "refused": None,
    }


def _previews(path: Path, reading: Reading, kind: str) -> dict[str, str]:
    """Return, for each encoding that a file may have, the words by which it is told.

    A column that is never taken in any of them shows nothing here: none of its words is kept.
    """
    found = reader.previews(path, reading, _FIRST_ROWS)
    never: set[int] = set()
    for rows in found.values():
        header = rows[columns.header_row(rows, kind)] if rows else []
        never |= columns.understood(header, kind).never
    cells = {
        name: {
            (at, column): cell[:LONGEST_SHOWN]
            for at, row in enumerate(rows)
            for column, cell in enumerate(row)
            if column not in never and not cell.isascii()
        }
        for name, rows in found.items()
    }
    telling = _telling(list(cells.values()))
    return {
        name: " · ".join(of_name[place] for place in telling if place in of_name)
        for name, of_name in cells.items()
    }


def _telling(readings: Sequence[Mapping[tuple[int, int], str]]) -> list[tuple[int, int]]:
    """Return the cells by which the readings differ most, in the order of the file.

    Two encodings of Cyrillic differ by a few letters, which may not stand in the first words.
    """
    places = sorted({place for reading in readings for place in reading})

    def alike(place: tuple[int, int]) -> int:
        return -len({reading.get(place) for reading in readings})

    return sorted(sorted(places, key=alike)[:TELLING_CELLS])


def reading_of(listed: StaffImport) -> Reading:
    """Return how the file of a list that was read is read."""
    found = listed.reading
    return Reading(
        found["kind"],
        found["encoding"],
        found["sure"],
        found["separator"],
        found["sheet"],
        tuple(found["sheets"]),
    )


@dataclass
class _OpenFile:
    """A file that is read on from step to step, so that each row is read once.

    After a restart of the worker it is read from its beginning again, which takes a second.
    """

    rows: Iterator[reader.Row]
    key: Callable[[Sequence[str]], str]
    last: int = 0
    first: dict[str, int] = field(default_factory=dict)

    def after(self, number: int, count: int) -> list[RawRow]:
        found: list[RawRow] = []
        for row in self.rows:
            self.last = row.number
            key = self.key(row.cells)
            earlier = self.first.setdefault(key, row.number) if key else row.number
            if row.number > number:
                first = earlier if earlier != row.number else None
                found.append(RawRow(row.number, row.cells, row.mended, first))
                if len(found) == count:
                    break
        return found


_open: dict[tuple[UUID, int], _OpenFile] = {}  # at most one


def rows_after(listed: StaffImport, number: int, count: int) -> list[RawRow]:
    """Return the next rows of a file after a number.

    raises  FileNotFoundError, SheetRefusedError.
    """
    key = (listed.id, listed.reading["turn"])
    opened = _open.get(key)
    if opened is None or opened.last != number:
        path: Path = store().path(listed.file)
        header = listed.reading["header_row"]
        rows = (row for row in reader.rows(path, reading_of(listed)) if row.number > header)
        _open.clear()
        opened = _open[key] = _OpenFile(rows, _key_of(listed))
    found = opened.after(number, count)
    if len(found) < count:
        _open.clear()
    return found


def _key_of(listed: StaffImport) -> Callable[[Sequence[str]], str]:
    """Return what tells the rows of a list apart."""
    fields: Mapping[str, int] = listed.mapping["fields"]
    places = [fields[name] for name in ("number", "username") if name in fields]

    def key(cells: Sequence[str]) -> str:
        said = (cells[place] for place in places if place < len(cells))
        return next((found for cell in said if (found := folded_service_number(cell))), "")

    return key

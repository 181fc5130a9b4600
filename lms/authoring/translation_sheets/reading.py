"""A filled sheet as rows of text that keep their line breaks, from CSV or XLSX. In the worker.

The reader of staff lists (``lms.sheets.reader``) makes clean lines of each cell; here a cell may
hold a list or a table, so this one keeps what stands in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from lms.content.translation.rows import COLUMNS
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.sheets import workbook
from lms.sheets.refusals import SheetRefusedError
from lms.sheets.writer import LONGEST_CELL, plain

# What one sheet may hold.
MOST_ROWS, MOST_COLUMNS = 5_000, 64
SEPARATORS = (",", ";", "\t")
# The heading stands among the first rows: before it the sheet says what it is.
HEAD = 30
NAMED = COLUMNS[:3]
# The only columns that are read back.
READ = ("key", "part", "digest", "state", "translation")
NO_HEADING = msg(
    "This file has no row that begins with key, part, digest. Send the sheet that you took from "
    "here, as XLSX or CSV."
)

Cells = Iterable[list[str]]
Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    """Return the rows of a filled sheet by the names of their columns.

    raises  Refused or SheetRefusedError for what is no sheet of ours.
    """
    with path.open("rb") as file:
        beginning = file.read(8)
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefusedError(
            Message(
                msg(
                    "This is an old Excel file (XLS) or one with a password. Save it as XLSX or "
                    "CSV, without a password."
                )
            )
        )
    return _in_book(path) if beginning.startswith(b"PK") else rows_in(path.read_bytes())


def _in_book(path: Path) -> Rows:
    workbook.check(path)
    for sheet in workbook.sheets(path):
        found = _below_heading(cells for _, cells in workbook.rows(path, sheet))
        if found is not None:
            for row in found:
                if len(row.get("translation", "")) >= LONGEST_CELL:
                    raise Refused(
                        Message(
                            msg(
                                "The translation of %(key)s fills its cell, so its end may be cut. "
                                "Translate this text in its page."
                            ),
                            {"key": row.get("key", "")[:100]},
                        )
                    )
            return found
    raise Refused(Message(NO_HEADING))


def rows_in(data: bytes) -> Rows:
    """Return the rows of a sheet in CSV; raises as ``rows_of``."""
    text = _decoded(data)
    for separator in SEPARATORS:
        found = _in_text(text, separator)
        if found is not None:
            return found
    raise Refused(Message(NO_HEADING))


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise Refused(Message(msg("This file is empty.")))
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            Message(
                msg("This file is not in UTF-8, so letters would be lost. Save it as “CSV UTF-8”.")
            )
        ) from None


def _in_text(text: str, separator: str) -> Rows | None:
    """Return the rows below the heading; None where this separator finds no heading."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    counted = _Counted(lines)
    try:
        return _below_heading(counted)
    except csv.Error:
        if not counted.found_heading:
            return None
        raise Refused(
            Message(
                msg(
                    "Row %(row)s cannot be read: a quotation mark is not closed, or one inside "
                    "a cell is not doubled."
                ),
                {"row": counted.number + 1},
            )
        ) from None


class _Counted:
    """Rows that know how many of them were read, and whether the heading was among them."""

    def __init__(self, rows: Cells) -> None:
        self.rows, self.number, self.found_heading = rows, 0, False

    def __iter__(self) -> Iterator[list[str]]:
        for cells in self.rows:
            self.number += 1
            self.found_heading = self.found_heading or _is_heading(cells)
            yield cells


def _is_heading(cells: list[str]) -> bool:
    return tuple(cell.strip() for cell in cells[:3]) == NAMED


def _below_heading(rows: Cells) -> Rows | None:
    """Return the rows below the heading, None without one; raises Refused for too many."""
    names: list[str] | None = None
    found: Rows = []
    for number, cells in enumerate(rows, 1):
        if len(cells) > MOST_COLUMNS or len(found) > MOST_ROWS:
            raise Refused(Message(msg("This sheet is too large. Cut it into several files.")))
        if names is not None:
            named = dict(zip(names, map(plain, cells), strict=False))
            found.append({name: named[name] for name in READ if name in named})
        elif _is_heading(cells):
            names = [cell.strip() for cell in cells]
        elif number > HEAD:
            return None
    return found if names is not None else None

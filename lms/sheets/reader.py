"""The one reader of spreadsheets: CSV and XLSX from anywhere become rows of clean text.

What comes in is somebody's, not ours: sizes are counted before anything is read, no formula is
calculated, and what cannot be read is said with the number of its row. Used in the worker and by
commands; the serving process never loads what reads XLSX.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from lms.kernel.composed import composed
from lms.kernel.messages import Message, msg
from lms.sheets import encodings, workbook
from lms.sheets.refusals import SheetRefusedError

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 25_000  # filled ones, without the header
MOST_COLUMNS = workbook.LAST_COLUMN
SEPARATORS = (",", ";", "\t")
CSV, XLSX = "csv", "xlsx"

_LOOKED_AT = 50  # rows that tell the separator
# They turn the direction of all text after them: what is read is then not what is stored.
_TURNING = dict.fromkeys(range(0x202A, 0x202F))
_BLANK = dict.fromkeys(range(0x20), " ")
_BLANK_IN_LINES = {code: sign for code, sign in _BLANK.items() if chr(code) != "\n"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read.

    sure       whether the encoding is certain; else the words should be looked at first.
    separator  of a CSV file: ``,`` ``;`` or a tab.
    sheet      of a workbook, and the names of all its sheets that hold anything.
    """

    kind: str
    encoding: str = ""
    sure: bool = True
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


class Row(NamedTuple):
    """A row that holds something: its number as the spreadsheet counts, its cells as text.

    mended  whether signs that turn the direction of writing were taken out of it.
    """

    number: int
    cells: list[str]
    mended: bool


def look(path: Path, *, encoding: str = "", separator: str = "", sheet: str = "") -> Reading:
    """Find out how to read a file; what is given is taken instead of guessed.

    raises  SheetRefusedError for what is no spreadsheet, too large, or has no such sheet.
    """
    size = path.stat().st_size
    if not size:
        raise SheetRefusedError(Message(msg("This file is empty.")))
    if size > LARGEST_FILE:
        raise SheetRefusedError(
            Message(
                msg("This file is larger than %(size)s MB. Copy the list alone into a new one."),
                {"size": LARGEST_FILE // 1024 // 1024},
            )
        )
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
    if beginning.startswith(b"PK"):
        workbook.check(path)
        sheets = workbook.sheets(path)
        if sheet and sheet not in sheets:
            raise SheetRefusedError(Message(msg("Choose a sheet of the workbook.")))
        return Reading(XLSX, sheet=sheet or sheets[0], sheets=tuple(sheets))
    return _look_at_text(path, encoding, separator)


def _look_at_text(path: Path, encoding: str, separator: str) -> Reading:
    certain = encodings.known(path)
    chosen = certain or (encoding if encoding in encodings.CHOICES else encodings.guessed(path))
    if chosen != encodings.UTF_16:
        with path.open("rb") as file:
            if any(b"\0" in piece for piece in iter(lambda: file.read(1 << 16), b"")):
                raise SheetRefusedError(
                    Message(
                        msg(
                            "This file is neither CSV nor XLSX. Save the list in one of these "
                            "formats."
                        )
                    )
                )
    return Reading(
        CSV,
        encoding=chosen,
        sure=certain is not None,
        separator=separator if separator in SEPARATORS else _separator(path, chosen),
    )


def previews(path: Path, reading: Reading, count: int) -> dict[str, list[list[str]]]:
    """Return the first ``count`` rows of a file in each encoding that it may have.

    Empty where there is no doubt. What an encoding does not have is shown as U+FFFD.
    """
    found: dict[str, list[list[str]]] = {}
    for name in () if reading.sure else encodings.CHOICES:
        read = _text_rows(path, name, reading.separator, errors="replace")
        rows = found[name] = []
        with suppress(SheetRefusedError):
            for _, raw in islice(read, count):
                rows.append([_clean(cell) for cell in raw])
    return found


def rows(path: Path, reading: Reading, *, in_lines: bool = False) -> Iterator[Row]:
    """Yield the rows of a file that hold something, in the order of the file.

    in_lines  keep the line breaks inside cells; else they become spaces.
    raises  SheetRefusedError, with the number of the row, where the file cannot be read on, and
            for more rows or columns than we take.
    """
    found = (
        workbook.rows(path, reading.sheet)
        if reading.kind == XLSX
        else _text_rows(path, reading.encoding, reading.separator)
    )
    count = 0
    for number, raw in found:
        cells = [_lines(cell) if in_lines else _clean(cell) for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise SheetRefusedError(
                Message(
                    msg("The list has more than %(rows)s rows. Cut it into several files."),
                    {"rows": MOST_ROWS},
                )
            )
        if len(cells) > MOST_COLUMNS:
            raise SheetRefusedError(
                Message(
                    msg(
                        "Row %(row)s has more than %(columns)s columns. Take away the columns that "
                        "the list does not need."
                    ),
                    {"row": number, "columns": MOST_COLUMNS},
                )
            )
        yield Row(number, cells, any(_turns(cell) for cell in raw))


def _clean(cell: str) -> str:
    """Return text in form NFC without control characters and without spaces at its ends."""
    if cell.isascii():
        return cell.translate(_BLANK).strip() if not cell.isprintable() else cell.strip()
    return composed(cell.translate(_TURNING).translate(_BLANK)).strip()


def _lines(cell: str) -> str:
    """Return the same with the line breaks inside the cell."""
    if "\n" not in cell and "\r" not in cell:
        return _clean(cell)
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").translate(_TURNING)
    lines = composed(cell.translate(_BLANK_IN_LINES)).strip().split("\n")
    return "\n".join(line.strip() for line in lines)


def _turns(cell: str) -> bool:
    return not cell.isascii() and any("\u202a" <= char <= "\u202e" for char in cell)


def _text_rows(
    path: Path, encoding: str, separator: str, errors: str = "strict"
) -> Iterator[tuple[int, list[str]]]:
    """Yield records of a CSV file: quotes are doubled inside quotes, line breaks may stand there.

    A spreadsheet program counts records, not lines. A first line ``sep=;`` is a word to Excel.
    """
    number = 0
    codec = encodings.CODECS[encoding]
    with path.open(encoding=codec, errors=errors, newline="") as file:
        try:
            if not _said_separator(file):
                file.seek(0)
            for cells in csv.reader(file, delimiter=separator, strict=True):
                number += 1
                yield number, cells
        except csv.Error as error:
            raise SheetRefusedError(
                Message(
                    msg(
                        "Row %(row)s cannot be read: a quotation mark is not closed, or one inside "
                        "a cell is not doubled."
                    ),
                    {"row": number + 1},
                )
            ) from error
        except UnicodeDecodeError as error:
            raise SheetRefusedError(
                Message(
                    msg(
                        "Soon after row %(row)s there is a sign that %(encoding)s does not have. "
                        "Choose another encoding."
                    ),
                    {"row": number, "encoding": encoding},
                )
            ) from error


def _said_separator(file: TextIO) -> str:
    """Return the separator that a first line names; an empty text where it is a row like others."""
    line = file.readline(8).rstrip("\r\n").lower()
    return line[4:] if line.startswith("sep=") and line[4:] in SEPARATORS else ""


def _separator(path: Path, encoding: str) -> str:
    """Return the separator that a file names, or with which most of the first rows agree."""
    with path.open(encoding=encodings.CODECS[encoding], errors="replace", newline="") as file:
        said = _said_separator(file)
    if said:
        return said

    def agreement(separator: str) -> tuple[int, int]:
        found = []
        # What stops here is said when the whole is read, with the separator of the rows before.
        with suppress(SheetRefusedError):
            for _, row in islice(_text_rows(path, encoding, separator), _LOOKED_AT):
                found.append(len(row))
        several = [width for width in found if width > 1]
        usual = max(set(several), key=several.count, default=0)
        return several.count(usual), usual

    return max(SEPARATORS, key=agreement)

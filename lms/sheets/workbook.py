"""XLSX: looked through for what could exhaust the worker, then read by calamine.

An XLSX file is a zip of XML. A few kilobytes can unpack to gigabytes, and one cell in the last
corner of an empty sheet makes a reader reserve memory for seventeen thousand million. So each part
is unpacked once, piece by piece, and counted before the reader sees the file.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from lms.kernel.messages import Message, msg
from lms.sheets.refusals import SheetRefusedError

LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_PART = 64 * 1024 * 1024  # of one XML part: it lies in memory while it is read
MOST_PARTS = 5_000
LAST_ROW, LAST_COLUMN = 30_000, 64  # beyond these no cell may be filled
MOST_CELLS = 4_000_000  # with the empty ones, which only cost time

NOT_A_WORKBOOK = msg(
    "This file is no XLSX workbook, or it is damaged. Open it in a spreadsheet program and save "
    "it again as XLSX or CSV."
)
TOO_LARGE = msg(
    "Unpacked, this workbook is too large. Copy the list alone into a new workbook, without "
    "pictures and other sheets."
)
TOO_WIDE = msg(
    "A sheet of this workbook has cells beyond row %(row)s or column %(column)s. Copy the list "
    "alone into a new workbook."
)

_PIECE = 1 << 16
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_WORKBOOK = "xl/workbook.xml"


def check(path: Path) -> None:
    """Refuse what is no workbook, or one that would exhaust whoever reads it.

    raises  SheetRefusedError.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as book:
            parts = book.infolist()
            _check_names(parts)
            room = LARGEST_UNPACKED
            for part in parts:
                room -= _check_part(file, part, room)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        struct.error,
        ValueError,
        NotImplementedError,
        EOFError,
        OverflowError,
        LookupError,
    ) as error:
        raise SheetRefusedError(Message(NOT_A_WORKBOOK)) from error


def sheets(path: Path) -> list[str]:
    """Return the names of the sheets that hold cells, visible ones first; ``check`` comes before.

    raises  SheetRefusedError where no sheet holds anything.
    """
    from python_calamine import SheetVisibleEnum

    with _opened(path) as book:
        shown = {
            each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible
        }
        filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).height]
    if not filled:
        raise SheetRefusedError(Message(msg("This workbook is empty.")))
    return sorted(filled, key=lambda name: name not in shown)


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet with their numbers, from 1; ``check`` comes before.

    Values are those that the spreadsheet program computed and stored; nothing is calculated here.
    raises  SheetRefusedError for a sheet that is not there.
    """
    with _opened(path) as book:
        if sheet not in book.sheet_names:
            raise SheetRefusedError(Message(msg("Choose a sheet of the workbook.")))
        found = book.get_sheet_by_name(sheet)
        before = [""] * (found.start[1] if found.start else 0)
        for number, cells in enumerate(found.iter_rows(), 1):
            yield number, before + [_text(cell) for cell in cells]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import python_calamine

    try:
        with python_calamine.load_workbook(str(path)) as book:
            yield book
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise SheetRefusedError(Message(NOT_A_WORKBOOK)) from error
    except BaseException as error:
        # A fault inside the reader, which is written in Rust, does not come as an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise SheetRefusedError(Message(NOT_A_WORKBOOK)) from error


def _text(cell: object) -> str:
    """Return a value as somebody typed it: ``2`` and not ``2.0``, a day as ``2026-12-31``."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e15
        return str(int(cell)) if whole else format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    strange = any(
        name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/")
        for name in names
    )
    twice = len({name.casefold() for name in names}) < len(names)
    if strange or twice or len(parts) > MOST_PARTS or _WORKBOOK not in names:
        raise SheetRefusedError(Message(NOT_A_WORKBOOK))
    if any(part.flag_bits & 1 for part in parts):
        raise SheetRefusedError(Message(msg("This workbook is protected by a password.")))


def _check_part(file: IO[bytes], part: zipfile.ZipInfo, room: int) -> int:
    """Count what one part unpacks to, and look through it where it is XML; return the bytes."""
    xml = part.filename.endswith((".xml", ".rels"))
    scan = _Scan() if xml else None
    most = min(room, LARGEST_PART) if xml else room
    size = 0
    for piece in _unpacked(file, part):
        size += len(piece)
        if size > most:
            raise SheetRefusedError(Message(TOO_LARGE))
        if scan:
            scan.parser.Parse(piece)
    if scan:
        scan.parser.Parse(b"", True)  # noqa: FBT003 -- expat takes no names
    return size


def _unpacked(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part piece by piece, whatever size its entry claims."""
    file.seek(part.header_offset)
    signature, name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if signature != b"PK\3\4" or part.compress_type not in _PACKED:
        raise zipfile.BadZipFile
    file.seek(name + extra, 1)
    left = part.compress_size
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left:
        packed = file.read(min(left, _PIECE))
        if not packed:
            raise EOFError
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail
    while inflate is not None and not inflate.eof:
        rest = inflate.decompress(b"", _PIECE)
        if not rest:
            raise EOFError
        yield rest


class _Scan:
    """Looks through one XML part: no document type, and no cell beyond our limits."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._root
        self._row = self._column = self._cells = 0

    def _refuse(self, *_: object) -> None:
        raise SheetRefusedError(Message(NOT_A_WORKBOOK))

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        worksheet = name.rpartition(":")[2] == "worksheet"
        self.parser.StartElementHandler = self._element if worksheet else None

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        if plain == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif plain == "c":
            self._cells += 1
            where = attributes.get("r", "")
            letters = where.rstrip("0123456789")
            if letters:
                self._row, self._column = int(where[len(letters) :]), _column(letters)
            else:
                self._column += 1
        elif plain in {"v", "is"} and (self._row > LAST_ROW or self._column > LAST_COLUMN):
            self._cells = MOST_CELLS + 1
        if self._cells > MOST_CELLS:
            raise SheetRefusedError(Message(TOO_WIDE, {"row": LAST_ROW, "column": LAST_COLUMN}))


def _column(letters: str) -> int:
    """Return the number of a column, from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + ord(letter) - 64
    return number

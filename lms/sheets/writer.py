"""The one writer of spreadsheets: CSV and XLSX say the same rows, and no cell runs as a formula.

Every file begins with what it is, who made it, when and for which part of the service, so that a
print that lies about can be traced and is not taken for today's.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

# What a spreadsheet program takes for the beginning of a formula, the wide signs of East Asian
# keyboards among them. Sources: OWASP, CSV injection; OWASP ASVS 5.0, 1.2.10.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Countries split lines of CSV at commas or at semicolons: a program of another one would find the
# beginning of a formula inside a text.
SIGNS = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
INSIDE = re.compile(f"(?<=[,;])(?={SIGNS})")
KEPT_INSIDE = re.compile(f"(?<=[,;])'(?={SIGNS})")
LONGEST_CELL = 32_767  # characters; more makes an XLSX file that Excel repairs
LONGEST_SHEET_NAME = 31
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RIGHT_TO_LEFT = 2  # of a cell, as XLSX numbers it
A4 = 9  # among papers, as XLSX numbers it
WIDE_FROM = 6  # columns; on paper they stand on a wide page

Cell = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to write.

    title    the name of its page, at most 31 characters count.
    about    label -> value, shown before the rows: who exported, when, scope, filters.
    header   names of the columns.
    rows     read once, one at a time, so that 20,000 of them take no more memory than one.
    rtl      whether the table runs from right to left.
    widths   of the columns in letters, for long texts that break inside their cells; none given:
             every column is narrow and one line high.
    turned   numbers of the columns whose text runs from right to left, from 0.
    formats  of the numbers in each column, as spreadsheets write them; empty: a column of words.
    about_title  the name of the page with ``about``.
    """

    title: str
    about: Mapping[str, str]
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    rtl: bool = False
    widths: Sequence[int] = ()
    turned: Collection[int] = ()
    about_title: str = "i"
    formats: Sequence[str] = ()


def neutral(text: str) -> str:
    """Return ``text`` so that no spreadsheet program runs it: an apostrophe before the sign."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def csv_lines(sheet: Sheet, separator: str = ",") -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with byte-order mark, as Excel wants it.

    separator  ``,`` ``;`` or a tab.
    """
    yield "\ufeff".encode()
    for label, value in sheet.about.items():
        yield _line([label, value], separator)
    if sheet.about:
        yield _line([], separator)
    yield _line(sheet.header, separator)
    for row in sheet.rows:
        yield _line(row, separator)


def _line(cells: Sequence[Cell], separator: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n").writerow(
        [_csv_cell(cell, separator) for cell in cells]
    )
    return written.getvalue().encode()


def _csv_cell(cell: Cell, separator: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    # A number is no text that somebody typed: -3 stays a number.
    return _neutral_everywhere(cell, separator) if isinstance(cell, str) else str(cell)


def _neutral_everywhere(text: str, separator: str) -> str:
    """Return a text of which no part is run, at whichever separator a program splits its line.

    At ``separator`` nothing is split: a text that holds it stands between quotes.
    """
    return INSIDE.sub(
        lambda found: "" if found.string[found.start() - 1] == separator else "'", neutral(text)
    )


def plain(text: str) -> str:
    """Return a cell that was written here without the apostrophes that keep it from being run."""
    whole = text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_SIGNS) else text
    return KEPT_INSIDE.sub("", whole)


def write_xlsx(path: Path, sheet: Sheet) -> None:
    """Write ``sheet`` to ``path``: first a page that says what it is, then the table.

    Rows go to the disk one by one (constant memory). Text is written as text, never as formula,
    number or link.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        about = book.add_worksheet(_sheet_name(sheet.about_title))
        table = book.add_worksheet(_sheet_name(sheet.title))
        for page in (about, table):
            page.set_paper(A4)
            page.fit_to_pages(1, 0)
            if sheet.rtl:
                page.right_to_left()
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 80)
        for line, (label, value) in enumerate(sheet.about.items()):
            about.write_string(line, 0, label, bold)
            about.write_string(line, 1, neutral(value), wrapped)
        _write_table(book, table, sheet)
        table.activate()


def _write_table(book: Any, page: Any, sheet: Sheet) -> None:  # noqa: ANN401 -- of xlsxwriter
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    if len(sheet.header) >= WIDE_FROM:
        page.set_landscape()
    page.set_column(0, max(0, len(sheet.header) - 1), 18)
    texts = {
        column: book.add_format(_of_text(sheet, column)) for column in range(len(sheet.widths))
    }
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width, texts[column])
    numbers = {
        column: book.add_format({"num_format": form, "valign": "top"})
        for column, form in enumerate(sheet.formats)
        if form
    }
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, neutral(name), head)
    for line, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(line, column, neutral(cell)[:LONGEST_CELL], texts.get(column))
            elif isinstance(cell, datetime):
                page.write_datetime(line, column, cell.replace(tzinfo=None), moments)
            elif isinstance(cell, date):
                page.write_datetime(line, column, cell, days)
            elif cell is not None:
                page.write_number(line, column, cell, numbers.get(column))


def _of_text(sheet: Sheet, column: int) -> Mapping[str, object]:
    """Return how words stand in a column: among figures, such as a sign, where these stand."""
    stands: dict[str, object] = {"text_wrap": True, "valign": "top"}
    if column in sheet.turned:
        stands["reading_order"] = RIGHT_TO_LEFT
    if column < len(sheet.formats) and sheet.formats[column]:
        stands["align"] = "right"
    return stands


def xlsx(sheet: Sheet) -> bytes:
    """Return ``sheet`` as XLSX: for one that is small enough to be held in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        write_xlsx(path, sheet)
        return path.read_bytes()


def _sheet_name(title: str) -> str:
    """Return a name that Excel takes: no forbidden sign, at most 31 characters, whole words."""
    kept = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title).strip()
    if len(kept) > LONGEST_SHEET_NAME:
        words = kept[: LONGEST_SHEET_NAME + 1].rpartition(" ")[0]
        kept = (words or kept[:LONGEST_SHEET_NAME]).rstrip(" ,;")
    return kept or "1"

"""CSV and XLSX from anywhere become rows of clean text."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.sheets import reader, workbook
from lms.sheets.reader import Reading
from lms.sheets.refusals import SheetRefusedError

Book = Callable[..., Path]
DAY = datetime(2026, 12, 31)  # noqa: DTZ001 -- a spreadsheet knows no time zones


def read(file: Path, **asked: str) -> list[tuple[int, list[str]]]:
    reading = reader.look(file, **asked)
    return [(row.number, row.cells) for row in reader.rows(file, reading)]


def text_file(folder: Path, data: bytes | str) -> Path:
    file = folder / "list.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def refusal(file: Path, **asked: str) -> str:
    with pytest.raises(SheetRefusedError) as refused:
        read(file, **asked)
    return str(refused.value.message)


# ---- CSV ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_separators_and_ends_of_lines_are_found_out(
    tmp_path: Path, separator: str, ending: str
) -> None:
    lines = [["number", "name"], ["N-1", 'Ben Salah, Amina; "Mimi"'], ["N-2", "two\nlines"]]
    written = io.StringIO()
    csv.writer(
        written, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL
    ).writerows(lines)
    assert read(text_file(tmp_path, written.getvalue())) == [
        (1, ["number", "name"]),
        (2, ["N-1", 'Ben Salah, Amina; "Mimi"']),
        (3, ["N-2", "two lines"]),
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    file = text_file(tmp_path, 'a,b\n\n"x\ny",2\n,\n3,4\n')
    assert read(file) == [(1, ["a", "b"]), (3, ["x y", "2"]), (5, ["3", "4"])]


def test_excels_own_word_about_the_separator_is_no_row(tmp_path: Path) -> None:
    assert read(text_file(tmp_path, "sep=;\r\na;b,c\r\n")) == [(1, ["a", "b,c"])]


def test_leading_zeros_stay_and_nothing_is_calculated(tmp_path: Path) -> None:
    assert read(text_file(tmp_path, "007;=1+1\n")) == [(1, ["007", "=1+1"])]


def test_text_is_in_one_form_without_signs_that_turn_its_direction(tmp_path: Path) -> None:
    file = text_file(tmp_path, "a\u202eb,e\u0301,\u200fx\u0007y\n")
    [row] = reader.rows(file, reader.look(file))
    assert (row.cells, row.mended) == (["ab", "é", "\u200fx y"], True)


def test_utf_16_is_read_too(tmp_path: Path) -> None:
    file = text_file(tmp_path, "رقم\tاسم\n".encode("utf-16"))
    assert read(file) == [(1, ["رقم", "اسم"])]


def test_another_encoding_may_be_chosen_where_there_is_a_doubt(tmp_path: Path) -> None:
    file = text_file(tmp_path, "é;x\n".encode("windows-1252"))
    assert reader.look(file).sure is False
    assert read(file, encoding="windows-1251") == [(1, ["й", "x"])]
    shown = reader.previews(file, reader.look(file), 2)
    assert shown == {
        "windows-1251": [["й", "x"]],
        "windows-1252": [["é", "x"]],
        "windows-1256": [["é", "x"]],
        "kz-1048": [["й", "x"]],
        "ptcp154": [["й", "x"]],
        "iso-8859-1": [["é", "x"]],
    }


def test_a_chosen_encoding_changes_nothing_where_there_is_none(tmp_path: Path) -> None:
    file = text_file(tmp_path, "é;x\n")
    assert read(file, encoding="windows-1251") == [(1, ["é", "x"])]
    assert reader.previews(file, reader.look(file), 2) == {}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b'a,b\nc,"d\n', "Row 2 cannot be read"),
        (b'a,b\nc,"d"e\n', "Row 2 cannot be read"),
        (b"a\0b", "neither CSV nor XLSX"),
        ("a;b\n".encode("utf-16-le"), "neither CSV nor XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "old Excel file"),
        (b"PK\x03\x04 and more", "no XLSX workbook"),
        (b"a" * 200_000, "Row 1 cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    assert sentence in refusal(text_file(tmp_path, data))


def test_a_sign_that_the_chosen_encoding_does_not_have_is_named_by_its_row(tmp_path: Path) -> None:
    file = text_file(tmp_path, b"a;b\n" + b"x;y\n" * 5000 + b"\x81;c\n")
    told = refusal(file, encoding="windows-1252")
    assert told.startswith("Soon after row ")
    assert "windows-1252" in told


def test_limits_of_size_rows_and_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 3)
    assert "more than 3 rows" in refusal(text_file(tmp_path, "n\n" * 5))
    assert len(read(text_file(tmp_path, "n\n" * 4))) == 4
    wide = ",".join("x" * (reader.MOST_COLUMNS + 1))
    assert "Row 2 has more than" in refusal(text_file(tmp_path, f"a,b\n{wide}\n"))
    monkeypatch.setattr(reader, "LARGEST_FILE", 10)
    assert "larger than" in refusal(text_file(tmp_path, "a,b\n" * 10))


CELLS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters="\ufeff\u202a\u202b\u202c\u202d\u202e\u2028\u2029",
    ),
    max_size=12,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=8),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_whatever_a_program_writes_as_csv_is_read_back(
    tmp_path: Path, rows: list[list[str]], separator: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    file = text_file(tmp_path, written.getvalue())
    expected = []
    for number, cells in enumerate(rows, 1):
        clean = [unicodedata.normalize("NFC", cell).strip() for cell in cells]
        while clean and not clean[-1]:
            clean.pop()
        if clean:
            expected.append((number, clean))
    assert read(file, separator=separator) == expected


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_no_bytes_do_more_than_being_refused(tmp_path: Path, data: bytes) -> None:
    file = text_file(tmp_path, data)
    found: list[tuple[int, list[str]]] = []
    with suppress(SheetRefusedError):
        found = read(file)
    assert all(cells for _, cells in found)


# ---- XLSX --------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Return a way to write a workbook: sheet name -> rows of cells."""

    def write(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> Path:
        file = tmp_path / "list.xlsx"
        with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
            for name, rows in sheets.items():
                sheet = made.add_worksheet(name)
                if name in hidden:
                    sheet.hide()
                for line, cells in enumerate(rows):
                    sheet.write_row(line, 0, cells)
        return file

    return write


def test_values_are_taken_as_somebody_typed_them(book: Book) -> None:
    file = book(
        {
            "List": [
                ["number", "when"],
                [2, 2.5, "007", True, DAY, DAY.replace(hour=14, minute=30)],
                ["=1+1", -3, 1e14, 0.1 + 0.2, date(2026, 1, 2)],
            ]
        }
    )
    assert read(file) == [
        (1, ["number", "when"]),
        (2, ["2", "2.5", "007", "true", "2026-12-31", "2026-12-31 14:30"]),
        # xlsxwriter stores 0 as the value of a formula that no program has calculated.
        (3, ["0", "-3", "100000000000000", "0.3", "2026-01-02"]),
    ]


def test_a_list_that_begins_further_in_keeps_its_rows_and_columns(book: Book) -> None:
    assert read(book({"List": [[], [], ["", "", "a", "b"], [], ["", "", "c"]]})) == [
        (3, ["", "", "a", "b"]),
        (5, ["", "", "c"]),
    ]


def test_sheets_are_listed_filled_and_visible_ones_first(book: Book) -> None:
    file = book({"Empty": [], "Hidden": [["h"]], "List": [["a"]], "Other": [["o"]]}, ("Hidden",))
    assert reader.look(file) == Reading(
        "xlsx", sheet="List", sheets=("List", "Other", "Hidden"), encoding="", separator=""
    )
    assert read(file, sheet="Other") == [(1, ["o"])]
    assert "Choose a sheet" in refusal(file, sheet="Empty")


def test_an_empty_workbook_is_refused(book: Book) -> None:
    assert "is empty" in refusal(book({"List": []}))


def packed(folder: Path, parts: dict[str, bytes | str], **settings: Any) -> Path:
    file = folder / "made.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **settings) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file


def changed(file: Path, part: str, data: bytes | str) -> Path:
    """Return a copy of a workbook with one part more, or another one in its place."""
    with zipfile.ZipFile(file) as old:
        parts: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist()}
    return packed(file.parent, {**parts, part: data})


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "beyond row"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "beyond row"),
        ('<row r="1">' + "<c><v>1</v></c>" * 70 + "</row>", "beyond row"),
        ("<row/>" * 30_000 + "<row><c><v>1</v></c></row>", "beyond row"),
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "no XLSX workbook"),
        ("<row><c></row>", "no XLSX workbook"),
    ],
)
def test_a_sheet_that_would_exhaust_its_reader_is_refused(
    book: Book, cells: str, sentence: str
) -> None:
    file = changed(book({"List": [["a"]]}), "xl/worksheets/sheet1.xml", SHEET.format(cells))
    assert sentence in refusal(file)


def test_cells_that_only_have_a_border_count_for_nothing(book: Book) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    file = changed(book({"List": [["a"]]}), "xl/worksheets/sheet1.xml", SHEET.format(cells))
    assert read(file) == [(1, ["1"])]


def test_a_document_type_is_refused(book: Book) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SHEET.format("")
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"):
        assert "no XLSX workbook" in refusal(changed(book({"List": [["a"]]}), part, bomb))


def test_letters_that_nobody_knows_are_refused(book: Book) -> None:
    strange = '<?xml version="1.0" encoding="UTF-ee"?>' + SHEET.format("")
    file = changed(book({"List": [["a"]]}), "xl/worksheets/sheet1.xml", strange)
    assert "no XLSX workbook" in refusal(file)


def test_what_unpacks_to_too_much_is_refused(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    file = changed(book({"List": [["a"]]}), "xl/media/image1.png", b"\0" * 3_000_000)
    assert read(file) == [(1, ["a"])]
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 2_000_000)
    assert "too large" in refusal(file)
    monkeypatch.undo()
    monkeypatch.setattr(workbook, "LARGEST_PART", 1000)
    assert "too large" in refusal(
        changed(file, "xl/sharedStrings.xml", "<sst>" + " " * 2000 + "</sst>")
    )


def test_a_size_that_lies_does_not_help(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 2_000_000)
    file = changed(book({"List": [["a"]]}), "xl/media/image1.png", b"\0" * 3_000_000)
    lying = file.read_bytes().replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    file.write_bytes(lying)
    with zipfile.ZipFile(file) as book_:
        assert book_.getinfo("xl/media/image1.png").file_size == 10
    assert "too large" in refusal(file)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up.xml", "c:\\x.xml", "XL/Workbook.xml", "a\\b.xml"]
)
def test_names_of_parts_that_lead_elsewhere_are_refused(book: Book, name: str) -> None:
    assert "no XLSX workbook" in refusal(changed(book({"List": [["a"]]}), name, "x"))


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    assert "no XLSX workbook" in refusal(packed(tmp_path, {"mimetype": "x", "content.xml": "<a/>"}))


def test_a_password_is_named(book: Book) -> None:
    file = book({"List": [["a"]]})
    data = bytearray(file.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    file.write_bytes(data)
    assert "protected by a password" in refusal(file)


@pytest.fixture
def small(book: Book) -> bytes:
    return book({"List": [["number", "name"], ["N-1", "Amina"]]}).read_bytes()


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_workbook_is_refused_or_read_and_never_breaks(
    tmp_path: Path, small: bytes, data: st.DataObject
) -> None:
    whole = bytearray(small)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(whole[:cut] if data.draw(st.booleans()) else whole)
    found: list[tuple[int, list[str]]] = []
    with suppress(SheetRefusedError):
        found = read(broken)
    assert all(cells for _, cells in found)

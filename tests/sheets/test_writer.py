"""The writer of spreadsheets: no cell runs as a formula, numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from lms.sheets.writer import Sheet, csv_lines, neutral, plain, xlsx

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    sheet = Sheet(text, {text: text}, [text], [[text]])
    lines = list(csv.reader(io.StringIO(b"".join(csv_lines(sheet)).decode("utf-8-sig"))))
    written = f"'{text}"
    assert [cell for line in lines for cell in line] == [written] * 4
    with zipfile.ZipFile(io.BytesIO(xlsx(sheet))) as book:
        pages = [book.read(name).decode() for name in book.namelist() if "sheets/" in name]
    assert len(pages) == 2
    assert not [page for page in pages if "<f>" in page]
    # The first page keeps its labels, which are our own words.
    assert [page.count("<t>'") + page.count('<t xml:space="preserve">\'') for page in pages] == [
        1,
        2,
    ]


@pytest.mark.parametrize("written", [",", ";", "\t"])
@pytest.mark.parametrize("read", [",", ";"])
def test_at_whichever_sign_a_line_is_split_no_part_begins_like_a_formula(
    written: str, read: str
) -> None:
    """Excel in French, Russian or Kazakh splits at semicolons, whatever the file means."""
    texts = [f"North{sign}=1+1" for sign in ",;"] + ["a;-1;@x", 'a";=1&"', "=a;+1"]
    data = b"".join(csv_lines(Sheet("T", {}, ["h"], [texts]), written)).decode("utf-8-sig")
    for line in data.splitlines():
        assert not [part for part in line.split(read) if read != written and part[:1] in {*"=+-@"}]
    (cells,) = list(csv.reader(io.StringIO(data), delimiter=written))[1:]
    assert [plain(cell) for cell in cells] == texts


def test_what_a_separator_does_not_stand_before_is_left_as_it_is() -> None:
    texts = ["a; - b", "10,-", "x-1", "well-being", "1,-1"]
    data = b"".join(csv_lines(Sheet("T", {}, ["h"], [texts]))).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(data)))[1] == texts


def test_numbers_and_days_are_no_text() -> None:
    sheet = Sheet("T", {}, ["a", "b", "c", "d", "e"], [[-3, 0.5, date(2026, 5, 4), "007", None]])
    assert b"".join(csv_lines(sheet)).splitlines()[-1] == b"-3,0.5,2026-05-04,007,"
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(sheet)))
    assert book.get_sheet_by_index(1).to_python()[1][:4] == [-3.0, 0.5, date(2026, 5, 4), "007"]


def test_columns_are_as_wide_as_their_words_and_figures_as_exact_as_on_the_page() -> None:
    sheet = Sheet(
        "T",
        {},
        ["Place", "People", "Mean"],
        [["North", 1200, 81.0], ["South", "*", 9.5]],
        widths=[40, 14, 14],
        formats=["", "#,##0", "0.0"],
        rtl=True,
    )
    with zipfile.ZipFile(io.BytesIO(xlsx(sheet))) as book:
        page, styles = (
            book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet2", "styles")
        )
    widths = [float(each) for each in re.findall(r'<col [^>]*width="([\d.]+)"', page)]
    assert [round(each) for each in widths] == [41, 15, 15]
    assert 'formatCode="0.0"' in styles
    # Long heads and labels break inside their cells; a sign stands under the figures.
    assert 'wrapText="1"' in styles
    assert 'horizontal="right"' in styles
    # The table runs from right to left, and a print of it is as wide as its paper.
    assert 'rightToLeft="1"' in page
    assert 'fitToHeight="0"' in page


def test_a_title_that_excel_does_not_take_is_shortened() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(Sheet("[a]/b:" + "x" * 60, {}, [], []))))
    assert len(book.sheet_names[1]) <= 31

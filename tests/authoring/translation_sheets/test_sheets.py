"""/<language>/write/<draft>/translate/<language>/sheet and …/paper: translating outside."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import select

from lms.authoring import sent as sending
from lms.authoring import uploads
from lms.authoring.actions import forget_packages
from lms.authoring.drafts.models import Draft
from lms.authoring.rules import READ_SHEET
from lms.authoring.translation_sheets.reading import READ, rows_in, rows_of
from lms.authoring.translation_sheets.rules import Change, unpacked
from lms.content.translation.rows import COLUMNS
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.sheets.writer import XLSX_TYPE
from tests.authoring.sending import let_read, sent
from tests.authoring.translating.seats import change_source, opened, save_practice, stored
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Rows = list[dict[str, str]]
WORDS = {
    "ab11-p#body": "Без десяти девять. Сотрудник стоит перед дверью.",
    "ab11-d#body": "- Говорите.",
    "ab11-k#body": "- Никогда.",
}


def address(draft: Draft, rest: str = "", spoken: str = "ru") -> str:
    return f"/en/write/{draft.id}/translate/{spoken}/{rest}"


def taken(seat: Browser, draft: Draft, part: str = "AB-1", more: str = "") -> Rows:
    reply = seat.get(address(draft, f"sheet.csv?part={part}{more}"))
    assert reply.mimetype == "text/csv"
    return all_columns(reply.data)


def all_columns(data: bytes) -> Rows:
    """Return the rows of a sheet that was taken, with the columns that are not read back, too."""
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if len(max(lines, key=len)) == 1:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    at = next(number for number, cells in enumerate(lines) if tuple(cells[:3]) == COLUMNS[:3])
    return [
        {name: re.sub(r"^'(?=[-=+@])", "", cell) for name, cell in zip(COLUMNS, cells, strict=True)}
        for cells in lines[at + 1 :]
    ]


def filled(rows: Rows, words: dict[str, str]) -> Rows:
    for row in rows:
        key = f"{row['key'].partition('#')[2]}#{row['part']}"
        row["translation"] = words.get(key, row["translation"])
    return rows


def as_csv(rows: Rows, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def send(seat: Browser, draft: Draft, data: bytes, name: str = "sheet.csv") -> Any:
    return sent(seat, address(draft, "sheet"), data, name)


def changes_of(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'name="change" value="([^"]*)"', page)]


def test_a_sheet_goes_out_and_comes_back(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    rows = taken(seat, draft)
    assert {row["key"] for row in rows} > {
        "AB-1.1#ab11-p",
        "AB-1.2#front.title",
        "bank/AB-1#AB-1-001",
    }
    body = next(row for row in rows if row["key"] == "AB-1.1#ab11-o")
    assert body["source"] == "- Say what is forbidden.\n- Say what is *asked*."

    reply = send(seat, draft, as_csv(filled(rows, WORDS)))
    assert reply.status_code == 200
    assert "3 blocks can be taken." in reply.text
    assert stored(app, writers.tarek, draft, "ru/AB-1.1.md") == ""
    done = seat.post(address(draft, "sheet/take"), {"change": changes_of(reply.text)})
    assert done.status_code == 303
    assert "3 blocks are taken." in seat.get(done.location).text
    text = stored(app, writers.tarek, draft, "ru/AB-1.1.md")
    assert all(words in text for words in WORDS.values())
    assert not {row["key"] for row in taken(seat, draft)} & {"AB-1.1#ab11-p", "AB-1.1#ab11-d"}


def test_only_what_waits_is_in_it_and_a_second_language_beside(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    rows = all_columns(seat.get(address(draft, "sheet.csv?part=AB-1&beside=ar", "fr")).data)
    keys = {row["key"] for row in rows}
    assert "AB-1.1#ab11-2" not in keys
    heading = next(
        row for row in rows if row["key"] == "AB-1.1#ab11-1" and row["part"] == "heading"
    )
    assert heading["second"] == "ما تقوله القواعد"


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16")])
def test_it_is_read_as_spreadsheet_programs_write_it(
    browser: Open, draft: Draft, writers: Writers, separator: str, encoding: str
) -> None:
    seat = browser(writers.tarek)
    data = as_csv(filled(taken(seat, draft), WORDS), separator, encoding)
    assert "3 blocks can be taken." in send(seat, draft, data).text


def test_a_refused_block_keeps_its_whole_file_out(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    wrong = {"ab11-d#body": "## Говорите", "ab12-1#heading": "Порядок", "ab12-1#body": "Дверь."}
    rows = filled(taken(seat, draft), WORDS | wrong)
    page = send(seat, draft, as_csv(rows)).text
    assert "not taken: a block of this file is refused" in page
    assert "No line of a text begins with" in page
    assert [unpacked(each).key for each in changes_of(page)] == ["ab12-1"]  # type: ignore[union-attr]


def test_an_old_sheet_overwrites_nobody(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    rows = filled(taken(seat, draft), WORDS)
    page = send(seat, draft, as_csv(rows)).text
    save_practice(seat, draft, opened(seat, draft, "/ru/AB-1.1", "ab11-p"), "Другие слова.")
    change_source(browser, draft, writers, "- Speak.", "- Speak up.")

    again = send(seat, draft, as_csv(rows)).text
    assert "Somebody has translated this block since the sheet was made." in again
    assert "The source text has changed since this sheet was made." in again
    assert "1 block can be taken." in again
    done = seat.post(address(draft, "sheet/take"), {"change": changes_of(page)})
    assert "blocks are taken" not in seat.get(done.location).text
    assert "Другие слова." in stored(app, writers.tarek, draft, "ru/AB-1.1.md")


def test_sent_twice_it_is_taken_once(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    page = send(seat, draft, as_csv(filled(taken(seat, draft), WORDS))).text
    for _ in range(2):
        done = seat.post(address(draft, "sheet/take"), {"change": changes_of(page)})
        assert "3 blocks are taken." in seat.get(done.location).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" ", "This file is empty."),
        (b"PK\x03\x04abc", "This file is no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file"),
        ("ключ;часть".encode("cp1251"), "This file is not in UTF-8"),
        (b"a,b\n1,2\n", "This file has no row that begins with key, part, digest."),
        (b'key,part,digest\n"a', "Row 2 cannot be read"),
        (b"key,part,digest\n" + b"," * 70, "This sheet is too large."),
        (b"key,part,digest\n" + b"a,b,c\n" * 5100, "This sheet is too large."),
    ],
)
def test_what_is_no_sheet_is_refused(
    browser: Open, draft: Draft, writers: Writers, data: bytes, reason: str
) -> None:
    reply = send(browser(writers.tarek), draft, data)
    assert reason in reply.text
    assert not changes_of(reply.text)


def test_a_file_is_asked_for(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    reply = seat.post(address(draft, "sheet"), {})
    assert reply.status_code == 422
    assert "Choose a file." in reply.text
    assert send(seat, draft, b"").status_code == 422


@pytest.mark.parametrize(
    "field",
    [
        "",
        "x",
        "[1,2,3,{}]",
        '["a","b"]',
        '["AB-9.9#x","","",{"body":"x"}]',
        '["../x#y","","",{}]',
        '["AB-1.1#ab11-p","","",{"body":1}]',
        "[" * 5000,
    ],
)
def test_a_forged_second_step_takes_nothing(
    browser: Open, draft: Draft, writers: Writers, app: Flask, field: str
) -> None:
    reply = browser(writers.tarek).post(address(draft, "sheet/take"), {"change": field})
    assert reply.status_code == 303
    assert reply.location.endswith("/sheet")


def test_no_cell_runs_as_a_formula(browser: Open, draft: Draft, writers: Writers) -> None:
    data = browser(writers.tarek).get(address(draft, "sheet.csv?part=AB-1")).data
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row), row


def test_a_change_is_packed_and_unpacked() -> None:
    change = Change("bank/AB-1#AB-1-001", "a" * 12, "", {"stem": "“Слова”\n- и"})
    assert unpacked(change.packed()) == change
    assert (change.name, change.key) == ("bank/AB-1", "AB-1-001")


def test_rows_have_a_heading() -> None:
    with pytest.raises(Refused):
        rows_in("\n".join("x,y,z" for _ in range(50)).encode())


def test_paper_has_both_texts_and_lines_to_sign(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for person in (writers.tarek, writers.rosa, writers.halima):
        page = browser(person).get(address(draft, "AB-1.1/paper", "ar")).text
        assert "ما تقوله القواعد" in page
        assert "What the Rules say" in page
        assert "Signature" in page
        assert "<textarea" not in page
    assert browser(writers.tarek).get(address(draft, "bank/AB-1/paper")).status_code == 200


def as_book(rows: Rows, more: str = "") -> bytes:
    """Return a workbook as a translator sends it back, with a sheet of notes before the table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        book.add_worksheet("notes").write_string(0, 0, "My notes")
        table = book.add_worksheet("AB-1")
        for column, name in enumerate(COLUMNS):
            table.write_string(0, column, name)
            for line, row in enumerate(rows, 1):
                table.write_string(line, column, row[name] + more * (name == "translation"))
    return out.getvalue()


def test_a_workbook_goes_out_and_comes_back(
    browser: Open, draft: Draft, writers: Writers, app: Flask, tmp_path: Path
) -> None:
    seat = browser(writers.tarek)
    reply = seat.get(address(draft, "sheet.xlsx?part=AB-1"))
    assert reply.mimetype == XLSX_TYPE
    assert 'filename="small-course-ru-AB-1.xlsx"' in reply.headers["Content-Disposition"]
    (tmp_path / "taken.xlsx").write_bytes(reply.data)
    rows = taken(seat, draft)
    assert rows_of(tmp_path / "taken.xlsx") == [{name: row[name] for name in READ} for row in rows]

    page = send(seat, draft, as_book(filled(rows, WORDS)), "sheet.xlsx")
    assert "3 blocks can be taken." in page.text
    done = seat.post(address(draft, "sheet/take"), {"change": changes_of(page.text)})
    assert "3 blocks are taken." in seat.get(done.location).text
    text = stored(app, writers.tarek, draft, "ru/AB-1.1.md")
    assert all(words in text for words in WORDS.values())
    assert "Nothing of this sheet can be taken." in send(seat, draft, reply.data, "x.xlsx").text


def test_the_texts_of_a_workbook_break_in_wide_columns_and_run_as_they_are_read(
    browser: Open, draft: Draft, writers: Writers, tmp_path: Path
) -> None:
    data = browser(writers.tarek).get(address(draft, "sheet.xlsx?part=AB-1", "ar")).data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet, styles = book.read("xl/worksheets/sheet2.xml"), book.read("xl/styles.xml")
    assert b'width="60.7109375" style=' in sheet
    assert b"<f>" not in sheet
    assert styles.count(b'wrapText="1" readingOrder="2"') == 1


def test_a_cell_that_may_be_cut_is_not_read_back(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    rows = filled(taken(seat, draft), {"ab11-p#body": "я" * 32_767})
    page = send(seat, draft, as_book(rows), "sheet.xlsx")
    assert "so its end may be cut" in page.text


def test_a_sheet_that_is_being_read_says_so(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    rows = as_csv(filled(taken(seat, draft), WORDS))
    fields = {"key": "a" * 32, "file": (io.BytesIO(rows), "sheet.csv")}
    first = seat.post(address(draft, "sheet"), fields)
    page = seat.get(first.location)
    assert (page.status_code, page.headers["Refresh"]) == (200, "2")
    assert "The file is being read." in page.text
    fields["file"] = (io.BytesIO(rows), "sheet.csv")
    assert seat.post(address(draft, "sheet"), fields).location == first.location
    fields["file"] = (io.BytesIO(rows + b"\r\n"), "sheet.csv")
    assert seat.post(address(draft, "sheet"), fields).location != first.location


def test_what_somebody_else_sent_is_not_found(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    rows = as_csv(filled(taken(seat, draft), WORDS))
    place = seat.post(address(draft, "sheet"), {"file": (io.BytesIO(rows), "x.csv")}).location
    for person in (writers.aruzhan, writers.sara, writers.halima):
        assert browser(person).get(place).status_code == 404
    assert seat.get(place.replace("/ru/", "/kk/")).status_code == 404
    assert seat.post(place).status_code in {404, 405}
    let_read(app)
    with app.app_context():
        result = select(Job.result).where(Job.kind == READ_SHEET)
        uploads.store().drop(reading().scalars(result).one()["rows"])
    assert "not kept any more" in seat.get(place).text


def test_files_are_forgotten_and_fill_only_so_much(
    browser: Open, draft: Draft, writers: Writers, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = browser(writers.tarek)
    rows = as_csv(filled(taken(seat, draft), WORDS))
    page = send(seat, draft, rows)
    monkeypatch.setattr(sending, "MOST_KEPT", len(rows) + 10)
    refused = send(seat, draft, rows + b"\r\n")
    assert "Your files of this week have 0 MB together." in refused.text
    with app.app_context():
        for days, count in ((6, 0), (8, 2)):
            with transaction() as session:
                day = clock.now() + timedelta(days=days)
                assert forget_packages(session, uploads.store().drop, now=day) == count
    assert "not kept any more" in seat.get(page.request.path).text


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_pages_in_every_language(
    browser: Open, draft: Draft, writers: Writers, language: str
) -> None:
    seat = browser(writers.tarek)
    path = address(draft, "sheet").replace("/en/", f"/{language}/")
    assert seat.get(path).status_code == 200
    assert sent(seat, path, b"x", "x.csv").status_code == 200
    assert seat.get(f"{path}.xlsx").status_code == 200


def test_only_translators_take_sheets(
    browser: Open, draft: Draft, writers: Writers, amina: Cast
) -> None:
    for person in (writers.nadia, writers.rosa, writers.peter, writers.halima, writers.sara, amina):
        seat = browser(person)
        assert seat.get(address(draft, "sheet")).status_code == 404
        assert seat.get(address(draft, "sheet.csv")).status_code == 404
        assert seat.get(address(draft, "sheet.xlsx")).status_code == 404
        assert seat.post(address(draft, "sheet"), {}).status_code == 404
        assert seat.post(address(draft, "sheet/take"), {}).status_code == 404
    for person in (writers.sara, amina):
        assert browser(person).get(address(draft, "AB-1.1/paper")).status_code == 404


def test_what_is_not_there_is_not_found(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    for rest in ("sheet.csv?part=ZZ", "AB-9.9/paper"):
        assert seat.get(address(draft, rest)).status_code == 404
    for rest in ("sheet", "sheet.csv", "AB-1.1/paper"):
        assert seat.get(address(draft, rest, "en")).status_code == 404
        assert seat.get(address(draft, rest, "xx")).status_code == 404
    assert seat.post(address(draft, "sheet.csv"), {}).status_code in {404, 405}
    assert seat.get(address(draft, "sheet/take")).status_code in {404, 405}

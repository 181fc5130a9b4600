"""GET and POST /<language>/administer/staff-lists/<id>/columns, POST …/reading."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
import xlsxwriter
from flask import Flask

from tests.accounts.importing.conftest import URL, At, Desk
from tests.filled import LANGUAGE_BUTTON
from tests.people import Cast

ROWS = ("N-9001;Zoé Bah;N-01;P4;G2;f;fr", "N-9002;Erlan Bah;N-01;P1;G1;m;kk")


def workbook() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheets: dict[str, list[list[object]]] = {
            "Cover": [["Ministry of Justice"]],
            "List": [
                ["Staff list of May"],
                [],
                ["service number", "name", "place"],
                [9001, "Zoé Bah", "N-01"],
            ],
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                sheet.write_row(line, 0, cells)
    return written.getvalue()


def test_columns_are_guessed_and_the_first_rows_shown(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    text = here.browser.get(f"{page}/columns").text
    assert "The file has 2 rows." in text
    assert "Zoé Bah" in text
    assert '<option selected value="2">C: place</option>' in text
    assert here.at(page).reading["fields"] == {
        "number": 0,
        "name": 1,
        "unit": 2,
        "function": 3,
        "rank": 4,
        "sex": 5,
        "language": 6,
    }


def test_columns_that_are_never_taken_are_named_with_the_reason_and_cannot_be_chosen(
    desk: At, grace: Cast
) -> None:
    here = desk(grace)
    header = "number;name;email;birth date;password;group;nick"
    page = here.read("N-9001;Zoé Bah;z@example.org;1990-01-01;secret1;G;Zo", header=header)
    text = here.browser.get(f"{page}/columns").text
    assert "must lead nobody to a family" in text
    assert "learning does not need them" in text
    assert "given in the program" in text
    assert "Courses and groups are not taken" in text
    for hidden in ("z@example.org", "1990-01-01", "secret1"):
        assert hidden not in text
        assert hidden not in str(here.at(page).reading)
    assert "D: birth date" not in text
    assert "G: nick" in text
    assert here.choose(page, column_name_latin="2").status_code == 422
    assert here.choose(page, column_function="4").status_code == 422
    assert here.choose(page, column_sex="6").status_code == 303


def test_trying_a_list_asks_the_worker_and_shows_how_far_it_is(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    reply = here.choose(page)
    assert (reply.status_code, reply.location) == (303, page)
    text = here.browser.get(page).text
    assert "Is being tried" in text
    assert "0 of 2 done" in text
    assert "/en/administer/jobs/" in text
    here.work()
    assert "What the list would do" in here.browser.get(page).text


def test_a_second_click_tries_it_once(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    for _ in range(2):
        assert here.choose(page).status_code == 303
    assert here.work() == 2
    assert len(here.rows(page)) == 2


def test_other_columns_may_be_chosen_after_it_was_tried(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS, column_unit="")
    assert {row.verdict for row in here.rows(page)} == {"refused"}
    assert '<option value="">–' in here.browser.get(f"{page}/columns").text
    here.choose(page)
    here.work()
    assert [row.verdict for row in here.rows(page)] == ["new", "new"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column_number": ""}, "Say which column tells one row from another."),
        ({"column_name_latin": "1"}, "The column B is chosen twice."),
        ({"column_rank": "99"}, "Not a valid choice."),
        ({"unit": "S-01"}, "no such place in your part"),
        ({"language": "xx"}, "Not a valid choice."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    desk: At, grace: Cast, changes: dict[str, str], sentence: str
) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    reply = here.choose(page, **changes)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert "Zoé Bah" in reply.text
    assert here.at(page).state == "read"


def test_a_change_of_language_keeps_what_was_chosen(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    assert LANGUAGE_BUTTON.search(here.browser.get(f"{page}/columns").text)
    reply = here.browser.post(
        f"{page.replace('/en/', '/ar/')}/columns",
        {"go": "language-ar", "column_number": "1", "column_rank": "", "unit": "N"},
    )
    assert reply.status_code == 200
    assert '<option selected value="1">B: name</option>' in reply.text
    assert 'value="N"' in reply.text
    assert here.at(page).state == "read"


# ---- Reading in another way ----------------------------------------------------------------------


def again(here: Desk, page: str, **fields: str) -> None:
    assert here.browser.post(f"{page}/reading", fields).status_code == 303
    here.work()


def test_an_encoding_is_chosen_with_a_preview(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.send("номер;фио\nN-1;Болат Сейтов\n".encode("windows-1251")).location
    here.work()
    text = here.browser.get(f"{page}/columns").text
    assert "Choose the line in which names read well." in text
    for shown in ("Болат Сейтов", "Áîëàò Ñåéòîâ"):
        assert shown in text
    again(here, page, encoding="windows-1252")
    assert here.at(page).reading["header"][0] == "íîìåð"
    again(here, page, encoding="windows-1251")
    assert here.at(page).reading["fields"] == {"number": 0, "name": 1}


@pytest.mark.parametrize("encoding", ["kz-1048", "ptcp154"])
def test_a_kazakh_list_is_read_with_its_letters(desk: At, grace: Cast, encoding: str) -> None:
    here = desk(grace)
    rows = [f"N-{number};Иван Петров" for number in range(20)] + ["N-21;Әлия Ғабитқызы Өтегенова"]
    data = "\n".join(["қызметтік нөмірі;аты-жөні", *rows]).encode(encoding)
    page = here.send(data).location
    here.work()
    found = here.at(page).reading
    assert (found["encoding"], found["sure"]) == (encoding, False)
    assert found["fields"] == {"number": 0, "name": 1}
    # The words by which the encodings differ are shown, though they stand far down.
    assert "Әлия Ғабитқызы Өтегенова" in here.browser.get(f"{page}/columns").text
    assert len(set(found["previews"].values())) == len(found["previews"])
    again(here, page, encoding=encoding)
    assert here.at(page).reading["header"] == ["қызметтік нөмірі", "аты-жөні"]


def test_the_preview_of_encodings_shows_nothing_of_columns_that_are_never_taken(
    desk: At, grace: Cast
) -> None:
    here = desk(grace)
    text = "номер;фио;адрес;почта\nN-1;Болат Сейтов;ул. Абая 5;х@y.kz\n"
    page = here.send(text.encode("windows-1251")).location
    here.work()
    kept = str(here.at(page).reading)
    assert "Болат Сейтов" in kept
    for hidden in ("Абая", "y.kz", "óë. Àáàÿ"):
        assert hidden not in kept


def test_unicode_needs_no_choice(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    assert "Choose the line" not in here.browser.get(f"{page}/columns").text


def test_sheet_and_header_row_are_found_or_chosen(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.send(workbook(), "list.xlsx").location
    here.work()
    assert here.at(page).reading["sheet"] == "Cover"
    again(here, page, sheet="List")
    reading = here.at(page).reading
    assert (reading["header_row"], reading["rows"], reading["fields"]) == (
        3,
        1,
        {"number": 0, "name": 1, "unit": 2},
    )
    assert reading["sample"] == [[4, ["9001", "Zoé Bah", "N-01"]]]
    again(here, page, sheet="List", header_row="0")
    reading = here.at(page).reading
    assert (reading["rows"], reading["header"][0], reading["fields"]) == (3, "", {})
    text = here.browser.get(f"{page}/columns").text
    assert '<option value="0">A</option>' in text


def test_another_separator_may_be_chosen(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    again(here, page, separator=",")
    assert len(here.at(page).reading["header"]) == 1


@pytest.mark.parametrize(
    "fields", [{"encoding": "koi8-r"}, {"separator": "|"}, {"sheet": "X"}, {"header_row": "99"}]
)
def test_ways_that_are_not_offered_are_refused(
    desk: At, grace: Cast, fields: dict[str, str]
) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    reply = here.browser.post(f"{page}/reading", fields)
    assert (reply.status_code, reply.location) == (303, f"{page}/columns")
    assert here.at(page).state == "read"


def test_a_list_that_was_taken_over_is_not_read_or_tried_again(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.taken(*ROWS)
    assert here.browser.get(f"{page}/columns").status_code == 303
    assert here.choose(page).status_code == 303
    assert here.browser.post(f"{page}/reading", {}).status_code == 409
    assert here.at(page).state == "done"


def test_lists_of_others_are_not_there(
    app: Flask, desk: At, grace: Cast, halima: Cast, amina: Cast
) -> None:
    page = desk(halima).read(*ROWS)
    for address in (page, f"{URL}/{UUID(int=3)}"):
        for person in (grace, amina):
            here = desk(person).browser
            assert here.get(address).status_code == 404
            assert here.get(f"{address}/columns").status_code == 404
            assert here.post(f"{address}/columns", {}).status_code == 404
            assert here.post(f"{address}/reading", {}).status_code == 404


def test_a_file_without_rows_asks_for_another_one(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read()
    text = here.browser.get(f"{page}/columns").text
    assert "No row stands below the heads of the columns." in text
    assert "Try it: nothing is changed yet" not in text
    assert "Throw the list away" in text

"""/<language>/write/<draft>/question-files: questions from elsewhere, and the bank for others."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import delete, select

from lms.accounts.models import Grant, Unit
from lms.app.pages import UPLOADS
from lms.authoring import sent_form
from lms.authoring.drafts.models import Draft
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.kernel.ids import new_ordered_id
from lms.sheets import workbook
from lms.sheets.reader import LARGEST_FILE
from lms.sheets.writer import XLSX_TYPE
from lms.web.gate_settings import GateSettings
from tests.authoring.bank.pages import BANK, Open, form_of, stored
from tests.authoring.sending import followed, let_read, sent
from tests.authoring.writers import Writers, with_roles
from tests.browser import Browser
from tests.content.small import small
from tests.people import add_person

GIFT = """\
::One::A first from elsewhere? {=Yes, it is.#So it is. ~No.#Not so. ~Perhaps.#Not so.}

::Two::A second from elsewhere? {=Right. ~Wrong.}

An essay {}
"""
AIKEN = "Is it so?\nA. Yes.\nB. No.\nANSWER: A\n"
CSV = "type,question,option 1,option 2,correct,feedback\nsingle,From a sheet?,Yes.,No.,1,Because.\n"


def page_of(draft: Draft, rest: str = "") -> str:
    return f"/en/write/{draft.id}/question-files{rest}"


def looked(seat: Browser, draft: Draft, text: str, **choices: object) -> Any:
    """Send a text, let it be read, and look at it again with other choices."""
    reply = followed(seat, seat.post(page_of(draft), {"text": text, "lesson": "AB-1.1"}))
    return again(seat, reply, **choices) if choices else reply


def again(seat: Browser, page: Any, **choices: object) -> Any:
    fields = {**form_of(page.text), **choices}
    return followed(seat, seat.post(page.request.path, fields))


def take(seat: Browser, page: Any) -> Any:
    return seat.post(f"{page.request.path}/take")


def book(*rows: list[str], sheets: tuple[str, ...] = ("Questions",)) -> bytes:
    """Return a workbook; what comes first lies in its last sheet."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as made:
        for name in sheets:
            sheet = made.add_worksheet(name)
            if name != sheets[-1]:
                sheet.write_row(0, 0, ["Plan", "of the year"])
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return out.getvalue()


ROWS = (
    ["type", "question", "option 1", "option 2", "correct", "feedback"],
    ["single", "From a workbook?", "Yes.", "No.", "1", "Because."],
    ["single", "=1+1", "Two.", "Three.", "1", "It adds up."],
    ["essay", "Tell us more.", "", "", "", ""],
)


def test_it_says_first_what_would_happen(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    reply = looked(browser(writers.aruzhan), draft, GIFT)

    assert reply.status_code == 200
    for words in (
        "New questions: 1",
        "Not taken: 2",
        "A free text is not marked here",
        "Line 5:",
        "Say why: quote a reason",
    ):
        assert words in reply.text, words
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


def test_it_takes_all_in_one_go_and_once(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    page = looked(seat, draft, GIFT, why="As the Rules say.")
    assert "New questions: 2" in page.text
    assert form_of(page.text)["section"] == "ab11-1"
    reply = take(seat, page)
    assert (reply.status_code, reply.location) == (
        303,
        f"/en/write/{draft.id}/questions?module=AB-1",
    )
    text = stored(app, writers.aruzhan, draft)
    assert text.startswith(small()[BANK].decode().rstrip("\n"))
    assert "## AB-1-009\n{single lesson=AB-1.1 section=ab11-1 outcome=a difficulty=2}" in text
    assert "> As the Rules say." in text
    for code in ("AB-1-008", "AB-1-009"):
        assert seat.get(f"/en/write/{draft.id}/questions/{code}").status_code == 200
    refused = take(seat, page)
    assert refused.status_code == 409
    assert "The bank was changed meanwhile." in refused.text
    assert "In the bank already: 2" in again(seat, page).text
    assert stored(app, writers.aruzhan, draft) == text


@pytest.mark.parametrize(("text", "words"), [(AIKEN, "Is it so?"), (CSV, "From a sheet?")])
def test_aiken_and_csv(
    browser: Open, draft: Draft, writers: Writers, app: Flask, text: str, words: str
) -> None:
    seat = browser(writers.aruzhan)
    assert take(seat, looked(seat, draft, text, why="Because.")).status_code == 303
    assert words in stored(app, writers.aruzhan, draft)


def test_a_file_is_read_as_what_is_pasted(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    reply = sent(
        seat, page_of(draft), b"\xef\xbb\xbf" + GIFT.encode(), "elsewhere.gift", lesson="AB-1.1"
    )
    assert "New questions: 1" in reply.text
    assert "elsewhere.gift" in reply.text


def test_a_workbook_is_read_by_the_worker_and_taken(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    page = sent(seat, page_of(draft), book(*ROWS), "quiz.xlsx", lesson="AB-1.1")
    for words in ("3 questions were found.", "New questions: 2", "Not taken: 1", "Line 4:"):
        assert words in page.text, words
    assert take(seat, page).status_code == 303
    text = stored(app, writers.aruzhan, draft)
    assert "From a workbook?" in text


def test_every_sheet_is_offered_and_its_columns_are_found_out(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    data = book(*ROWS, sheets=("Plan", "Quiz of May"))
    page = sent(seat, page_of(draft), data, "quiz.xlsx", lesson="AB-1.1")
    assert "Quiz of May" in page.text
    assert "New questions: 0" in page.text
    page = again(seat, page, sheet="Quiz of May")
    assert "New questions: 2" in page.text
    fields = form_of(page.text)
    assert (fields["sheet"], fields["column_question"]) == ("Quiz of May", "1")


def test_columns_without_a_header_are_said_by_hand(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    rows = ["No.", "Wer?", "7", "Yes.", "Because.", "1"]
    page = sent(seat, page_of(draft), book(rows), "quiz.xlsx", lesson="AB-1.1")
    fields = {**form_of(page.text), "header_row": "0"}
    fields |= {name: "" for name in fields if name.startswith("column_")}
    said = {"question": 1, "option1": 0, "option2": 3, "correct": 5, "feedback": 4}
    fields |= {f"column_{name}": str(at) for name, at in said.items()}
    page = followed(seat, seat.post(page.request.path, fields))
    assert "New questions: 1" in page.text
    assert form_of(page.text)["column_option2"] == "3"
    take(seat, page)
    assert "- [x] a. No." in stored(app, writers.aruzhan, draft)

    twice = seat.post(page.request.path, fields | {"column_option1": "1"})
    assert twice.status_code == 422
    assert "The column B is chosen twice." in twice.text


def test_an_encoding_that_is_guessed_is_said_and_chosen(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    text = "type,question,option 1,option 2,correct,feedback\nsingle,Қамауға алу?,Иә,Жоқ,1,Себебі"
    data = text.encode("kz1048")
    page = sent(seat, page_of(draft), data, "quiz.csv", lesson="AB-1.1")
    assert "Choose the line in which names read well." in page.text
    page = again(seat, page, encoding="kz-1048")
    assert "New questions: 1" in page.text
    assert form_of(page.text)["encoding"] == ["kz-1048"]
    take(seat, page)
    assert "Қамауға алу?" in stored(app, writers.aruzhan, draft)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", "This file is no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file"),
        (b"<?xml version='1.0'?><quiz/>", "Moodle XML is not read yet."),
        (b"\xff\xfe\x00", "New questions: 0"),
    ],
)
def test_what_is_no_file_of_questions_is_refused(
    browser: Open, draft: Draft, writers: Writers, data: bytes, words: str
) -> None:
    seat = browser(writers.aruzhan)
    reply = sent(seat, page_of(draft), data, "x.bin", lesson="AB-1.1")
    assert words in reply.text
    assert take(seat, reply).status_code == 303
    assert "into the bank" not in reply.text


def test_a_workbook_that_unpacks_to_more_than_anybody_needs_is_refused(
    browser: Open, draft: Draft, writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1000)
    reply = sent(browser(writers.aruzhan), page_of(draft), book(*ROWS), "x.xlsx", lesson="AB-1.1")
    assert "Unpacked, this workbook is too large." in reply.text


def test_a_file_beyond_the_limit_is_refused_beside_the_field(
    browser: Open, draft: Draft, writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_form, "LARGEST_FILE", 10)
    reply = sent(browser(writers.aruzhan), page_of(draft), GIFT.encode(), "x.gift", lesson="AB-1.1")
    assert reply.status_code == 422
    assert "This file is larger than 20 MB. Split it." in reply.text


def test_the_gate_lets_files_through_where_they_are_sent() -> None:
    settings = GateSettings(upload_limits=UPLOADS)
    for place in ("question-files", "translate/ru/sheet"):
        assert (settings.upload_limit(f"/ar/write/x/{place}") or 0) > LARGEST_FILE
    assert settings.upload_limit("/en/write/x/translate/ru/AB-1.1") is None


def test_more_than_a_bank_holds_is_refused_as_a_whole(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    text = "".join(f"Question {n}? {{=Yes.#So. ~No.#Not.}}\n\n" for n in range(250))
    page = looked(seat, draft, text)
    assert "New questions: 250" in page.text
    reply = take(seat, page)
    assert reply.status_code == 409
    assert "This file has more than 200 blocks. Split it." in reply.text
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


def test_while_it_is_read_the_page_says_so_and_a_second_click_asks_once(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    fields = {"text": GIFT, "lesson": "AB-1.1", "key": "a" * 32}
    first = seat.post(page_of(draft), fields)
    page = seat.get(first.location)
    assert (page.status_code, page.headers["Refresh"]) == (200, "2")
    assert "The file is being read" in page.text
    assert seat.post(page_of(draft), fields).location == first.location
    assert seat.post(page_of(draft), fields | {"lesson": "AB-1.2"}).location != first.location


def test_what_somebody_else_sent_is_not_found(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    page = looked(browser(writers.aruzhan), draft, GIFT)
    with app.app_context(), transaction() as session:
        person = add_person(
            session, "Second Author", "W-9", session.scalars(select(Unit).limit(1)).one()
        )
        other = with_roles(session, person, "author")
    for person in (other, writers.tarek, writers.sara):
        seat = browser(person)
        assert seat.get(page.request.path).status_code == 404
        assert seat.post(page.request.path, form_of(page.text)).status_code == 404
        assert take(seat, page).status_code == 404
    assert browser(writers.aruzhan).get(f"{page.request.path}/take").status_code == 405


def test_who_is_no_author_any_more_has_nothing_read(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    place = seat.post(page_of(draft), {"text": GIFT, "lesson": "AB-1.1"}).location
    with app.app_context(), transaction() as session:
        session.execute(delete(Grant).where(Grant.person_id == writers.aruzhan.id))
        held = Grant(
            id=new_ordered_id(),
            person_id=writers.aruzhan.id,
            role="translator",
            unit_id=None,
            course_id="C77",
            starts_on=date(2024, 1, 1),
            ends_on=None,
            given_by=None,
        )
        session.add(held)
    let_read(app)
    with app.app_context():
        job = reading().scalars(select(Job).where(Job.kind == "questions.read")).one()
        assert set(job.result or {}) == {"refused"}
    assert seat.get(place).status_code == 404


def test_the_bank_goes_out_and_comes_back(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    out = seat.get(page_of(draft, "/bank.gift")).text
    assert "A secret situation." not in out
    # Those of the other module are new here.
    assert "In the bank already: 6" in looked(seat, draft, out).text
    changed = out.replace("Secret no 2.", "Another no.").replace("The secret question 2", "Which")
    take(seat, looked(seat, draft, changed, known="update"))
    text = stored(app, writers.aruzhan, draft)
    block = text[text.index("## AB-1-002") : text.index("## AB-1-003")]
    assert "critical=no-torture" in block
    assert "- [ ] b. Another no." in block
    assert "- [x] a. Secret yes 2." in block
    assert seat.get(page_of(draft, "/bank.csv")).mimetype == "text/csv"
    reply = seat.get(page_of(draft, "/bank.xlsx"))
    assert reply.mimetype == XLSX_TYPE
    back = sent(seat, page_of(draft), reply.data, "bank.xlsx", lesson="AB-1.1")
    assert "New questions: 1" in back.text  # of the other module
    assert "Not taken: 0" in back.text
    assert seat.get(page_of(draft, "/bank.exe")).status_code == 404


def test_known_ones_can_be_added_again(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    out = seat.get(page_of(draft, "/bank.gift")).text
    assert "In the bank already: 0" in looked(seat, draft, out, known="add").text


def test_bad_fields(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    good = {"text": GIFT, "lesson": "AB-1.1"}
    for bad in ({"text": ""}, {"text": " "}, {"lesson": "XX"}, {"key": "!" * 200}):
        assert seat.post(page_of(draft), {**good, **bad}).status_code == 422, bad
    page = looked(seat, draft, CSV)
    fields = form_of(page.text)
    for bad in (
        {"lesson": "XX"},
        {"known": "perhaps"},
        {"format": "exe"},
        {"separator": "x"},
        {"header_row": "99"},
        {"column_question": "77"},
        {"why": "x" * 501},
    ):
        assert seat.post(page.request.path, {**fields, **bad}).status_code == 422, bad
    for number in ("0", "99999"):
        assert seat.get(page_of(draft, f"/{number}")).status_code == 404


def test_only_authors_take_questions(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.halima, writers.sara):
        assert browser(person).get(page_of(draft)).status_code == 404
        assert browser(person).post(page_of(draft), {}).status_code == 404
    assert browser(writers.sara).get(page_of(draft, "/bank.gift")).status_code == 404
    assert browser(writers.tarek).get(page_of(draft, "/bank.gift")).status_code == 200
    assert browser(writers.aruzhan).post(page_of(draft, "/bank.gift")).status_code == 405
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_in_every_language(browser: Open, draft: Draft, writers: Writers, language: str) -> None:
    path = page_of(draft).replace("/en/", f"/{language}/")
    seat = browser(writers.aruzhan)
    assert seat.get(path).status_code == 200
    page = sent(seat, path, book(*ROWS), "quiz.xlsx", lesson="AB-1.1")
    assert page.status_code == 200
    assert again(seat, page, why="Because.").status_code == 200

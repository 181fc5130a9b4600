"""/<language>/write/<draft>/question-files: questions from elsewhere, and the bank for others."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from lms.authoring.drafts.models import Draft
from tests.authoring.bank.pages import BANK, Open, form_of, stored
from tests.authoring.writers import Writers
from tests.content.small import small

GIFT = """\
::One::A first from elsewhere? {=Yes, it is.#So it is. ~No.#Not so. ~Perhaps.#Not so.}

::Two::A second from elsewhere? {=Right. ~Wrong.}

An essay {}
"""
AIKEN = "Is it so?\nA. Yes.\nB. No.\nANSWER: A\n"
CSV = "type,question,option 1,option 2,correct,feedback\nsingle,From a sheet?,Yes.,No.,1,Because.\n"


def page_of(draft: Draft, rest: str = "") -> str:
    return f"/en/write/{draft.id}/question-files{rest}"


def sent(text: str, **more: object) -> dict[str, object]:
    return {"text": text, "lesson": "AB-1.1", "known": "skip", "go": "look", **more}


def test_it_says_first_what_would_happen(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    reply = browser(writers.aruzhan).post(page_of(draft), sent(GIFT))

    assert reply.status_code == 200
    for words in ("New questions: 1", "Not taken: 2", "A free text is not marked here", "Line 5:",
                  "Say why: quote a reason"):  # fmt: skip
        assert words in reply.text, words
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


def test_it_takes_all_in_one_go_and_once(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    looked = seat.post(page_of(draft), sent(GIFT, why="As the Rules say."))
    assert "New questions: 2" in looked.text
    fields = {**form_of(looked.text), "go": "take"}
    fields.pop("file", None)
    assert fields["section"] == "ab11-1"
    reply = seat.post(page_of(draft), fields)
    assert (reply.status_code, reply.location) == (
        303, f"/en/write/{draft.id}/questions?module=AB-1",
    )  # fmt: skip
    text = stored(app, writers.aruzhan, draft)
    assert text.startswith(small()[BANK].decode().rstrip("\n"))
    assert "## AB-1-009\n{single lesson=AB-1.1 section=ab11-1 outcome=a difficulty=2}" in text
    assert "> As the Rules say." in text
    for code in ("AB-1-008", "AB-1-009"):
        assert seat.get(f"/en/write/{draft.id}/questions/{code}").status_code == 200
    again = seat.post(page_of(draft), fields)
    assert again.status_code == 409
    assert "In the bank already: 2" in again.text
    assert stored(app, writers.aruzhan, draft) == text


@pytest.mark.parametrize(("text", "words"), [(AIKEN, "Is it so?"), (CSV, "From a sheet?")])
def test_aiken_and_csv(
    browser: Open, draft: Draft, writers: Writers, app: Flask, text: str, words: str
) -> None:
    seat = browser(writers.aruzhan)
    looked = seat.post(page_of(draft), sent(text, why="Because."))
    fields = {**form_of(looked.text), "go": "take"}
    fields.pop("file", None)
    assert seat.post(page_of(draft), fields).status_code == 303
    assert words in stored(app, writers.aruzhan, draft)


def test_a_file_is_read_as_what_is_pasted(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    file = (BytesIO(b"\xef\xbb\xbf" + GIFT.encode()), "from-elsewhere.gift")
    reply = seat.post(
        page_of(draft), sent("", file=file), content_type="multipart/form-data"
    )  # fmt: skip
    assert "New questions: 1" in reply.text
    assert "A first from elsewhere?" in reply.text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"PK\x03\x04rest", "A workbook is not read here."), (b"\xff\xfe\x00", "no text in UTF-8"),
     (b"x" * 70_000, "larger than 64 kB")],
)  # fmt: skip
def test_other_files_are_refused(
    browser: Open, draft: Draft, writers: Writers, data: bytes, words: str
) -> None:
    reply = browser(writers.aruzhan).post(
        page_of(draft), sent("", file=(BytesIO(data), "x.gift")),
        content_type="multipart/form-data",
    )  # fmt: skip
    assert reply.status_code == 422
    assert words in reply.text


def test_the_bank_goes_out_and_comes_back(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    out = seat.get(page_of(draft, "/bank.gift")).text
    assert "A secret situation." not in out
    looked = seat.post(page_of(draft), sent(out))
    assert "In the bank already: 6" in looked.text  # those of the other module are new here
    changed = out.replace("Secret no 2.", "Another no.").replace("The secret question 2", "Which")
    looked = seat.post(page_of(draft), sent(changed, known="update"))
    fields = {**form_of(looked.text), "go": "take"}
    fields.pop("file", None)
    seat.post(page_of(draft), fields)
    text = stored(app, writers.aruzhan, draft)
    block = text[text.index("## AB-1-002") : text.index("## AB-1-003")]
    assert "critical=no-torture" in block
    assert "- [ ] b. Another no." in block
    assert "- [x] a. Secret yes 2." in block
    assert seat.get(page_of(draft, "/bank.csv")).mimetype == "text/csv"
    assert seat.get(page_of(draft, "/bank.exe")).status_code == 404


def test_known_ones_can_be_added_again(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    out = seat.get(page_of(draft, "/bank.gift")).text
    looked = seat.post(page_of(draft), sent(out, known="add")).text
    assert "In the bank already: 0" in looked


def test_bad_fields(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    for bad in ({"text": ""}, {"lesson": "XX"}, {"known": "perhaps"}, {"format": "exe"}):
        assert seat.post(page_of(draft), {**sent(GIFT), **bad}).status_code == 422, bad
    for seen in ("", "x"):
        reply = seat.post(page_of(draft), sent(GIFT, go="take", seen=seen))
        assert reply.status_code in {409, 422}


def test_only_authors_take_questions(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.halima, writers.sara):
        assert browser(person).get(page_of(draft)).status_code == 404
        assert browser(person).post(page_of(draft), sent(GIFT)).status_code == 404
    assert browser(writers.sara).get(page_of(draft, "/bank.gift")).status_code == 404
    assert browser(writers.tarek).get(page_of(draft, "/bank.gift")).status_code == 200
    assert browser(writers.aruzhan).post(page_of(draft, "/bank.gift")).status_code == 405
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_in_every_language(browser: Open, draft: Draft, writers: Writers, language: str) -> None:
    path = page_of(draft).replace("/en/", f"/{language}/")
    seat = browser(writers.aruzhan)
    assert seat.get(path).status_code == 200
    assert seat.post(path, sent(GIFT)).status_code == 200

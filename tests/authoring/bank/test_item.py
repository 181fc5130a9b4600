"""/<language>/write/<draft>/questions/<code>: the form of an item, and what it writes."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.authoring.drafts.models import Draft
from tests.authoring.bank.pages import BANK, Open, address, form_of, stored
from tests.authoring.writers import Writers
from tests.content.small import small

ONE = "/AB-1-001"
ITEMS = [f"/AB-1-{n:03}" for n in range(1, 8)] + [f"/AB-2-{n:03}" for n in range(1, 5)]


@pytest.mark.parametrize("item", ITEMS)
def test_an_untouched_form_changes_not_one_byte(
    browser: Open, draft: Draft, writers: Writers, app: Flask, item: str
) -> None:
    seat = browser(writers.aruzhan)
    fields = form_of(seat.get(address(draft, item)).text)
    reply = seat.post(address(draft, item), fields)

    assert (reply.status_code, reply.location) == (303, address(draft, item))
    for path in (BANK, "en/bank/AB-2.md"):
        assert stored(app, writers.aruzhan, draft, path) == small()[path].decode()


def test_only_its_block_changes(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    fields = form_of(seat.get(address(draft, ONE)).text)
    fields |= {"text-0-1": "Another\r\nwrong one.", "difficulty": "3", "why": "Both.\r\n\r\nSo."}
    seat.post(address(draft, ONE), fields)

    before = small()[BANK].decode()
    assert stored(app, writers.aruzhan, draft) == before.replace(
        "difficulty=2 critical=no-torture}\n\nThe secret question 1",
        "difficulty=3 critical=no-torture}\n\nThe secret question 1",
    ).replace(
        "- [ ] b. Secret no 1.\n  > Secret other reason 1.\n",
        "- [ ] b. Another wrong one.\n  > Secret other reason 1.\n\n> Both.\n>\n> So.\n",
    )


def test_letters_stay_and_new_choices_get_the_next(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    page = address(draft, ONE)
    more = seat.post(page, {**form_of(seat.get(page).text), "go": "more"})
    assert more.status_code == 200
    fields = form_of(more.text)
    fields |= {"text-0-1": "", "why-0-1": "", "text-0-2": "New.", "why-0-2": "Not so."}
    assert seat.post(page, fields).status_code == 303

    text = stored(app, writers.aruzhan, draft)
    assert "- [x] a. Secret yes 1." in text
    assert "- [ ] c. New.\n  > Not so." in text  # b was published: it is never given again
    fields = form_of(seat.get(page).text)
    assert [fields["letter-0-0"], fields["letter-0-1"]] == ["a", "c"]


BAD = [
    ({"stem-0": " "}, "stem-0", "Write the question."),
    ({"text-0-0": ""}, "text-0-0", "Write the choice, or take its reason away, too."),
    ({"text-0-0": "", "why-0-0": ""}, "text-0-0", "Write at least two choices."),
    ({"right-0": []}, "right-0", "Mark the one choice that is right."),
    ({"why-0-1": ""}, "why", "Say why: a reason for each choice, or one for the whole question."),
    ({"section": "nowhere"}, "section", "Choose the part of the lesson that teaches this."),
    ({"outcome": "z"}, "outcome", "Choose the outcome that this question asks for."),
    ({"difficulty": "9"}, "difficulty", "Choose one."),
    ({"critical": "none-such"}, "critical", "Choose one."),
    ({"lesson": "XX-1"}, "lesson", "Choose one."),
    ({"lesson": "AB-2.1", "section": "ab21-1", "outcome": "a"}, "lesson", "belongs to module AB-1"),
    ({"text-0-1": "a <b>bold</b> one"}, "text-0-1", "HTML is not used."),
    ({"why-0-0": "`code`"}, "why-0-0", "Code has no place in a course."),
    ({"stem-0": "See [it](#ab11-1)"}, "stem-0", "Only a lesson leads to words of the glossary"),
    ({"stem-0": "x\u202ey"}, "stem-0", "Take the invisible character U+202E away."),
    ({"stem-0": "Which?\n\n- a. this one"}, "stem-0", ""),
    ({"stem-0": "Which?\n\n### s1"}, "stem-0", ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "words"), BAD)
def test_what_the_format_refuses_is_said_at_the_field(
    browser: Open,
    draft: Draft,
    writers: Writers,
    app: Flask,
    change: dict[str, object],
    field: str,
    words: str,
) -> None:
    seat = browser(writers.aruzhan)
    fields = form_of(seat.get(address(draft, ONE)).text)
    reply = seat.post(address(draft, ONE), {**fields, "why-0-1": "Typed and not lost.", **change})

    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text
    assert words in reply.text
    if "why-0-1" not in change:
        assert "Typed and not lost." in reply.text
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


def test_what_others_write_in_the_same_bank_stays(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    first = form_of(seat.get(address(draft, ONE)).text)
    second = form_of(seat.get(address(draft, "/AB-1-002")).text)
    seat.post(address(draft, ONE), {**first, "stem-0": "First?"})
    seat.post(address(draft, "/AB-1-002"), {**second, "stem-0": "Second?"})

    text = stored(app, writers.aruzhan, draft)
    assert "First?" in text
    assert "Second?" in text


def test_two_people_at_the_same_item_see_both(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    opened = form_of(seat.get(address(draft, ONE)).text)
    seat.post(address(draft, ONE), {**opened, "stem-0": "Theirs?"})
    reply = seat.post(address(draft, ONE), {**opened, "stem-0": "Mine?"})

    assert reply.status_code == 409
    assert ">Theirs" in reply.text
    assert ">Mine" in reply.text
    assert "Mine?" not in stored(app, writers.aruzhan, draft)
    seat.post(address(draft, ONE), form_of(reply.text))
    assert "Mine?" in stored(app, writers.aruzhan, draft)


def test_sent_twice_it_is_saved_once(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    fields = {**form_of(seat.get(address(draft, ONE)).text), "stem-0": "Once?"}
    replies = [seat.post(address(draft, ONE), fields) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [303, 303]
    assert stored(app, writers.aruzhan, draft).count("Once?") == 1


def test_an_item_retired_meanwhile_is_not_lost(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    fields = {**form_of(seat.get(address(draft, ONE)).text), "stem-0": "Still mine?"}
    seat.post(address(draft, f"{ONE}/retire"))
    reply = seat.post(address(draft, ONE), fields)

    assert reply.status_code == 409
    assert "Somebody has retired this question" in reply.text
    assert seat.post(address(draft, ONE), form_of(reply.text)).status_code == 303
    assert "Still mine?" in stored(app, writers.aruzhan, draft)


def test_who_does_not_write_questions_sees_them_only(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.peter, writers.halima):
        seat = browser(person)
        page = seat.get(address(draft, ONE))
        assert page.status_code == 200
        assert 'name="stem-0"' not in page.text
        assert seat.post(address(draft, ONE), {"kind": "single"}).status_code == 404


def test_strangers_and_strange_codes_find_nothing(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    assert browser(writers.sara).get(address(draft, ONE)).status_code == 404
    for code in ("/AB-1-999", "/XX-1-001", "/nothing", "/..%2fcourse"):
        assert browser(writers.aruzhan).get(address(draft, code)).status_code == 404
        assert (
            browser(writers.aruzhan).post(address(draft, code), {"kind": "single"}).status_code
            == 404
        )
    for step in ("duplicate", "countries"):
        assert browser(writers.aruzhan).get(address(draft, f"{ONE}/{step}")).status_code == 405
    for page in ("", f"{ONE}/preview"):
        assert browser(writers.aruzhan).post(address(draft, page)).status_code == 405


def test_choosing_another_lesson_shows_its_parts(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    fields = form_of(seat.get(address(draft, ONE)).text)
    reply = seat.post(address(draft, ONE), {**fields, "lesson": "AB-1.2", "go": "lesson"})

    assert reply.status_code == 200
    assert 'value="ab12-1"' in reply.text
    assert 'value="ab11-1"' not in reply.text


def test_a_bank_that_somebody_broke_is_never_a_fault_of_ours(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    text = "/text/" + BANK
    broken = "+++\n+++\n\n## AB-1-001\nno facts\n\n## AB-1-002\n{single}\n\n## strange\n\n::: x\n"
    seat.post(f"/en/write/{draft.id}{text}", {"text": broken, "seen": "1"})
    for page in ("", ONE, "/AB-1-002", f"{ONE}/preview", f"{ONE}/retire", "/blueprint", "/sample"):
        assert seat.get(address(draft, page)).status_code == 200, page

"""/<language>/write/<draft>/countries/<cc>/questions/<code>/in/<language>."""

from __future__ import annotations

import pytest

from lms.authoring.compiled import all_item_texts, bank
from lms.authoring.drafts.models import Draft
from lms.content.reader import read_course
from tests.authoring.nation_bank.pages import (
    AR,
    CODE,
    FR,
    Open,
    Stored,
    address,
    form_of,
    translated,
    write_one,
)
from tests.authoring.writers import Writers


def languages(stored: Stored) -> list[str]:
    course = read_course(stored.all()).course
    assert course is not None
    nation = course.nations["tn"]
    said = all_item_texts(course, nation, bank(course, nation))
    return [language for code, language, _ in said if code == CODE]


def test_it_is_translated_and_waits_again_when_it_changes(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    assert f'href="{page}/in/ar"' in seat.get(address(draft)).text
    assert "not translated" in seat.get(f"{page}/preview").text
    for _ in range(2):
        assert translated(browser, draft, writers) == 303
    assert languages(stored) == ["fr", "ar"]
    assert "- [" not in stored[AR]
    assert f'"{CODE}" = "' in stored[AR]
    assert f'href="{page}/in/ar"' not in seat.get(address(draft)).text
    sent = form_of(seat.get(page).text) | {"stem-0": "Qui décide à présent ?"}
    seat.post(page, sent)
    assert languages(stored) == ["fr"]
    stale = seat.get(f"{page}/in/ar").text
    assert "The question has changed since it was translated." in stale
    assert seat.post(f"{page}/in/ar", form_of(stale)).status_code == 303
    assert languages(stored) == ["fr", "ar"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("part-stem", "", "This part is empty."),
        ("part-choice.a", "", "This part is empty."),
        ("part-stem", "## Heading", "No line of a text begins with ##"),
        ("part-stem", "[x](https://example.org)", "does not lead to"),
        ("part-stem", "- a. a choice", "The question has no text before its choices."),
    ],
)
def test_what_would_break_it_is_refused_with_the_reason(
    browser: Open,
    draft: Draft,
    writers: Writers,
    stored: Stored,
    field: str,
    value: str,
    said: str,
) -> None:
    page = write_one(browser, draft, writers)
    before = stored.all()
    seat = browser(writers.nadia)
    sent = form_of(seat.get(f"{page}/in/ar").text) | {
        "part-stem": "من؟",
        "part-choice.a": "القاضي.",
        "part-why.a": "نعم.",
        "part-choice.b": "لا أحد.",
        "part-why.b": "لا.",
        field: value,
    }
    reply = seat.post(f"{page}/in/ar", sent)
    assert reply.status_code == 422
    assert said in reply.text
    assert "لا أحد." in reply.text
    assert stored.all() == before


def test_two_people_translate_it_at_once(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    old = form_of(seat.get(f"{page}/in/ar").text)
    assert translated(browser, draft, writers) == 303
    mine = {
        **old,
        "part-stem": "من؟",
        "part-choice.a": "هو.",
        "part-why.a": "نعم.",
        "part-choice.b": "هي.",
        "part-why.b": "لا.",
    }
    reply = seat.post(f"{page}/in/ar", mine)
    assert reply.status_code == 409
    assert "من يقرر هنا؟" in reply.text
    assert "من؟" in reply.text
    assert "من يقرر هنا؟" in stored[AR]
    assert seat.post(f"{page}/in/ar", form_of(reply.text)).status_code == 303
    assert "من؟" in stored[AR]


def test_a_question_that_changed_meanwhile_is_read_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    old = form_of(seat.get(f"{page}/in/ar").text) | {"part-stem": "من؟"}
    seat.post(page, form_of(seat.get(page).text) | {"stem-0": "Autre ?"})
    reply = seat.post(f"{page}/in/ar", old)
    assert reply.status_code == 422
    assert "The question was changed while you wrote." in reply.text
    assert AR not in stored.all()


def test_its_own_language_and_strange_ones_are_no_translations(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    before = stored.all()
    seat = browser(writers.nadia)
    for language in ("fr", "de", "nothing"):
        assert seat.get(f"{page}/in/{language}").status_code == 404
        assert seat.post(f"{page}/in/{language}", {"source": "0" * 12}).status_code == 404
    assert seat.post(f"{page}/in/ar", {"source": "nonsense"}).status_code == 422
    assert stored.all() == before


def test_a_translation_that_cannot_be_read_is_mended_in_the_editor(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    sent = form_of(browser(writers.nadia).get(f"{page}/in/ar").text)
    stored.put(writers.nadia, AR, b"nothing\n")
    seat = browser(writers.nadia)
    reply = seat.get(f"{page}/in/ar")
    assert (reply.status_code, reply.location) == (303, f"/en/write/{draft.id}/text/{AR}")
    assert "cannot be read. Mend it" in seat.get(reply.location).text
    assert seat.post(f"{page}/in/ar", sent).status_code == 303
    assert stored[AR] == "nothing\n"
    assert "## " in stored[FR]

"""/<language>/write/<draft>/text/<path>: the editor, and what it does when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.db import reading
from lms.kernel.packing import as_brotli
from lms.web.pages import static_files
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
LESSON = "en/AB-1.1.md"
TEXT = small()[LESSON].decode()


def page_of(draft: Draft, path: str = LESSON) -> str:
    return f"/en/write/{draft.id}/text/{path}"


def stored(app: Flask, person: Cast, draft: Draft, path: str = LESSON) -> str:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, path).text


def form(text: str, seen: int = 1, **more: Any) -> dict[str, Any]:
    return {"text": text, "seen": str(seen), **more}


def test_it_saves_and_says_so(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    reply = seat.post(page_of(draft), form(f"{TEXT}\nMore.\n"))

    assert (reply.status_code, reply.location) == (303, page_of(draft))
    assert stored(app, writers.aruzhan, draft) == f"{TEXT}\nMore.\n"
    assert "Saved." in seat.get(page_of(draft)).text


def test_line_ends_of_windows_become_those_of_the_format(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    browser(writers.aruzhan).post(page_of(draft), form(TEXT.replace("\n", "\r\n") + "e\u0301"))

    assert stored(app, writers.aruzhan, draft) == TEXT + "\u00e9\n"


def test_a_new_block_gets_its_id_from_the_program(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    browser(writers.aruzhan).post(page_of(draft), form(f"{TEXT}\n## A new part\n\nWords.\n"))

    assert re.search(r"## A new part \{#ab11-\d+\}", stored(app, writers.aruzhan, draft))


def test_problems_stand_beside_their_lines(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    lines = TEXT.count("\n")
    seat.post(page_of(draft), form(f"{TEXT}\n::: story\nx\n:::\n"))
    page = seat.get(page_of(draft)).text

    assert f'data-line="{lines + 2}"' in page
    assert "No such container." in page


def test_a_good_text_has_no_problem(browser: Open, draft: Draft, writers: Writers) -> None:
    for path in small():
        if path.endswith((".md", ".toml")):
            page = browser(writers.aruzhan).get(page_of(draft, path)).text
            assert "to mend in this text" not in page, path


def test_preview_saves_first(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    reply = seat.post(page_of(draft), form(f"{TEXT}\n## Seen\n\nWords to see.\n", go="preview"))

    assert reply.location == f"/en/write/{draft.id}/preview/en/AB-1.1"
    for way in ("page", "phone", "turned", "print", "plain", "slow", "nonsense"):
        assert "Words to see." in seat.get(f"{reply.location}?as={way}").text, way


def test_a_slow_line_is_told_in_seconds(browser: Open, draft: Draft, writers: Writers) -> None:
    page = browser(writers.tarek).get(f"/en/write/{draft.id}/preview/en/AB-1.1?as=slow").text

    assert re.search(r"64 kbit/s: \d+(\.\d)? seconds", page)
    assert re.search(r"250 kbit/s: \d+(\.\d)? seconds", page)


def test_an_unfinished_text_can_be_previewed(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    broken = f"{TEXT}\n::: check AB-1.1-c9 single\nNo choices yet\n:::\n\n::: story\nx\n:::\n"
    seat.post(page_of(draft), form(broken))

    assert seat.get(f"/en/write/{draft.id}/preview/en/AB-1.1").status_code == 200


# ---- The lesson beside its text ---------------------------------------------------------------


def part_of(draft: Draft, spoken: str = "en", code: str = "AB-1.1") -> str:
    return f"/en/write/{draft.id}/preview/{spoken}/{code}?as=part"


def test_a_script_shows_the_lesson_beside_its_text(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    page = seat.get(page_of(draft)).text
    assert f'data-from="{part_of(draft)}" hidden' in page
    assert '<p hidden><label><input type="checkbox" id="follows">' in page

    seat.post(page_of(draft), form(TEXT.replace("Women.", "Words of this minute."), go="auto"))
    told = seat.get(part_of(draft))
    assert told.mimetype == "application/json"
    assert "Words of this minute." in told.get_json()["html"]
    assert "<h1" not in told.get_json()["html"]  # the page of the editor has its own
    assert "<nav" not in told.get_json()["html"]


def test_parts_that_have_no_mark_yet_are_shown_beside_their_text(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    new = "\n## One part\n\nIts words.\n\n## Another part\n\nWords of the other.\n"
    seat.post(page_of(draft), form(TEXT + new, go="auto"))
    html = seat.get(part_of(draft)).get_json()["html"]
    for said in ("One part</h2>", "Its words.", "Another part</h2>", "Words of the other."):
        assert html.count(said) == 1, said


def test_a_text_that_cannot_be_shown_says_so_beside_itself(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    seat.post(page_of(draft), form("no front matter\n", go="auto"))
    assert "cannot be shown yet" in seat.get(part_of(draft)).get_json()["html"]


def test_the_lesson_stands_beside_lessons_alone_and_for_their_writers(
    browser: Open, draft: Draft, writers: Writers, amina: Cast
) -> None:
    for path in ("course.toml", "en/course.md", "en/bank/AB-1.md"):
        assert "follow" not in browser(writers.aruzhan).get(page_of(draft, path)).text
    assert 'id="follow"' not in browser(writers.peter).get(page_of(draft)).text
    assert browser(writers.peter).get(part_of(draft)).status_code == 200
    for person in (writers.sara, amina):
        assert browser(person).get(part_of(draft)).status_code == 404
    seat = browser(writers.aruzhan)
    assert seat.get(part_of(draft, code="AB-9.9")).status_code == 404
    assert seat.get(part_of(draft, spoken="xx")).status_code == 404
    assert seat.post(part_of(draft)).status_code == 405


def test_what_an_author_writes_is_never_markup(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    canary = f"{TEXT}\n## {evil} {{#ab11-evil}}\n\n{evil}\n"
    seat.post(page_of(draft), form(canary, note=evil))
    for page in (
        page_of(draft),
        f"/en/write/{draft.id}/preview/en/AB-1.1",
        part_of(draft),
        f"/en/write/{draft.id}/history/{LESSON}?version=1",
        f"/en/write/{draft.id}/files",
    ):
        shown = seat.get(page).text
        assert "<script>alert" not in shown, page
        assert "<img src=x" not in shown, page
        assert 'href="javascript:' not in shown, page


def test_two_people_at_once_see_both_texts(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    path = "ar/AB-1.1.md"
    browser(writers.tarek).post(page_of(draft, path), form("first text\n"))

    reply = browser(writers.aruzhan).post(page_of(draft, path), form("second text\n"))

    assert reply.status_code == 409
    assert "first text" in reply.text
    assert "second text" in reply.text
    assert stored(app, writers.aruzhan, draft, path) == "first text\n"
    seen = re.search(r'name="seen" value="(\d+)"', reply.text)
    assert seen is not None
    browser(writers.aruzhan).post(page_of(draft, path), form("both texts\n", int(seen[1])))
    assert stored(app, writers.aruzhan, draft, path) == "both texts\n"


def test_the_script_saves_by_itself_and_learns_what_is_wrong(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    told = seat.post(page_of(draft), form(f"{TEXT}\n::: story\n:::\n", go="auto")).get_json()

    assert told["seen"] == 2
    assert "No such container." in told["faults"][0]["text"]
    assert "::: story" in stored(app, writers.aruzhan, draft)


def test_the_script_is_told_of_somebody_elses_text(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    path = "ar/AB-1.1.md"
    browser(writers.tarek).post(page_of(draft, path), form("first\n"))

    reply = browser(writers.aruzhan).post(page_of(draft, path), form("second\n", go="auto"))

    assert reply.status_code == 409
    assert reply.get_json()["aside"] == 3
    assert stored(app, writers.aruzhan, draft, path) == "first\n"


@pytest.mark.parametrize("go", ["save", "auto"])
def test_a_wrong_field_is_refused_with_what_was_typed(
    browser: Open, draft: Draft, writers: Writers, go: str
) -> None:
    for more in ({"seen": "x"}, {"note": "n" * 201}):
        fields = form("words of the writer\n", go=go) | more
        reply = browser(writers.aruzhan).post(page_of(draft), fields)
        assert reply.status_code == 422
        assert go == "auto" or "words of the writer" in reply.text


def test_each_role_reads_all_and_writes_its_own(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.peter, writers.halima):
        assert "Your role in this course does not change it." in (
            browser(person).get(page_of(draft)).text
        )
        assert browser(person).post(page_of(draft), form("x\n")).status_code == 404
    assert stored(app, writers.aruzhan, draft) == TEXT


def test_strangers_find_nothing(browser: Open, draft: Draft, writers: Writers, amina: Cast) -> None:
    for person in (writers.sara, amina):
        assert browser(person).get(page_of(draft)).status_code == 404
        assert browser(person).post(page_of(draft), form("x\n")).status_code == 404


def test_the_editor_weighs_less_than_40_kb(browser: Open, draft: Draft, writers: Writers) -> None:
    """Its page, with all styles and scripts, as a first visit takes them."""
    seat = browser(writers.aruzhan)
    page = seat.get(page_of(draft)).text
    weight = len(as_brotli(page.encode()))
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(named) >= 4
    with seat.app.app_context():
        for address in named:
            weight += len(static_files(seat.app).answer(address, "GET", "br", "").body)
    assert weight < 40_000

"""/<language>/write: which courses are in work, beginning one, its rooms, files and versions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.titles import modules_in
from lms.catalogue.models import EditionText
from lms.db import reading, transaction
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]

NEW = {
    "id": "D01", "title": "Fire safety", "lesson_title": "When it burns", "source": "en",
    "kind": "course", "slug": "fire-safety", "prefix": "FS", "minutes": "10",
}  # fmt: skip


def all_drafts(app: Flask) -> list[Draft]:
    with app.app_context():
        return list(reading().scalars(select(Draft)))


def rooms_of(draft: Draft) -> tuple[str, ...]:
    base = f"/en/write/{draft.id}"
    return (
        base,
        f"{base}/files",
        f"{base}/history/en/AB-1.1.md",
        f"{base}/text/en/AB-1.1.md",
        f"{base}/preview/en/AB-1.1",
        f"{base}/review",
        f"{base}/folder.zip",
    )


def test_everybody_with_a_role_at_the_course_opens_its_rooms(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.nadia, writers.peter, writers.halima):
        for room in rooms_of(draft):
            assert browser(person).get(room).status_code == 200, (person.name, room)


def test_nobody_else_does(
    browser: Open, draft: Draft, writers: Writers, amina: Cast, grace: Cast
) -> None:
    for person in (writers.sara, amina, grace):
        for room in rooms_of(draft):
            assert browser(person).get(room).status_code == 404, (person.name, room)
    assert browser(None).get(rooms_of(draft)[0]).status_code in {302, 303, 401}


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("", "Overview"),
        ("/files", "Files"),
        ("/history/en/AB-1.1.md", "Files"),
        ("/text/en/AB-1.1.md", "Overview"),
        ("/review", "Check and publish"),
        ("/people", "People"),
        ("/countries", "Countries"),
        ("/course", "Course"),
        ("/questions", "Questions"),
    ],
)
def test_on_a_telephone_one_line_opens_the_rooms_and_names_this_one(
    browser: Open, draft: Draft, writers: Writers, page: str, room: str
) -> None:
    seat = browser(writers.aruzhan)
    seat.client.get("/en/write")  # the first page of a process asks for the settings of the server
    shown = seat.get(f"/en/write/{draft.id}{page}").text
    menu = shown.partition('<nav class="rooms"')[2].partition("</nav>")[0]
    assert f"<details><summary><b>{room}</b>" in menu
    assert f'aria-current="true">{room}</a>' in menu
    assert menu.count("<a ") == 12


def test_the_list_shows_what_one_works_on(browser: Open, draft: Draft, writers: Writers) -> None:
    assert "A small course" in browser(writers.tarek).get("/en/write").text
    assert str(draft.id) not in browser(writers.sara).get("/en/write").text


def test_a_published_course_is_offered_to_its_author(
    browser: Open, published: int, writers: Writers, app: Flask
) -> None:
    page = browser(writers.aruzhan).get("/en/write").text

    assert "Begin a draft" in page
    reply = browser(writers.aruzhan).post(f"/en/write/from-edition/{published}")
    assert reply.status_code == 303
    begun = all_drafts(app)[0]
    assert (begun.course_id, begun.edition_id) == ("C77", published)


def test_published_courses_go_by_their_titles_in_the_language_of_the_page(
    app: Flask, browser: Open, published: int, writers: Writers
) -> None:
    with app.app_context(), transaction() as session:
        for text in session.scalars(select(EditionText).where(EditionText.edition_id == published)):
            text.title = f"Title in {text.language}"
    for language in ("en", "ar"):
        page = browser(writers.aruzhan).get(f"/{language}/write").text
        assert f"Title in {language}<" in page


def test_a_translator_begins_no_draft(browser: Open, published: int, writers: Writers) -> None:
    for person in (writers.tarek, writers.sara):
        reply = browser(person).post(f"/en/write/from-edition/{published}")
        assert reply.status_code == 404


def test_a_course_is_begun_from_nothing(browser: Open, writers: Writers, app: Flask) -> None:
    reply = browser(writers.sara).post("/en/write/new", NEW)

    begun = all_drafts(app)[0]
    assert (reply.status_code, reply.location) == (303, f"/en/write/{begun.id}")
    assert "Fire safety" in browser(writers.sara).get(f"/en/write/{begun.id}").text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", ""),
        ("lesson_title", "x" * 91),
        ("slug", "Fire safety"),
        ("slug", ""),
        ("prefix", "fs"),
        ("prefix", "TOOLONG"),
        ("minutes", "0"),
        ("minutes", "many"),
        ("source", "xx"),
        ("kind", "other"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_typed_is_lost(
    browser: Open, writers: Writers, app: Flask, field: str, wrong: str
) -> None:
    reply = browser(writers.sara).post("/en/write/new", NEW | {field: wrong})

    assert reply.status_code == 422
    assert field == "title" or "Fire safety" in reply.text
    assert all_drafts(app) == []


def test_whoever_holds_no_role_begins_nothing(browser: Open, amina: Cast, writers: Writers) -> None:
    assert browser(amina).post("/en/write/new", NEW).status_code == 404
    assert browser(writers.tarek).post("/en/write/new", NEW).status_code == 404


def test_the_folder_comes_out_as_it_went_in(browser: Open, draft: Draft, writers: Writers) -> None:
    reply = browser(writers.tarek).get(f"/en/write/{draft.id}/folder.zip")

    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert files == small()


def test_a_version_stands_beside_the_present_text_and_is_taken_again(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    page = f"/en/write/{draft.id}/text/en/AB-1.1.md"
    before = small()["en/AB-1.1.md"].decode()
    seat.post(
        page,
        {
            "text": f"{before}\n## More {{#ab11-more}}\n\nOne sentence more.\n",
            "seen": "1",
            "note": "longer",
        },
    )
    history = f"/en/write/{draft.id}/history/en/AB-1.1.md"

    shown = seat.get(f"{history}?version=1").text
    assert re.search(r"<ins>\s*One sentence more\.\s*</ins>", shown)
    assert "longer" in shown

    assert seat.post(f"{history}/restore", {"number": "1"}).status_code == 303
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", seat.get(page).text, re.DOTALL)
    assert text is not None
    assert "One sentence more" not in text[1]


def test_a_file_without_versions_is_not_found(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for path in (
        "history/en/XX-1.1.md",
        "text/etc/passwd",
        "text/..%2f..%2fx.md",
        "preview/en/XX-9",
        "preview/xx/AB-1.1",
    ):
        reply = browser(writers.aruzhan).get(f"/en/write/{draft.id}/{path}")
        assert reply.status_code == 404, path


def test_a_draft_is_put_away_by_its_author(browser: Open, draft: Draft, writers: Writers) -> None:
    assert browser(writers.tarek).post(f"/en/write/{draft.id}/close").status_code == 404
    assert browser(writers.aruzhan).post(f"/en/write/{draft.id}/close").status_code == 303
    assert browser(writers.aruzhan).get(f"/en/write/{draft.id}").status_code == 404


def test_only_forms_change_anything(browser: Open, draft: Draft, writers: Writers) -> None:
    base = f"/en/write/{draft.id}"
    for path in (
        f"{base}/close",
        f"{base}/history/en/AB-1.1.md/restore",
        f"{base}/review/check",
        f"{base}/review/approve",
    ):
        assert browser(writers.aruzhan).get(path).status_code in {404, 405}, path


def test_modules_are_named_by_their_titles(browser: Open, draft: Draft, writers: Writers) -> None:
    page = browser(writers.aruzhan).get(f"/en/write/{draft.id}").text
    assert re.search(r'<h3><bdi>AB-1</bdi> <span lang="en" dir="auto">[^<]+</span></h3>', page)


def test_a_head_that_is_cut_off_names_the_modules_before_the_cut() -> None:
    head = b'+++\ntitle = "T"\n\n[modules]\nAB-1 = "One"\nAB-2 = "Tw'
    assert modules_in(head) == {"AB-1": "One"}
    assert modules_in(b'+++\ntitle = "T"\n+++\nAB-1 = "No"\n') == {}

"""/write/<draft>/course/lessons, modules and move: the structure of a course."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.authoring.drafts.models import Draft, DraftVersion
from lms.db import reading
from tests.authoring.course_facts.seats import (
    Open,
    address,
    order,
    seen_in,
    send,
    somebody_saves,
    stored,
)
from tests.authoring.writers import Writers
from tests.content.small import COURSE
from tests.people import Cast

LESSON = {
    "code": "AB-1.3",
    "title": "The new “one”",
    "minutes": "20",
    "module": "AB-1",
    "place": "",
}
START = [["AB-1.1", "AB-1.2"], ["AB-2.1"]]


def versions(app: Flask) -> int:
    with app.app_context():
        return reading().scalar(select(func.count()).select_from(DraftVersion)) or 0


def test_a_new_lesson_has_the_next_free_code_and_an_empty_list_of_objectives(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/lessons/new?module=AB-1")
    assert 'value="AB-1.3"' in seat.get(path).text
    reply = send(seat, path, **LESSON)

    assert (reply.status_code, reply.location) == (303, f"/en/write/{draft.id}/text/en/AB-1.3.md")
    assert order(app, writers.aruzhan, draft) == [["AB-1.1", "AB-1.2", "AB-1.3"], ["AB-2.1"]]
    text = stored(app, writers.aruzhan, draft, "en/AB-1.3.md")
    assert text.startswith('+++\ntitle = "The new “one”"\n+++\n\n::: objectives {#')
    assert seat.get(reply.location).status_code == 200


def test_a_code_is_never_used_again(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    send(seat, address(draft, "/lessons/new?module=AB-1"), **LESSON)
    assert send(seat, address(draft, "/lessons/AB-1.3/remove")).status_code == 303
    assert order(app, writers.aruzhan, draft) == START

    path = address(draft, "/lessons/new?module=AB-1")
    assert 'value="AB-1.4"' in seat.get(path).text
    refused = send(seat, path, **LESSON)
    assert refused.status_code == 422
    assert "Codes are never used again" in refused.text


@pytest.mark.parametrize(
    "change",
    [
        {"code": "ab"},
        {"code": ""},
        {"title": ""},
        {"minutes": "0"},
        {"minutes": "x"},
        {"module": "AB-9"},
        {"code": "AB-1.1"},
        {"code": "AB-2"},
    ],
)
def test_a_bad_field_refuses_a_new_lesson(
    browser: Open, draft: Draft, writers: Writers, app: Flask, change: dict[str, str]
) -> None:
    path = address(draft, "/lessons/new?module=AB-1")
    assert send(browser(writers.aruzhan), path, **{**LESSON, **change}).status_code in {422, 303}
    if change != {"code": "AB-2"}:
        assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE


def test_a_new_module_has_a_title_and_an_empty_bank(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/modules/new")
    assert 'value="AB-3"' in seat.get(path).text
    assert send(seat, path, code="AB-3", title="The third").status_code == 303

    assert order(app, writers.aruzhan, draft) == [*START, []]
    assert 'AB-3 = "The third"' in stored(app, writers.aruzhan, draft, "en/course.md")
    assert stored(app, writers.aruzhan, draft, "en/bank/AB-3.md") == "+++\n+++\n"
    assert send(seat, path, code="AB-3", title="Again").status_code == 422
    assert send(seat, path, code="AB-4", title="").status_code == 422


def test_a_module_without_lessons_is_taken_out_again(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    before = stored(app, writers.aruzhan, draft, "en/course.md")
    send(seat, address(draft, "/modules/new"), code="AB-3", title="The third")
    assert send(seat, address(draft, "/modules/AB-3/remove")).status_code == 303

    assert stored(app, writers.aruzhan, draft, "en/course.md") == before
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE
    assert stored(app, writers.aruzhan, draft, "en/bank/AB-3.md") == ""
    assert seat.get(address(draft, "/modules/AB-1/remove")).status_code == 404
    reply = seat.post(address(draft, "/modules/AB-1/remove"), {})
    assert reply.status_code == 303
    assert order(app, writers.aruzhan, draft) == START


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("up AB-1.2", [["AB-1.2", "AB-1.1"], ["AB-2.1"]]),
        ("down AB-1.2", [["AB-1.1"], ["AB-1.2", "AB-2.1"]]),
        ("up AB-2.1", [["AB-1.1", "AB-1.2", "AB-2.1"], []]),
        ("up AB-1.1", START),
        ("down AB-1", [["AB-2.1"], ["AB-1.1", "AB-1.2"]]),
        ("up AB-1", START),
    ],
)
def test_buttons_move_lessons_and_modules(
    browser: Open, draft: Draft, writers: Writers, app: Flask, to: str, expected: list[list[str]]
) -> None:
    seat = browser(writers.aruzhan)
    fields = {**seen_in(seat, address(draft)), "to": to}
    for _ in range(2):  # pressed twice, it moves once
        assert seat.post(address(draft, "/move"), fields).status_code == 303

    assert order(app, writers.aruzhan, draft) == expected


def test_a_number_and_another_module_move_a_lesson(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/lessons/AB-1.1")
    same = {"title": "The first lesson", "minutes": "15"}
    send(seat, path, **same, module="AB-1", place="2")
    assert order(app, writers.aruzhan, draft) == [["AB-1.2", "AB-1.1"], ["AB-2.1"]]
    send(seat, path, title="Renamed", minutes="25", module="AB-2", place="1")

    assert order(app, writers.aruzhan, draft) == [["AB-1.2"], ["AB-1.1", "AB-2.1"]]
    assert stored(app, writers.aruzhan, draft, "en/AB-1.1.md").startswith('+++\ntitle = "Renamed"')
    assert '{ code = "AB-1.1", minutes = 25 }' in stored(app, writers.aruzhan, draft, "course.toml")


def test_a_module_gets_another_title_and_place(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    send(browser(writers.aruzhan), address(draft, "/modules/AB-2"), title="Now first", place="1")

    assert order(app, writers.aruzhan, draft) == [["AB-2.1"], ["AB-1.1", "AB-1.2"]]
    assert 'AB-2 = "Now first"' in stored(app, writers.aruzhan, draft, "en/course.md")


def test_what_depends_on_a_lesson_is_said_before_it_goes(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/lessons/AB-1.1/remove")
    page = seat.get(path).text
    for words in ("AB-1-001", "no-torture", "These depend on it"):
        assert words in page
    assert send(seat, path).status_code == 303

    assert order(app, writers.aruzhan, draft) == [["AB-1.2"], ["AB-2.1"]]
    for language in ("en", "fr", "ar"):
        assert stored(app, writers.aruzhan, draft, f"{language}/AB-1.1.md") == ""
    assert seat.get(address(draft, "/lessons/AB-1.1")).status_code == 404
    assert seat.get(f"/en/write/{draft.id}/history/en/AB-1.1.md").status_code == 200


def test_nothing_is_saved_where_one_of_two_files_has_changed(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/lessons/AB-1.1")
    fields = {
        **seen_in(seat, path),
        "title": "Mine",
        "minutes": "30",
        "module": "AB-1",
        "place": "1",
    }
    somebody_saves(app, draft, writers, "en/AB-1.1.md", "The first lesson", "Theirs")
    count = versions(app)

    reply = seat.post(path, fields)
    assert reply.status_code == 409
    assert 'value="Mine"' in reply.text
    assert versions(app) == count
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE
    assert send(seat, path, title="Mine", minutes="30", module="AB-1", place="1").status_code == 303


def test_only_authors_change_the_structure(
    browser: Open, draft: Draft, writers: Writers, amina: Cast, app: Flask
) -> None:
    for person in (
        writers.tarek,
        writers.nadia,
        writers.rosa,
        writers.peter,
        writers.sara,
        writers.halima,
        amina,
    ):
        seat = browser(person)
        for rest in (
            "/lessons/new?module=AB-1",
            "/modules/new",
            "/lessons/AB-1.1",
            "/modules/AB-1",
            "/lessons/AB-1.1/remove",
        ):
            assert seat.get(address(draft, rest)).status_code == 404
            assert seat.post(address(draft, rest), LESSON).status_code == 404
        assert seat.post(address(draft, "/move"), {"to": "up AB-1.2"}).status_code == 404
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE


def test_there_is_no_such_thing(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    for rest in (
        "/lessons/new",
        "/lessons/new?module=Z",
        "/lessons/AB-9.9",
        "/modules/AB-9",
        "/lessons/AB-9.9/remove",
    ):
        assert seat.get(address(draft, rest)).status_code == 404
    for to in ("", "up", "up AB-9.9", "left AB-1.1"):
        assert seat.post(address(draft, "/move"), {"to": to}).status_code == 404

"""/write/<draft>/course and its forms: what a course says of itself, one change at a time."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from lms.authoring.drafts.models import Draft
from tests.authoring.course_facts.seats import (
    Open,
    address,
    facts,
    seen_in,
    send,
    somebody_saves,
    stored,
)
from tests.authoring.writers import Writers
from tests.content.small import COURSE
from tests.people import Cast

RULE = {
    "percent": "85", "attempts": "2", "window_days": "20", "pause_hours": "12",
    "about_minutes": "25", "minutes": "",
}  # fmt: skip
# Each form with what is sent, what the file then says, and the file as it was.
CHANGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("audience", {"audience": ["P1", "P6"]}, 'audience = ["P1", "P6"]', 'audience = ["P1"]'),
    ("validity", {"months": "12", "review_by": "2027-11-30"}, "validity_months = 12",
     "validity_months = 24"),
    ("validity", {"months": "24", "review_by": "01.02.2028"}, "review_by = 2028-02-01",
     "review_by = 2027-11-30"),
    ("access", {"access": "listed"}, 'access = "listed"', 'access = "open"'),
    ("tests", {"pre_items": "3", "post_items": "5", "post_scenarios": "1"},
     "[tests.pre]\nitems = 3", "[tests.pre]\nitems = 2"),
    ("slot?of=no-torture", {"slot": "no-torture", "lesson": "AB-1.2"}, 'lesson = "AB-1.2"',
     'lesson = "AB-1.1"'),
    ("box?of=NA-02", {"code": "NA-02", "blocking": "y"}, 'code = "NA-02"\nblocking = true',
     'code = "NA-02"\nblocking = false'),
]  # fmt: skip
BAD: list[tuple[str, dict[str, Any]]] = [
    ("audience", {}), ("audience", {"audience": "P9"}),
    ("prerequisites", {"prerequisites": "nowhere"}),
    ("validity", {"months": "-1", "review_by": "2027-11-30"}),
    ("validity", {"months": "12", "review_by": "soon"}),
    ("access", {"access": "shut"}), ("rule", {**RULE, "percent": "69"}),
    ("rule", {**RULE, "attempts": "many"}), ("rule", {**RULE, "minutes": "481"}),
    ("tests", {"post_items": "0", "post_scenarios": "1"}),
    ("slot", {"slot": "No Torture", "lesson": "AB-1.1"}), ("slot", {"slot": "x", "lesson": "Z-1"}),
    ("box", {"code": "na 1"}),
    ("box", {"code": "NA-01"}),
    ("box", {"code": "AB-1"}),
    ("slot", {"slot": "no-torture", "lesson": "AB-1.2"}),
    ("titles", {"title": "hidden \u202e"}),
    ("titles", {"title": "A course", "news": "x" * 301}),
    ("titles", {"title": ""}), ("titles", {"title": "x" * 91}),
]  # fmt: skip


def test_it_shows_what_the_course_says_and_the_sentence_that_learners_read(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.aruzhan).get(address(draft)).text

    assert "You have 3 attempts in 30 days, with at least 24 hours between two of them." in page
    for words in (
        "A small course",
        "Officer",
        "The first module",
        "The first lesson",
        "Say what is forbidden.",
        "no-torture",
        "NA-01",
        "40 minutes",
    ):
        assert words in page


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_it_speaks_every_language(
    browser: Open, draft: Draft, writers: Writers, language: str
) -> None:
    seat = browser(writers.aruzhan)
    for rest in ("", "/titles", "/rule", "/lessons/new?module=AB-1", "/lessons/AB-1.1/remove"):
        assert seat.get(f"/{language}/write/{draft.id}/course{rest}").status_code == 200


def test_colleagues_read_it_and_strangers_find_nothing(
    browser: Open, draft: Draft, writers: Writers, amina: Cast, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.peter, writers.halima):
        page = browser(person).get(address(draft)).text
        assert "The first lesson" in page
        assert "Add a lesson" not in page
        assert browser(person).get(address(draft, "/access")).status_code == 404
        assert (
            browser(person).post(address(draft, "/access"), {"access": "listed"}).status_code == 404
        )
    for stranger in (writers.sara, amina):
        assert browser(stranger).get(address(draft)).status_code == 404
        assert browser(stranger).post(address(draft, "/rule"), RULE).status_code == 404
    assert browser(writers.aruzhan).get(f"/en/write/{uuid4()}/course").status_code == 404
    assert browser(writers.aruzhan).get(address(draft, "/nothing")).status_code == 404
    assert browser(writers.aruzhan).post(address(draft), {}).status_code == 405
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE


@pytest.mark.parametrize(("part", "sent", "new", "old"), CHANGES)
def test_a_form_changes_one_thing_and_no_other_byte(
    browser: Open,
    draft: Draft,
    writers: Writers,
    app: Flask,
    part: str,
    sent: dict[str, Any],
    new: str,
    old: str,
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, f"/{part}")
    fields = {**seen_in(seat, path), **sent}
    for _ in range(2):  # the same form, sent twice
        assert seat.post(path, fields).status_code == 303

    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE.replace(old, new, 1)


def test_the_rule_is_said_as_learners_will_read_it(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    assert send(seat, address(draft, "/rule"), **RULE).status_code == 303

    assert "You have 2 attempts in 20 days, with at least 12 hours" in seat.get(address(draft)).text
    rule = facts(app, writers.aruzhan, draft).pass_rule
    assert (rule["percent"], rule["minutes"], rule["parts"]) == (85, None, ("test",))


def test_a_first_test_a_slot_and_a_box_come_and_go(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    for part, sent in (
        ("/tests", {"pre_items": "", "post_items": "5", "post_scenarios": "1"}),
        ("/slot", {"slot": "new-slot", "lesson": "AB-2.1"}),
        ("/box", {"code": "NA-77"}),
        ("/slot?of=no-torture", {"go": "remove"}),
        ("/box?of=NA-01", {"go": "remove"}),
    ):
        assert send(seat, address(draft, part), **sent).status_code == 303

    found = facts(app, writers.aruzhan, draft)
    assert set(found.tests) == {"post"}
    assert found.critical == {"new-slot": "AB-2.1"}
    assert found.boxes == {"NA-02": False, "NA-77": False}
    assert seat.get(address(draft, "/slot?of=no-torture")).status_code == 404


def test_titles_stand_in_the_description(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    before = stored(app, writers.aruzhan, draft, "en/course.md")
    send(seat, address(draft, "/titles"), title="A “large” course", public_title="For some")
    after = stored(app, writers.aruzhan, draft, "en/course.md")
    assert 'title = "A “large” course"\npublic_title = "For some"\n' in after
    send(seat, address(draft, "/titles"), title="A small course", public_title="")

    assert stored(app, writers.aruzhan, draft, "en/course.md") == before
    send(seat, address(draft, "/access"), access="restricted")
    refused = send(seat, address(draft, "/titles"), title="A small course", public_title="")
    assert refused.status_code == 422


@pytest.mark.parametrize(("part", "sent"), BAD)
def test_a_refused_form_comes_back_with_what_was_typed(
    browser: Open, draft: Draft, writers: Writers, app: Flask, part: str, sent: dict[str, Any]
) -> None:
    reply = send(browser(writers.aruzhan), address(draft, f"/{part}"), **sent)

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE


def test_two_people_at_once_and_nothing_is_undone(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.aruzhan), address(draft, "/rule")
    fields = {**seen_in(seat, path), **RULE}
    somebody_saves(
        app, draft, writers, "course.toml", "validity_months = 24", "validity_months = 9"
    )

    reply = seat.post(path, fields)
    assert reply.status_code == 409
    assert "Somebody else has changed the course meanwhile" in reply.text
    assert 'value="85"' in reply.text
    assert facts(app, writers.aruzhan, draft).pass_rule["percent"] == 80
    assert send(seat, path, **RULE).status_code == 303
    found = facts(app, writers.aruzhan, draft)
    assert (found.pass_rule["percent"], found.validity_months) == (85, 9)


def test_the_language_menu_keeps_what_was_typed_and_saves_nothing(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    reply = send(browser(writers.aruzhan), address(draft, "/rule"), go="language-fr", **RULE)

    assert reply.status_code == 200
    assert 'value="85"' in reply.text
    assert stored(app, writers.aruzhan, draft, "course.toml") == COURSE


def test_a_file_that_cannot_be_read_leads_to_the_editor(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    somebody_saves(app, draft, writers, "course.toml", "format = 1", "format = = 1")
    seat = browser(writers.aruzhan)

    assert "cannot be read" in seat.get(address(draft)).text
    assert seat.get(address(draft, "/rule")).status_code == 404

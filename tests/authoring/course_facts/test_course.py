"""/<language>/write/<draft>/course: titles, for whom, what passes, and the order of lessons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.content.model import CourseFacts
from lms.content.one_file import facts_of
from lms.content.reader import read_course
from lms.db import reading
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
FACTS = {
    "audience": ["P1", "P6"], "access": "listed", "prerequisites": "mandela-rules",
    "validity_months": "36", "review_by": "2028-01-31",
}  # fmt: skip
RULE = {
    "percent": "85", "attempts": "2", "window_days": "20", "pause_hours": "12",
    "about_minutes": "25", "limit": "", "pre_items": "2", "post_items": "4",
    "post_scenarios": "1",
}  # fmt: skip


def base(draft: Draft) -> str:
    return f"/en/write/{draft.id}/course"


def seen(seat: Browser, draft: Draft) -> dict[str, str]:
    page = seat.get(base(draft)).text
    return {
        name: re.search(rf'name="{name}" value="(\d+)"', page)[1]  # type: ignore[index]
        for name in ("toml_seen", "titles_seen")
    }


def files(app: Flask, draft: Draft, person: Cast) -> dict[str, bytes]:
    with app.app_context():
        return queries.contents(reading(), person.viewer, draft)


def facts(app: Flask, draft: Draft, person: Cast) -> CourseFacts:
    found, faults = facts_of(files(app, draft, person)["course.toml"])
    assert found is not None
    assert not list(faults)
    return found


def test_everybody_in_the_draft_reads_it(browser: Open, draft: Draft, writers: Writers) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.peter, writers.halima):
        assert "AB-1.1" in browser(person).get(base(draft)).text
    assert "Take out" not in browser(writers.tarek).get(base(draft)).text
    assert browser(writers.sara).get(base(draft)).status_code == 404


def test_titles(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    fields = {"title": "Another title", "module-AB-1": "First things", "module-XX": "no such"}
    reply = seat.post(f"{base(draft)}/titles", fields | seen(seat, draft))

    assert reply.status_code == 303
    text = files(app, draft, writers.aruzhan)["en/course.md"].decode()
    assert 'title = "Another title"' in text
    assert 'AB-1 = "First things"' in text
    assert "no such" not in text


def test_facts_change_alone(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    assert seat.post(f"{base(draft)}/facts", FACTS | seen(seat, draft)).status_code == 303

    now = facts(app, draft, writers.aruzhan)
    before, _ = facts_of(small()["course.toml"])
    assert before is not None
    assert (now.audience, now.access, now.prerequisites, now.validity_months) == (
        ("P1", "P6"), "listed", ("mandela-rules",), 36,
    )  # fmt: skip
    assert now.review_by.isoformat() == "2028-01-31"
    assert (now.modules, now.boxes, now.tests, now.pass_rule) == (
        before.modules, before.boxes, before.tests, before.pass_rule,
    )  # fmt: skip


def test_the_rule_of_the_tests(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    assert seat.post(f"{base(draft)}/rule", RULE | seen(seat, draft)).status_code == 303

    now = facts(app, draft, writers.aruzhan)
    assert (now.pass_rule["percent"], now.pass_rule["attempts"]) == (85, 2)
    assert now.tests["post"] == {"items": 4, "scenarios": 1}
    seat.post(f"{base(draft)}/rule", RULE | {"pre_items": "0"} | seen(seat, draft))
    assert set(facts(app, draft, writers.aruzhan).tests) == {"post"}


def test_a_lesson_in_a_module(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.aruzhan)
    new = {"new_title": "One more", "new_minutes": "10", "module": "AB-1", "module_title": ""}
    assert seat.post(f"{base(draft)}/lessons", new | seen(seat, draft)).status_code == 303

    assert "AB-1.3" in facts(app, draft, writers.aruzhan).codes()
    assert b'title = "One more"' in files(app, draft, writers.aruzhan)["en/AB-1.3.md"]


def test_a_lesson_in_a_new_module(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    new = {
        "new_title": "One more",
        "new_minutes": "10",
        "module": "new",
        "module_title": "Module more",
    }
    seat.post(f"{base(draft)}/lessons", new | seen(seat, draft))

    found = read_course(files(app, draft, writers.aruzhan))
    said = {fault.text for fault in found.faults}
    assert said == {"The bank has no item for lesson AB-3.1.",
                    "Give every module a title under [modules]."}  # fmt: skip
    assert facts(app, draft, writers.aruzhan).modules[-1].code == "AB-3"


def test_a_code_is_never_given_twice(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    new = {"new_title": "One more", "new_minutes": "10", "module": "AB-1", "module_title": ""}
    seat.post(f"{base(draft)}/lessons", new | seen(seat, draft))
    place = {"lesson": "AB-1.3", "place": "3", "minutes": "10", "go": "remove"}
    assert seat.post(f"{base(draft)}/places", place | seen(seat, draft)).status_code == 303
    assert "AB-1.3" not in facts(app, draft, writers.aruzhan).codes()
    seat.post(f"{base(draft)}/lessons", new | seen(seat, draft))

    assert "AB-1.4" in facts(app, draft, writers.aruzhan).codes()


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({"go": "down", "lesson": "AB-1.1"}, ("AB-1.2", "AB-1.1", "AB-2.1")),
        ({"go": "up", "lesson": "AB-2.1"}, ("AB-1.1", "AB-2.1", "AB-1.2")),
        ({"go": "save", "lesson": "AB-1.1", "place": "2"}, ("AB-1.2", "AB-1.1", "AB-2.1")),
        ({"go": "save", "lesson": "AB-1.1", "place": "1"}, ("AB-1.1", "AB-1.2", "AB-2.1")),
    ],
)
def test_a_lesson_moves(
    browser: Open, draft: Draft, writers: Writers, app: Flask, fields: dict[str, str],
    order: tuple[str, ...],
) -> None:  # fmt: skip
    seat = browser(writers.aruzhan)
    seat.post(f"{base(draft)}/places", {"minutes": "15"} | fields | seen(seat, draft))

    assert facts(app, draft, writers.aruzhan).codes() == order


def test_a_lesson_that_questions_ask_for_stays(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    reply = seat.post(
        f"{base(draft)}/places", {"lesson": "AB-1.1", "go": "remove"} | seen(seat, draft)
    )

    assert reply.status_code == 409
    assert "Questions ask for this lesson" in reply.text
    assert "AB-1.1" in facts(app, draft, writers.aruzhan).codes()


def test_two_people_at_once_overwrite_nothing(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    old = seen(seat, draft)
    seat.post(f"{base(draft)}/facts", FACTS | old)
    reply = seat.post(f"{base(draft)}/rule", RULE | old)

    assert reply.status_code == 409
    assert "Somebody else has changed the course meanwhile." in reply.text
    assert 'value="85"' in reply.text
    again = dict(re.findall(r'name="(toml_seen|titles_seen)" value="(\d+)"', reply.text))
    assert seat.post(f"{base(draft)}/rule", RULE | again).status_code == 303
    assert facts(app, draft, writers.aruzhan).validity_months == 36


@pytest.mark.parametrize(
    ("page", "sent", "wrong"),
    [
        ("titles", {"title": "T"}, {"title": ""}),
        ("titles", {"title": "T"}, {"title": "x" * 91}),
        ("titles", {"title": "T"}, {"toml_seen": "x"}),
        ("facts", FACTS, {"access": "shut"}),
        ("facts", FACTS, {"audience": ["P9"]}),
        ("facts", FACTS, {"prerequisites": "No Such"}),
        ("facts", FACTS, {"validity_months": "-1"}),
        ("facts", FACTS, {"review_by": "soon"}),
        ("rule", RULE, {"percent": "69"}),
        ("rule", RULE, {"attempts": "0"}),
        ("rule", RULE, {"post_items": "0"}),
        ("lessons", {"new_title": "T", "new_minutes": "5", "module": "AB-1"}, {"new_minutes": "0"}),
        ("lessons", {"new_title": "T", "new_minutes": "5", "module": "AB-1"}, {"module": "ZZ"}),
        ("lessons", {"new_title": "T", "new_minutes": "5", "module": "AB-1"}, {"new_title": ""}),
    ],
)
def test_a_wrong_field_is_said(
    browser: Open, draft: Draft, writers: Writers, app: Flask, page: str, sent: dict[str, Any],
    wrong: dict[str, Any],
) -> None:  # fmt: skip
    seat = browser(writers.aruzhan)
    reply = seat.post(f"{base(draft)}/{page}", sent | seen(seat, draft) | wrong)

    assert reply.status_code == 422
    assert files(app, draft, writers.aruzhan) == small()


def test_nobody_else_changes_anything(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    numbers = {"toml_seen": "1", "titles_seen": "1"}
    for person in (writers.tarek, writers.nadia, writers.peter, writers.halima, writers.sara):
        for page, sent in (("titles", {"title": "x"}), ("facts", FACTS), ("rule", RULE)):
            reply = browser(person).post(f"{base(draft)}/{page}", dict(sent) | numbers)
            assert reply.status_code == 404
    assert files(app, draft, writers.aruzhan) == small()

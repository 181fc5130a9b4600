"""The menu of administration: groups of rooms, of which a phone shows the one that it is in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from lms.db import transaction
from lms.web import menu
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]


def menu_of(page: str) -> str:
    return page.partition('<nav class="rooms"')[2].partition("</nav>")[0]


@pytest.fixture
def office(app: Flask, places: Places) -> Cast:
    with app.app_context(), transaction() as session:
        roles = (("administrator", places.country),)
        return add_person(session, "Dana Office", "HQ-1", places.country, roles=roles)


@pytest.mark.parametrize(
    ("page", "group", "room"),
    [
        ("people", "People and places", "People"),
        ("slips", "People and places", "People"),
        ("library", "Courses and certificates", "Library"),
        ("settings", "This server", "Settings"),
    ],
)
def test_the_group_of_this_page_stays_and_its_room_is_lit(
    browser: Open, office: Cast, page: str, group: str, room: str
) -> None:
    shown = menu_of(browser(office).get(f"/en/administer/{page}").text)
    here = re.findall(r'<p class="here">(.*?)</p>', shown, re.DOTALL)
    assert len(here) == 1
    assert f'<span class="meta">{group}</span>' in here[0]
    assert f'aria-current="true">{room}</a>' in here[0]
    assert shown.count("aria-current") == 1


def test_every_room_is_in_the_page_and_one_line_opens_them(browser: Open, office: Cast) -> None:
    shown = menu_of(browser(office).get("/en/administer").text)
    assert "<details><summary>All rooms of administration</summary></details>" in shown
    assert shown.count("<a ") == len(menu.MENUS["administer"])
    assert shown.count('class="meta"') == 3
    assert re.search(r'<p class="here">\s*<a [^>]*aria-current="true">Overview</a>', shown)


def test_a_few_rooms_need_no_line_that_opens_them(
    app: Flask, browser: Open, places: Places
) -> None:
    with app.app_context(), transaction() as session:
        inspector = add_person(
            session, "Ira", "HQ-2", places.country, roles=(("inspector", places.country),)
        )
    seat = browser(inspector)
    shown = menu_of(seat.get("/en/administer/people", most_queries=9).text)
    assert "<details>" not in shown
    assert re.findall(r">(\w+)</a>", shown) == ["People", "Log"]


def test_lines_of_one_group_stand_together() -> None:
    order = [entry.group for entry in menu.MENUS["administer"]]
    assert order == sorted(order, key=order.index)


def test_the_overview_has_the_same_groups(browser: Open, office: Cast) -> None:
    page = browser(office).get("/en/administer").text.partition("Where things are")[2]
    assert re.findall("<h3>(.*?)</h3>", page) == [
        "People and places",
        "Courses and certificates",
        "This server",
    ]

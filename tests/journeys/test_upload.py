"""Sending a list over a weak line: page and chosen file stay until the file has arrived."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import select

from lms.accounts.models import Unit
from lms.extensions import db
from tests.journeys.house import House
from tests.journeys.seat import Seats
from tests.people import Cast

pytestmark = pytest.mark.browser

NEW = "/administer/staff-lists/new"
CUT = "The line was cut. The file is still chosen"


@pytest.fixture
def grace(house: House) -> Cast:
    """Grace Nakato administers the North."""
    with house.app.app_context():
        north = db.session.scalars(select(Unit).where(Unit.code == "N")).one()
        db.session.expunge(north)
        db.session.remove()
    return house.person("Grace Nakato", roles=(("administrator", north),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a list of which no other test has sent the like."""
    made = tmp_path / "list.csv"
    rows = "".join(f"N-{n};Zoé Bah;N-01\n" for n in range(20_000))
    made.write_text(f"number;name;place\n{rows}{tmp_path.name}\n")
    return made


def opened(seats: Seats, grace: Cast, file: Path) -> Page:
    seat = seats()
    seat.take(grace)
    page = seat.go(NEW)
    page.set_input_files("#file", file)
    return page


def chosen(page: Page) -> int:
    """Return how many files are chosen on the page."""
    count: int = page.locator("#file").evaluate("field => field.files.length")
    return count


def test_a_cut_line_keeps_the_file_and_sends_it_again(
    seats: Seats, grace: Cast, file: Path
) -> None:
    page = opened(seats, grace, file)
    tries: list[str] = []

    def line(route: Route) -> None:
        tries.append(route.request.method)
        return route.abort("connectionreset") if len(tries) == 1 else route.fallback()

    page.route(f"**{NEW}*", line)
    page.locator("main form button").click()
    page.locator("main [role=status]", has_text=CUT).wait_for()
    assert chosen(page) == 1
    # By itself after five seconds; the button need not be pressed.
    page.wait_for_url("**/staff-lists/*-*")
    assert len(tries) == 2
    assert "list.csv" in page.locator("main").inner_text()


def test_the_button_need_not_wait(seats: Seats, grace: Cast, file: Path) -> None:
    page = opened(seats, grace, file)
    page.clock.install()
    page.context.set_offline(True)
    page.locator("main form button").click()
    page.locator("main [role=status]", has_text=CUT).wait_for()
    page.context.set_offline(False)
    page.locator("main form button").click()
    page.wait_for_url("**/staff-lists/*-*")


def test_a_refusal_is_shown_and_the_next_file_goes_the_same_way(
    seats: Seats, grace: Cast, file: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    page = opened(seats, grace, empty)
    page.locator("main form button").click()
    page.locator("main [role=alert]", has_text="This file is empty.").wait_for()
    page.set_input_files("#file", file)
    page.locator("main form button").click()
    page.wait_for_url("**/staff-lists/*-*")


def test_a_server_that_cannot_take_it_says_so_and_the_file_stays(
    seats: Seats, grace: Cast, file: Path
) -> None:
    page = opened(seats, grace, file)
    body = (
        "<!doctype html><title>x</title><main><h1>x</h1><p role=alert>The disk is full.</p></main>"
    )
    page.route(
        f"**{NEW}*", lambda route: route.fulfill(status=507, content_type="text/html", body=body)
    )
    page.locator("main form button").click()
    page.locator("main [role=status]", has_text="The disk is full.").wait_for()
    assert chosen(page) == 1


def test_without_scripts_the_browser_sends_it(seats: Seats, grace: Cast, file: Path) -> None:
    seat = seats(scripts=False)
    seat.take(grace)
    page = seat.go(NEW)
    page.set_input_files("#file", file)
    page.locator("main form button").click()
    page.wait_for_url("**/staff-lists/*-*")

"""Signing out while answers wait in the browser: send them, leave them, throw them away."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.journeys.house import House
from tests.journeys.seat import Seat, Seats
from tests.journeys.test_outbox import tick
from tests.people import Cast

pytestmark = pytest.mark.browser

NOT_SENT = "Answers of yours that are only on this computer: 1."


@pytest.fixture
def person(house: House) -> Cast:
    return house.person()


@pytest.fixture
def attempt_id(house: House, person: Cast) -> UUID:
    return house.test(person)


@pytest.fixture
def leaving(seats: Seats, person: Cast, attempt_id: UUID) -> Seat:
    """Return a seat where somebody wants to sign out while one answer cannot be sent."""
    seat = seats(person)
    seat.quiz(attempt_id)
    seat.context.route("**/answers", lambda route: route.abort())
    tick(seat)
    seat.hears("No contact with the server")
    seat.sign_out()
    seat.page.wait_for_url("**/sign-out")
    seat.page.locator("output", has_text=NOT_SENT).wait_for()
    return seat


def test_send_them_now(house: House, leaving: Seat, attempt_id: UUID) -> None:
    leaving.page.locator("[data-send]").click()
    leaving.page.locator("output", has_text=NOT_SENT).wait_for()
    leaving.context.unroute("**/answers")
    # The answer may go by itself a moment before the hand does; then the button is gone already.
    leaving.page.locator("[data-send]").dispatch_event("click")
    leaving.page.locator("output", has_text="All your answers are on the server").wait_for()
    assert leaving.page.locator("[data-throw-away]").is_hidden()
    assert len(house.answers(attempt_id)) == 1
    leaving.page.locator("main form button").click()
    leaving.page.locator("[name=service_number]").wait_for()


def test_leave_them_here(house: House, leaving: Seat, person: Cast, attempt_id: UUID) -> None:
    leaving.page.locator("main form button").click()
    leaving.page.locator("[name=service_number]").wait_for()
    assert len(leaving.outbox) == 1
    leaving.context.unroute("**/answers")
    leaving.sign_in(person)
    leaving.page.wait_for_function("() => !localStorage.outbox")
    assert len(house.answers(attempt_id)) == 1


def test_throw_them_away_asks_once_more(house: House, leaving: Seat, attempt_id: UUID) -> None:
    leaving.page.locator("[data-throw-away]").click()
    assert len(leaving.outbox) == 1
    leaving.page.get_by_role("button", name="Really throw these answers away").click()
    leaving.page.locator("output", has_text="They are thrown away").wait_for()
    assert leaving.outbox == []
    leaving.context.unroute("**/answers")
    leaving.page.locator("main form button").click()
    leaving.page.locator("[name=service_number]").wait_for()
    assert house.answers(attempt_id) == []


def test_nobody_throws_away_what_a_colleague_wrote(
    house: House, leaving: Seat, person: Cast, attempt_id: UUID
) -> None:
    leaving.take(house.person("Chipo Okello"))
    page = leaving.go("/sign-out")
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-unsent]").is_hidden()
    page.locator("[data-throw-away]").evaluate("(b) => { b.click(); b.click(); }")
    page.wait_for_timeout(300)
    assert len(leaving.outbox) == 1


def test_without_anything_waiting_one_button_is_enough(seats: Seats, person: Cast) -> None:
    seat = seats(person)
    seat.go("/home")
    seat.sign_out()
    seat.page.locator("[name=service_number]").wait_for()
    assert seat.page.locator("[data-send]").count() == 0

"""A password is typed once: whoever wants to see it ticks a box below the field."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.house import CODE, PASSWORD, House
from tests.journeys.seat import Seat, Seats

pytestmark = pytest.mark.browser


def seen(page: Page) -> str:
    """Return what stands in the password's field as whoever looks at the screen sees it."""
    field = page.locator("[name$=password]").last
    return field.input_value() if field.get_attribute("type") == "text" else "•"


def test_the_box_shows_what_is_typed_and_hides_it_again(house: House, seats: Seats) -> None:
    person = house.person()
    house.with_a_code(person)
    seat = seats()
    seat.sign_in(person, CODE)
    page = seat.page
    page.locator("[name=new_password]").fill(PASSWORD)
    assert seen(page) == "•"
    page.get_by_label("Show what I type").check()
    assert seen(page) == PASSWORD
    page.keyboard.press("Space")
    assert seen(page) == "•"


def test_a_browser_that_remembers_fields_of_text_is_sent_none(house: House, seats: Seats) -> None:
    person = house.person()
    house.with_a_code(person)
    seat = seats()
    seat.sign_in(person, CODE)
    page = seat.page
    page.locator("[name=new_password]").fill(PASSWORD)
    page.get_by_label("Show what I type").check()
    page.evaluate(
        """() => addEventListener("submit", ({ target }) => {
             sessionStorage.sent = target.elements.new_password.type;
           })"""
    )
    page.get_by_role("button", name="Use this password").click()
    page.get_by_role("link", name="I have written it down").wait_for()
    assert page.evaluate("sessionStorage.sent") == "password"


def test_a_refused_sign_in_has_the_box_too_and_hides_what_is_typed_anew(
    house: House, seats: Seats
) -> None:
    page = seats().go("/")
    page.locator("[name=service_number]").fill("N-0")
    page.locator("[name=password]").fill("not the one")
    page.get_by_label("Show what I type").check()
    page.get_by_role("button", name="Sign in").click()
    page.locator("[data-focus]").wait_for()
    assert not page.get_by_label("Show what I type").is_checked()
    page.locator("[name=password]").fill(PASSWORD)
    assert seen(page) == "•"
    page.get_by_label("Show what I type").check()
    assert seen(page) == PASSWORD


def test_without_scripts_there_is_no_box_that_does_nothing(house: House, seats: Seats) -> None:
    person = house.person()
    house.with_a_code(person)
    seat: Seat = seats(scripts=False)
    assert not seat.go("/").get_by_label("Show what I type").is_visible()
    seat.sign_in(person, CODE)
    assert not seat.page.get_by_label("Show what I type").is_visible()
    seat.page.locator("[name=new_password]").fill(PASSWORD)
    seat.page.get_by_role("button", name="Use this password").click()
    assert seat.page.get_by_role("link", name="I have written it down").is_visible()

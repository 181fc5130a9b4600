"""A full sign-in queue: with scripts the page tries again by itself, without them it says when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route

from lms.accounts.busy import busy_page
from tests.journeys.house import PASSWORD, House
from tests.journeys.seat import Seats

pytestmark = pytest.mark.browser

WAITING = "Many people are signing in; trying again in 3 seconds."


@pytest.fixture
def full(house: House) -> Callable[[Page, int], list[dict[str, Any]]]:
    """Return a way to let the queue be full for so many tries; what was sent is noted."""
    page_of = busy_page(house.app, retry_after=1)

    def fill(page: Page, times: int) -> list[dict[str, Any]]:
        tries: list[dict[str, Any]] = []

        def gate(route: Route) -> None:
            sent = route.request.post_data or ""
            tries.append(parse_qs(sent))
            if len(tries) > times:
                return route.fallback()
            return route.fulfill(
                status=503,
                headers={"Retry-After": "1"},
                content_type="text/html; charset=utf-8",
                body=page_of("en", sent.encode()),
            )

        page.route("**/sign-in", gate)
        return tries

    return fill


def fill_in(page: Page, number: str, password: str = PASSWORD) -> None:
    page.locator("[name=service_number]").fill(number)
    page.locator("[name=password]").fill(password)
    page.locator("main form button").first.click()


def test_it_tries_again_by_itself_until_it_is_let_in(house: House, seats: Seats, full: Any) -> None:
    person = house.person()
    page = seats().go("/")
    tries = full(page, 2)
    fill_in(page, person.service_number)
    page.locator("main [role=status]", has_text=WAITING).wait_for()
    assert page.locator("[name=password]").input_value() == PASSWORD
    page.wait_for_url("**/en/home")
    assert len(tries) == 3
    assert all(each["password"] == [PASSWORD] for each in tries)
    # Nothing of it lies in the browser.
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    assert PASSWORD not in kept
    page.go_back()
    assert page.locator("[name=password]").count() == 0 or (
        page.locator("[name=password]").input_value() == ""
    )


def test_pressing_again_meanwhile_sends_nothing_more(house: House, seats: Seats, full: Any) -> None:
    person = house.person()
    page = seats().go("/")
    tries = full(page, 1)
    fill_in(page, person.service_number)
    page.locator("main [role=status]", has_text=WAITING).wait_for()
    page.locator("main form button").first.click()
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/en/home")
    assert len(tries) == 2


def test_what_is_corrected_while_it_waits_counts(house: House, seats: Seats, full: Any) -> None:
    person = house.person()
    page = seats().go("/")
    full(page, 1)
    fill_in(page, "wrong")
    page.locator("main [role=status]", has_text=WAITING).wait_for()
    page.locator("[name=service_number]").fill(person.service_number)
    page.wait_for_url("**/en/home")


def test_a_wrong_password_is_said_where_it_was_typed(house: House, seats: Seats) -> None:
    person = house.person()
    page = seats().go("/")
    fill_in(page, person.service_number, "not the right one")
    page.locator("main [role=alert]", has_text="do not belong together").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.locator("[name=service_number]").input_value() == person.service_number
    fill_in(page, person.service_number)
    page.wait_for_url("**/en/home")


def test_a_new_person_goes_on_to_the_choice_of_a_password(house: House, seats: Seats) -> None:
    person = house.person()
    house.with_a_code(person)
    page = seats().go("/")
    fill_in(page, person.service_number, "CQ7M4F2XHPRW")
    page.wait_for_url("**/en/choose-password")


def test_without_scripts_the_number_stays_and_the_page_asks_to_press_again(
    house: House, seats: Seats, full: Any
) -> None:
    person = house.person()
    # On loopback: Chromium trusts a page that a test has made up less than one of the server.
    page = seats(scripts=False, loopback=True).go("/")
    full(page, 1)
    fill_in(page, person.service_number)
    page.locator("main [role=alert]", has_text="Try again in 1 second.").wait_for()
    assert page.locator("[name=service_number]").input_value() == person.service_number
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/en/home")

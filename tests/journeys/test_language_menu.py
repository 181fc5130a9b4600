"""Changing the language of a page with a form: what is typed comes along, scripts or not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.house import COURSE, PASSWORD, House
from tests.journeys.seat import Seat, Seats

pytestmark = pytest.mark.browser

EITHER_WAY = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def change(page: Page, language: str) -> None:
    """Choose a language in the masthead, as a person does."""
    page.locator("header details.pop summary").first.click()
    with page.expect_navigation():
        page.locator(f"header [value=language-{language}]").click()
    assert page.locator("html").get_attribute("lang") == language


@EITHER_WAY
def test_signing_in(house: House, seats: Seats, scripts: bool) -> None:
    person = house.person()
    seat = seats(scripts=scripts)
    page = seat.go("/")
    page.locator("[name=service_number]").fill(person.service_number)
    page.locator("[name=password]").fill(PASSWORD)
    for language in ("ar", "en"):
        change(page, language)
        assert page.locator("[name=service_number]").input_value() == person.service_number
        assert page.locator("[name=password]").input_value() == ""
        assert page.locator("#password-emptied").count() == (language == "ar")
        assert page.locator("main [role=alert]").count() == 0
    change(page, "ar")
    page.locator("[name=password]").fill(PASSWORD)
    # Enter belongs to the form and not to the menu that stands before it.
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/ar/home")


@EITHER_WAY
def test_the_page_that_was_asked_for_comes_in_the_new_language(
    house: House, seats: Seats, scripts: bool
) -> None:
    person = house.person()
    seat = seats(scripts=scripts)
    page = seat.go("/my-data")
    page.locator("[name=service_number]").fill(person.service_number)
    change(page, "ar")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/ar/my-data")


def test_the_name_on_a_certificate(house: House, seats: Seats) -> None:
    person = house.person("Әсел Нұрланқызы", language="kk")
    house.passed(person)
    seat = seats(person, scripts=False)
    page = seat.go(f"/courses/{COURSE}/certificate")
    page.locator("[name=name_latin]").fill("Asel Nurlan")
    change(page, "ar")
    assert page.locator("[name=name_latin]").input_value() == "Asel Nurlan"
    page.locator("[name=name_latin]").fill("Asel Nurlankyzy")
    page.locator("main form button").click()
    page.wait_for_url("**/ar/certificates/*")


def test_this_computer_and_a_code_to_check(seats: Seats) -> None:
    page = seats(scripts=False).go("/this-computer")
    page.locator("[value=own]").check()
    change(page, "ar")
    assert page.locator("[value=own]").is_checked()
    page.goto("/en/v")
    page.locator("[name=code]").fill("KQ7M-4T")
    change(page, "ar")
    assert page.locator("[name=code]").input_value() == "KQ7M-4T"


@EITHER_WAY
def test_a_test_saves_first(house: House, seats: Seats, scripts: bool) -> None:
    person, attempt_id = house.test_with("numeric")
    seat = seats(person, scripts=scripts)
    page = seat.quiz(attempt_id)
    item = house.items(attempt_id, "numeric")[0]
    page.locator(f'[name="a.{item}"]').fill("7")
    change(page, "ar")
    assert page.locator(f'[name="a.{item}"]').input_value() == "7"
    assert [(each.item_id, each.choice) for each in house.answers(attempt_id)] == [(item, "7")]
    # The language in which it was shown, not the one that was asked for.
    assert {each.language for each in house.answers(attempt_id)} == {"en"}


def test_a_page_without_a_form_has_plain_links(seat: Seat) -> None:
    page = seat.go("/home")
    assert page.locator("header a[lang=ar]").count() == 1
    assert page.locator("header [value=language-ar]").count() == 0

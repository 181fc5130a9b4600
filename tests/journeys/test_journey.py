"""From the sign-in page to the certificate, as one person walks it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.journeys.house import CODE, COURSE, House
from tests.journeys.seat import Seat, Seats

pytestmark = pytest.mark.browser

NEW_PASSWORD = "four words about nothing"


def attempt_of(address: str) -> UUID:
    """Return the attempt that a page of a test is about."""
    found = re.search(r"/tests/([0-9a-f-]{36})", address)
    assert found, address
    return UUID(found[1])


def first_sign_in(seat: Seat, service_number: str) -> None:
    """Come with a one-time code, choose a password, write the spare code down."""
    page = seat.go("/")
    page.locator("[name=service_number]").fill(service_number)
    page.locator("[name=password]").fill(CODE)
    page.locator("main form button").first.click()
    page.locator("[name=new_password]").fill(NEW_PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert re.search(r"\w{4}-\w{4}-\w{4}", page.locator("main .num").inner_text())
    page.locator("main a.btn").click()
    page.wait_for_url(f"**/{seat.language}/home")


def take_test(seat: Seat, test: str) -> UUID:
    """Start a test, answer everything rightly, hand it in; return the attempt."""
    page = seat.go(f"/courses/{COURSE}/tests/{test}")
    with page.expect_navigation(url="**/tests/*"):
        page.locator("main form button").click()
    attempt_id = attempt_of(page.url)
    for item, fields in seat.house.right_fields(attempt_id).items():
        seat.choose(item, fields)
    page.locator("button[value=finish]").click()
    page.wait_for_url("**/unanswered")
    assert page.locator("main .say.warn").count() == 0
    page.locator("main form button").click()
    page.wait_for_url("**/result")
    return attempt_id


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_sign_in_to_the_certificate(
    house: House, seats: Seats, language: str, scripts: bool
) -> None:
    person = house.person(language=language)
    house.with_a_code(person)
    seat = seats(scripts=scripts, language=language, loopback=scripts and language == "ar")
    first_sign_in(seat, person.service_number)

    page = seat.course()
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    page.locator("main form .btn:not(.alt)").click()
    page.wait_for_url(f"**/{COURSE}/MR-1.1")
    for lesson in range(12):
        assert page.locator("article h1").count() == 1, lesson
        with page.expect_navigation():
            page.locator("nav.pn form button").click()
    page.wait_for_url(f"**/courses/{COURSE}")

    attempt_id = take_test(seat, "post")
    attempt = house.attempt(attempt_id)
    assert (attempt.state, attempt.percent, attempt.passed) == ("submitted", 100, True)
    assert {each.language for each in house.answers(attempt_id)} == {language}
    assert "100" in page.locator(".say.ok h2").inner_text()

    page.locator("main a.btn").click()
    page.wait_for_url(f"**/courses/{COURSE}/certificate")
    page.locator("main form button").first.click()
    page.wait_for_url("**/certificates/*")
    assert page.locator("h1").count() == 1
    if scripts:
        return
    # The page looks again by itself until the worker has made the paper.
    paper = page.locator("a[href$='/pdf']")
    paper.wait_for()
    with page.expect_download() as downloading:
        paper.click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-1.")

"""A whole test by forms alone: save and go on, what is left, going back, sending twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.journeys.house import House
from tests.journeys.seat import Seat, Seats
from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def person(house: House) -> Cast:
    return house.person()


@pytest.fixture
def attempt_id(house: House, person: Cast) -> UUID:
    return house.test(person)


@pytest.fixture
def seat(seats: Seats, person: Cast, attempt_id: UUID) -> Seat:
    seat = seats(person, scripts=False)
    seat.quiz(attempt_id)
    return seat


def save(seat: Seat, which: int = 0) -> None:
    with seat.page.expect_navigation():
        seat.page.locator(".save button").nth(which).click()


def test_save_and_continue_keeps_what_is_there_and_goes_on(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    buttons = seat.page.locator(".save button")
    assert buttons.count() == 3  # after 5, 10 and 15 of 20
    wanted = list(house.right_fields(attempt_id).items())
    for item, fields in wanted[:3]:
        seat.choose(item, fields)
    save(seat)
    assert seat.page.url.endswith(f"#q-{wanted[5][0]}")
    assert seat.page.locator("main .say.ok").count() == 1
    assert {each.item_id for each in house.answers(attempt_id)} == {i for i, _ in wanted[:3]}
    assert {each.carrier for each in house.answers(attempt_id)} == {"page"}


def test_an_incomplete_answer_is_kept_and_the_last_page_names_it(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    wanted = house.right_fields(attempt_id)
    half = next(item for item, fields in wanted.items() if len(fields) > 2)
    part = next(iter(wanted[half]))
    seat.choose(half, {part: wanted[half][part]})
    for item, fields in wanted.items():
        if item != half:
            seat.choose(item, fields)
    seat.page.locator("button[value=finish]").click()
    seat.page.wait_for_url("**/unanswered")
    links = seat.page.locator("main .say.warn a")
    assert links.count() == 1
    links.click()
    seat.page.wait_for_load_state()
    assert seat.page.url.endswith(f"#q-{half}")
    seat.choose(half, wanted[half])
    seat.page.locator("button[value=finish]").click()
    seat.page.wait_for_url("**/unanswered")
    assert seat.page.locator("main .say.warn").count() == 0
    seat.page.locator("#hand-in button").click()
    seat.page.wait_for_url("**/result")
    assert house.attempt(attempt_id).percent == 100


def test_going_back_and_sending_again_stores_only_what_is_new(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    (first, one), (second, two) = [
        (item, fields)
        for item, fields in house.right_fields(attempt_id).items()
        if list(fields) == [""]
    ][:2]
    seat.choose(first, one)
    save(seat)
    seat.page.go_back()
    seat.choose(first, one)
    seat.choose(second, two)
    save(seat)
    assert [each.item_id for each in house.answers(attempt_id)] == [first, second]
    assert not any(each.stale for each in house.answers(attempt_id))
    for item, fields in ((first, one), (second, two)):
        held = seat.page.locator(f'[name="a.{item}"][value="{fields[""][0]}"]')
        if held.get_attribute("type") in {"radio", "checkbox"}:
            assert held.is_checked()


def test_an_answer_can_be_taken_back(house: House, seats: Seats) -> None:
    person, attempt_id = house.test_with("multiple")
    seat = seats(person, scripts=False)
    seat.quiz(attempt_id)
    item = house.items(attempt_id, "multiple")[0]
    fields = house.right_fields(attempt_id)[item]
    seat.choose(item, fields)
    save(seat)
    for value in fields[""]:
        seat.page.locator(f'[name="a.{item}"][value="{value}"]').uncheck()
    save(seat)
    assert house.answers(attempt_id)[-1].choice is None
    assert seat.page.locator(f'[name="a.{item}"]:checked').count() == 0


def test_handing_in_twice_gives_one_result(
    house: House, seats: Seats, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    other = seats(person, scripts=False)
    for each in (seat, other):
        each.go(f"/tests/{attempt_id}/unanswered")
    for each in (seat, other):
        each.page.locator("#hand-in button").click()
        each.page.wait_for_url("**/result")
    assert house.attempt(attempt_id).state == "submitted"
    seat.quiz(attempt_id)
    assert seat.page.url.endswith("/result")


def test_a_page_sent_after_its_session_ended_is_shown_again_to_the_same_person(
    house: House, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    item, fields = next(iter(house.right_fields(attempt_id).items()))
    seat.choose(item, fields)
    house.end_session(person)
    save(seat)
    assert house.answers(attempt_id) == []
    seat.page.locator("[name=service_number]").fill(person.service_number)
    seat.page.locator("[name=password]").fill("stone lantern river 7")
    seat.page.locator("main form button").first.click()
    seat.page.wait_for_url("**/not-saved-yet")
    seat.page.locator("main form button").first.click()
    seat.page.wait_for_url(f"**/tests/{attempt_id}**")
    assert [each.item_id for each in house.answers(attempt_id)] == [item]


def test_changing_the_language_saves_first(house: House, seat: Seat, attempt_id: UUID) -> None:
    item, fields = next(iter(house.right_fields(attempt_id).items()))
    seat.choose(item, fields)
    seat.page.locator("header .pop summary").first.click()
    seat.page.locator("button[value=language-ar]").click()
    seat.page.wait_for_url(f"**/ar/tests/{attempt_id}")
    assert seat.page.locator("html").get_attribute("dir") == "rtl"
    assert [each.item_id for each in house.answers(attempt_id)] == [item]

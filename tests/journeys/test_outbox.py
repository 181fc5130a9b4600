"""An answer that was given is never lost: not by the line, the tab, the clock or a colleague."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from uuid import UUID

import brotli
import pytest
from playwright.sync_api import Request, Route

from lms import assessment
from tests.journeys.house import House
from tests.journeys.seat import Seat, Seats
from tests.people import Cast

pytestmark = pytest.mark.browser

KEPT = "No contact with the server"
SAVED = "All answers are saved"


@pytest.fixture
def person(house: House) -> Cast:
    return house.person()


@pytest.fixture
def attempt_id(house: House, person: Cast) -> UUID:
    return house.test(person)


@pytest.fixture
def seat(seats: Seats, person: Cast, attempt_id: UUID) -> Seat:
    """Return a seat on a plain-HTTP host name, with the test open in it."""
    seat = seats(person)
    seat.quiz(attempt_id)
    assert seat.page.evaluate("isSecureContext") is False
    return seat


def tick(seat: Seat, place: int = 0) -> str:
    """Answer the single question number ``place``; return the code that was chosen."""
    name, value = seat.first_choices(place + 1)[place]
    seat.page.locator(f'[name="{name}"][value="{value}"]').check()
    return value


def is_answer(request: Request) -> bool:
    """Return whether the browser sends an answer by this request."""
    return request.url.endswith("/answers")


def test_saved_is_said_only_after_the_commit(house: House, seat: Seat, attempt_id: UUID) -> None:
    held: list[Route] = []
    seat.context.route("**/answers", lambda route: held.append(route))
    with seat.context.expect_event("request", is_answer):
        tick(seat)
    seat.page.wait_for_timeout(300)
    assert seat.state == "Saving …"
    assert house.answers(attempt_id) == []
    held[0].continue_()
    seat.hears(SAVED)
    assert len(house.answers(attempt_id)) == 1
    assert seat.outbox == []


# Clicks while the page looks whether anything is left, right after an answer was acknowledged.
CLICK_WHILE_IT_LOOKS = """(name) => {
  const { delete: drop, getAll: look } = IDBObjectStore.prototype;
  let stored = 0;
  IDBObjectStore.prototype.delete = function (key) { stored++; return drop.call(this, key); };
  IDBObjectStore.prototype.getAll = function () {
    const asked = look.call(this);
    if (stored === 1) document.querySelector(`[name="${name}"]`).click();
    return asked;
  };
}"""


def test_saved_is_not_said_while_the_next_answer_is_only_being_kept(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    sent: list[Route] = []

    def line(route: Route) -> None:
        sent.append(route)
        if len(sent) == 1:
            route.continue_()

    seat.context.route("**/answers", line)
    seat.page.evaluate(CLICK_WHILE_IT_LOOKS, seat.first_choices(2)[1][0])
    one_more = count()
    with seat.context.expect_event("request", lambda each: is_answer(each) and next(one_more) == 1):
        tick(seat)
    seat.page.wait_for_timeout(300)
    assert seat.state == "Saving …"
    assert len(house.answers(attempt_id)) == 1
    sent[1].continue_()
    seat.hears(SAVED)
    assert len(house.answers(attempt_id)) == 2


def test_what_is_only_typed_is_not_called_saved(house: House, seats: Seats) -> None:
    person, attempt_id = house.test_with("numeric")
    seat = seats(person)
    seat.quiz(attempt_id)
    seat.page.evaluate("() => { window.setTimeout = () => 0; }")  # no pause in typing ever ends
    seat.page.locator("fieldset.q input.num").first.press_sequentially("22")
    assert seat.state == "Saving …"
    tick(seat)  # which leaves the field
    seat.hears(SAVED)
    assert {each.choice for each in house.answers(attempt_id)} > {"22"}


def test_every_answer_of_a_row_of_clicks_is_stored(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    wanted = house.right_fields(attempt_id)
    for item, fields in wanted.items():
        seat.choose(item, fields)
    seat.hears(SAVED)
    assert {each.item_id for each in house.answers(attempt_id)} == set(wanted)
    assert seat.outbox == []
    seat.quiz(attempt_id)
    assert seat.page.locator("fieldset.q :checked").count() > 0


def test_a_cut_line_keeps_the_answer_and_sends_it_later(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    seat.cut()
    tick(seat, 0)
    tick(seat, 1)
    seat.hears(KEPT)
    seat.hears("waiting: 2")
    kept = seat.outbox
    assert [each["n"] for each in kept] == [1, 2]
    assert "Amina" not in str(kept)
    assert house.answers(attempt_id) == []
    seat.cut(False)
    seat.hears(SAVED)
    assert [each.n for each in house.answers(attempt_id)] == [1, 2]
    assert house.answers(attempt_id)[0].carrier == "outbox"
    assert seat.outbox == []


def test_a_server_that_refuses_for_a_moment_gets_the_answer_by_itself(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    seat.context.route("**/answers", lambda route: route.fulfill(status=503, body="busy"))
    tick(seat)
    seat.hears(KEPT)
    seat.context.unroute("**/answers")
    seat.hears(SAVED)  # nobody touched anything
    assert len(house.answers(attempt_id)) == 1


def test_another_machine_that_answers_in_the_place_of_the_server_is_not_believed(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    door = "<!doctype html><title>Wireless network</title><p>Welcome. Accept the rules."
    seat.context.route(
        "**/answers", lambda route: route.fulfill(body=door, content_type="text/html")
    )
    tick(seat)
    seat.hears(KEPT)
    assert len(seat.outbox) == 1
    seat.context.unroute("**/answers")
    seat.hears(SAVED)
    assert len(house.answers(attempt_id)) == 1


def test_an_answer_survives_its_tab_and_is_sent_from_any_page(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    seat.cut()
    tick(seat)
    seat.hears(KEPT)
    seat.page.close()
    seat.cut(False)
    seat.new_page()
    with seat.page.expect_response("**/answers"):
        seat.go("/home")
    assert len(house.answers(attempt_id)) == 1
    seat.page.wait_for_function("() => !localStorage.outbox")


@pytest.mark.parametrize("handed", [False, True])
def test_a_page_knows_when_another_window_has_sent_what_it_kept(
    house: House, seat: Seat, attempt_id: UUID, handed: bool
) -> None:
    page = seat.page
    page.route("**/answers", lambda route: route.abort())
    page.route("**/hand-in", lambda route: route.abort())
    page.route("**/answers/who", lambda route: route.abort())
    tick(seat)
    seat.hears("waiting: 1")
    if handed:
        page.locator("button[value=finish]").click()
        page.locator("#offer button").first.click()
        seat.hears("Your test is handed in on this computer")
    other = seat.context.new_page()
    other.goto("/en/home")
    other.wait_for_function("() => !localStorage.outbox")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    if handed:
        page.wait_for_url("**/result")
    else:
        seat.hears("Every answer that you have saved is on the server.")
        assert page.locator("#state .wait").count() == 0
    assert len(house.answers(attempt_id)) == 1


def test_what_is_left_is_listed_as_the_language_does(house: House, seats: Seats) -> None:
    person = house.person(language="ar")
    seat = seats(person, language="ar")
    seat.quiz(house.test(person, language="ar"))
    seat.cut()
    seat.page.locator("button[value=finish]").click()
    assert "1، 2، 3" in seat.page.locator("#offer").inner_text()


def test_a_number_that_was_only_typed_is_kept_when_the_page_is_put_away(
    house: House, seats: Seats
) -> None:
    person, attempt_id = house.test_with("numeric")
    seat = seats(person)
    seat.quiz(attempt_id)
    seat.page.evaluate("() => { window.setTimeout = () => 0; }")  # no pause in typing ever ends
    seat.page.locator("fieldset.q input.num").first.press_sequentially("22")
    seat.page.evaluate(
        """() => { Object.defineProperty(document, "hidden", { get: () => true });
                   document.dispatchEvent(new Event("visibilitychange")); }"""
    )
    seat.hears(SAVED)
    assert house.answers(attempt_id)[-1].choice == "22"


def test_enter_in_a_number_stays_at_the_question_and_keeps_it(house: House, seats: Seats) -> None:
    person, attempt_id = house.test_with("numeric")
    seat = seats(person)
    page = seat.quiz(attempt_id)
    page.locator(".save").first.wait_for(state="hidden")
    field = page.locator("fieldset.q input.num").first
    field.press_sequentially("22")
    page.evaluate("window.stayed = true")
    field.press("Enter")
    seat.hears(SAVED)
    # Longer than a press of a button of the page would have taken.
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.stayed") is True
    assert [answer.choice for answer in house.answers(attempt_id)] == ["22"]
    assert field.input_value() == "22"


def test_a_session_that_ended_keeps_the_answer_for_the_same_person(
    house: House, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    house.end_session(person)
    tick(seat)
    seat.hears("You are signed out")
    assert len(seat.outbox) == 1
    test = seat.page
    seat.new_page()
    seat.sign_in(person)
    seat.page.wait_for_url("**/home")
    seat.page.wait_for_function("() => !localStorage.outbox")
    assert len(house.answers(attempt_id)) == 1
    # The page that was left open goes on with the new session.
    seat.page.close()
    seat.page = test
    tick(seat, 1)
    seat.hears(SAVED)
    assert len(house.answers(attempt_id)) == 2


def test_another_person_in_between_never_sends_or_sees_it(
    house: House, seats: Seats, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    chipo = house.person("Chipo Okello")
    own = house.test(chipo)
    seat.cut()
    tick(seat)
    seat.hears(KEPT)
    seat.page.close()
    seat.cut(False)
    house.end_session(person)
    sent: list[str] = []
    seat.context.on(
        "request", lambda each: sent.append(each.url) if each.method == "POST" else None
    )
    seat.new_page()
    seat.sign_in(chipo)
    seat.page.wait_for_url("**/home")
    seat.page.wait_for_load_state("networkidle")
    seat.quiz(own)
    assert seat.state == "Every answer that you have saved is on the server."
    seat.page.wait_for_load_state("networkidle")
    assert [url for url in sent if "/answers" in url] == []
    assert len(seat.outbox) == 1
    tick(seat)
    seat.hears(SAVED)
    assert len(house.answers(own)) == 1
    assert house.answers(attempt_id) == []
    seat.page.locator("header .pop").last.locator("summary").click()
    seat.page.locator("form[data-sign-out] button").click()
    seat.page.wait_for_url("**/en/")  # nothing of hers waits, so nobody is asked

    seat.sign_in(person)
    seat.page.wait_for_function("() => !localStorage.outbox")
    stored = house.answers(attempt_id)
    assert [each.entered_by for each in stored] == [None]
    assert len(house.answers(own)) == 1


def test_a_page_that_stayed_open_never_writes_for_who_signed_in_since(
    house: House, seats: Seats, seat: Seat, attempt_id: UUID
) -> None:
    chipo = house.person("Chipo Okello")
    seat.take(chipo)
    tick(seat)
    seat.hears("Somebody else is signed in")
    seat.page.locator("button[value=finish]").click()
    seat.page.wait_for_load_state("networkidle")
    assert seat.page.url.endswith(str(attempt_id))
    assert house.answers(attempt_id) == []
    assert len(seat.outbox) == 1


@pytest.mark.parametrize("tab", ["stays", "is closed"])
def test_handing_in_without_a_line_is_kept_and_sent(
    house: House, seat: Seat, attempt_id: UUID, tab: str
) -> None:
    seat.cut()
    tick(seat)
    seat.hears(KEPT)
    seat.page.locator("button[value=finish]").click()
    offer = seat.page.locator("#offer")
    assert "Unanswered: " in offer.inner_text()
    offer.locator("button").first.click()
    seat.hears("Your test is handed in on this computer")
    assert seat.page.locator("fieldset.q:not(:disabled)").count() == 0
    assert house.attempt(attempt_id).state == "open"
    if tab == "stays":
        seat.cut(False)
        seat.page.wait_for_url("**/result")
    else:
        seat.page.close()
        seat.cut(False)
        seat.new_page()
        seat.go("/home")
        seat.page.wait_for_function("() => !localStorage.outbox")
    assert house.attempt(attempt_id).state == "submitted"
    assert [each.late for each in house.answers(attempt_id)] == [None]


def test_the_line_that_breaks_before_the_last_button_changes_nothing(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    seat.page.locator("button[value=finish]").click()
    seat.page.wait_for_url("**/unanswered")
    seat.cut()
    seat.page.locator("#hand-in button").click()
    seat.hears("Your test is handed in on this computer")
    seat.cut(False)
    seat.page.wait_for_url("**/result")
    assert house.attempt(attempt_id).state == "submitted"


def test_two_pages_at_once_ask_the_person(
    house: House, seats: Seats, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    other = seats(person)
    other.quiz(attempt_id)
    name, _ = seat.first_choices(1)[0]
    codes = seat.page.locator(f'[name="{name}"]').evaluate_all("(all) => all.map((e) => e.value)")
    other.page.locator(f'[name="{name}"][value="{codes[0]}"]').check()
    other.hears(SAVED)
    seat.page.locator(f'[name="{name}"][value="{codes[1]}"]').check()
    seat.hears("Another page has changed an answer")
    assert [each.stale for each in house.answers(attempt_id)] == [False, True]

    seat.page.reload()
    asked = seat.page.locator("section.say.warn")
    assert asked.locator("form").count() == 2
    assert seat.page.locator(f'[name="{name}"]:checked').get_attribute("value") == codes[0]
    with seat.page.expect_navigation():
        asked.get_by_role("button", name="Use this answer").click()
    assert seat.page.locator("section.say.warn").count() == 0
    assert seat.page.locator(f'[name="{name}"]:checked').get_attribute("value") == codes[1]
    assert len(house.answers(attempt_id)) == 3  # nothing vanished


def test_what_arrived_but_was_not_acknowledged_counts_once(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    def swallow(route: Route) -> None:
        # Sent on by the test itself, which knows no station's names.
        url = route.request.url.replace(house.station, house.loopback)
        route.fetch(url=url, headers={**route.request.headers, "origin": house.loopback})
        route.abort()

    seat.context.route("**/answers", swallow)
    tick(seat)
    seat.hears(KEPT)
    assert len(house.answers(attempt_id)) == 1
    seat.context.unroute("**/answers")
    seat.hears(SAVED)
    assert len(house.answers(attempt_id)) == 1


def test_going_back_to_the_page_and_answering_on_loses_nothing(
    house: House, seat: Seat, attempt_id: UUID
) -> None:
    tick(seat, 0)
    seat.hears(SAVED)
    seat.page.locator("button[value=finish]").click()
    seat.page.wait_for_url("**/unanswered")
    seat.page.go_back()
    seat.page.wait_for_load_state()
    tick(seat, 1)
    seat.hears(SAVED)
    assert len({each.item_id for each in house.answers(attempt_id)}) == 2
    assert not any(each.stale for each in house.answers(attempt_id))


def test_an_answer_after_the_end_is_kept_and_the_page_says_that_it_does_not_count(
    house: House, seats: Seats, seat: Seat, person: Cast, attempt_id: UUID
) -> None:
    other = seats(person)
    other.go(f"/tests/{attempt_id}/unanswered")
    other.page.locator("#hand-in button").click()
    other.page.wait_for_url("**/result")
    tick(seat)
    seat.hears("does not count")
    assert [each.late for each in house.answers(attempt_id)] == ["late"]
    assert house.attempt(attempt_id).percent == 0


def test_what_nobody_came_back_for_goes_after_400_days(seat: Seat) -> None:
    seat.page.evaluate(
        """() => new Promise((done) => {
             localStorage.outbox = "1";
             const asked = indexedDB.open("lms", 1);
             asked.onsuccess = () => {
               const transaction = asked.result.transaction("outbox", "readwrite");
               const kept = transaction.objectStore("outbox");
               for (const days of [399, 401])
                 kept.put({ page: "p" + days, n: 1, person: "somebody else", item: "MR-Q1",
                            claimed: Date.now() - days * 864e5 });
               transaction.oncomplete = () => { asked.result.close(); done(); };
             };
           })"""
    )
    seat.go("/home")
    assert [each["page"] for each in seat.keeps(1)] == ["p399"]


def test_a_browser_that_keeps_nothing_says_so_and_saves_all_the_same(
    house: House, seats: Seats, person: Cast, attempt_id: UUID
) -> None:
    seat = seats(person)
    seat.context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    seat.quiz(attempt_id)
    seat.hears("This browser cannot keep answers")
    assert seat.page.locator(".save button").first.is_visible()
    tick(seat)
    seat.hears(SAVED)
    with seat.page.expect_navigation():
        seat.page.locator(".save button").first.click()
    assert len(house.answers(attempt_id)) == 1


def test_the_script_of_a_test_stays_small() -> None:
    script = Path(assessment.__file__).parent / "static/js/answers.js"
    assert len(brotli.compress(script.read_bytes(), mode=brotli.MODE_TEXT)) <= 4096

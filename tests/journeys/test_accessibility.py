"""The whole journey by keyboard alone, and no fault that axe-core finds on any of its pages."""

from __future__ import annotations

from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.house import CODE, COURSE, PASSWORD, House
from tests.journeys.seat import Seat, Seats, undisturbed
from tests.journeys.test_journey import attempt_of

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const at = document.activeElement;
  return [at.tagName.toLowerCase(), at.type || "", at.name || "", at.value || "",
          (at.textContent || "").trim(), !!at.closest("main")];
}"""
# Sixty stops lead through the longest page that a person walks from top to bottom.
MOST_STOPS = 60


def faults(page: Page) -> list[str]:
    """Return what axe-core says against a page: rule, and the first place."""
    found = undisturbed(page, lambda: Axe().run(page)).response["violations"]
    return [
        f"{each['id']} at {each['nodes'][0]['target']} in {page.url}: "
        f"{each['nodes'][0]['failureSummary']}"
        for each in found
    ]


def pages_of(seat: Seat, attempt_id: UUID) -> list[str]:
    """Return the pages of the journey while a test is open."""
    return [
        "/home",
        f"/courses/{COURSE}",
        f"/courses/{COURSE}/MR-1.1",
        f"/courses/{COURSE}/tests/post",
        f"/courses/{COURSE}/MR-1.2",
        f"/courses/{COURSE}/MR-1.2/print",
        "/my-data",
        "/this-computer",
        f"/tests/{attempt_id}",
        f"/tests/{attempt_id}/unanswered",
        "/sign-out",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_of_the_journey_has_a_fault(
    house: House, seats: Seats, language: str, theme: str
) -> None:
    person = house.person(language=language)
    attempt_id = house.test(person, language=language)
    visitor = seats(language=language, color_scheme=theme, bypass_csp=True)
    found = faults(visitor.go("/"))
    seat = seats(person, language=language, color_scheme=theme, bypass_csp=True)
    for path in pages_of(seat, attempt_id):
        found += faults(seat.go(path))
    seat.quiz(attempt_id)
    seat.cut()
    seat.page.locator("fieldset.q input[type=radio]").first.check()
    seat.page.locator("#state .wait").wait_for()
    seat.page.locator("button[value=finish]").click()
    seat.page.locator("#offer").wait_for()
    found += faults(seat.page)
    seat.cut(False)
    seat.page.locator("#offer button").first.click()
    seat.page.wait_for_url("**/result")
    found += faults(seat.page)
    assert found == []


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("ar", "light")])
def test_the_first_and_the_last_pages_have_no_fault(
    house: House, seats: Seats, language: str, theme: str
) -> None:
    person = house.person("Noura Haddad", language=language)
    attempt_id = house.passed(person, language)
    house.with_a_code(person)
    seat = seats(language=language, color_scheme=theme, bypass_csp=True)
    seat.sign_in(person, CODE)
    found = faults(seat.page)
    seat.page.locator("[name=new_password]").fill(PASSWORD)
    for path in ("**/choose-password", "**/home"):
        found += faults(seat.page)
        with seat.page.expect_navigation(url=path):
            seat.page.locator("main .btn").first.click()
    found += faults(seat.go(f"/tests/{attempt_id}/result"))
    found += faults(seat.go(f"/courses/{COURSE}/certificate"))
    seat.page.locator("main form button").first.click()
    seat.page.wait_for_url("**/certificates/*")
    found += faults(seat.page)
    seat.page.locator("a[href$='/pdf']").wait_for()
    found += faults(seat.page)
    assert found == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_two_answers_to_one_question_without_a_fault(
    house: House, seats: Seats, language: str
) -> None:
    person = house.person(language=language)
    attempt_id = house.test(person, language=language)
    one, other = (seats(person, language=language, bypass_csp=True) for _ in range(2))
    for each in (one, other):
        each.quiz(attempt_id)
    for place, each in enumerate((one, other)):
        radios = each.page.locator("fieldset.q input[type=radio]")
        name = radios.first.get_attribute("name")
        with each.page.expect_response("**/answers"):
            each.page.locator(f'[name="{name}"]').nth(place).check()
    one.quiz(attempt_id)
    assert one.page.locator("section.say.warn form").count() == 2
    assert faults(one.page) == []


class Keyboard:
    """A person with a keyboard and nothing else."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat

    def reach(self, **wanted: str) -> None:
        """Press Tab until a control of the page's own part fits; fail where none ever does."""
        for _ in range(MOST_STOPS):
            self.seat.page.keyboard.press("Tab")
            tag, kind, name, value, text, in_main = self.seat.page.evaluate(FOCUSED)
            here = {"tag": tag, "kind": kind, "name": name, "value": value, "text": text}
            if in_main and all(here[key] == each for key, each in wanted.items()):
                assert self.is_seen(), f"the focus on {here} cannot be seen"
                return
        raise AssertionError(f"Tab never reached {wanted} on {self.seat.page.url}")

    def is_seen(self) -> bool:
        """Return whether the focused control shows that it is focused."""
        seen: bool = self.seat.page.evaluate(
            """() => {
              const style = getComputedStyle(document.activeElement);
              return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            }"""
        )
        return seen

    def press(self, key: str) -> None:
        self.seat.page.keyboard.press(key)

    def enter(self, towards: str) -> None:
        """Press Enter and wait for the page that follows."""
        with self.seat.page.expect_navigation(url=towards):
            self.press("Enter")

    def answer(self, item: str, fields: dict[str, list[str]]) -> None:
        """Answer a question: arrows in a group of radio buttons, space on a box, letters else."""
        for part, values in fields.items():
            name = f"a.{item}:{part}" if part else f"a.{item}"
            first = self.seat.page.locator(f'[name="{name}"]').first
            kind = first.evaluate("(field) => field.type")
            if kind == "checkbox":
                for value in values:
                    self.seat.page.locator(f'[name="{name}"][value="{value}"]').focus()
                    self.press("Space")
                continue
            first.focus()
            if kind == "radio":
                self.press("Space")
                for _ in range(8):
                    if self.seat.page.evaluate("document.activeElement.value") == values[0]:
                        break
                    self.press("ArrowDown")
            elif kind == "select-one":
                for _ in range(12):
                    if first.input_value() == values[0]:
                        break
                    self.press("ArrowDown")
            else:
                self.seat.page.keyboard.type(values[0])


def test_the_journey_by_keyboard_alone(house: House, seats: Seats) -> None:
    person = house.person()
    house.begun(person, lessons=11)
    seat = seats(viewport={"width": 1280, "height": 800})
    keys = Keyboard(seat)
    page = seat.go("/")
    assert page.evaluate("document.activeElement.name") == "service_number"
    page.keyboard.type(person.service_number)
    keys.reach(name="password")
    page.keyboard.type(PASSWORD)
    keys.enter("**/home")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip vh"
    keys.press("Enter")
    keys.press("Tab")
    keys.enter(f"**/courses/{COURSE}/MR-4.3*")
    keys.reach(kind="submit", text="Mark as done and continue")
    keys.enter(f"**/courses/{COURSE}")
    seat.go(f"/courses/{COURSE}/tests/post")
    keys.reach(kind="submit")
    keys.enter("**/tests/*")
    attempt_id = attempt_of(page.url)
    for item, fields in house.right_fields(attempt_id).items():
        keys.answer(item, {part: list(values) for part, values in fields.items()})
    keys.reach(kind="submit", value="finish")
    keys.enter("**/unanswered")
    keys.reach(kind="submit")
    keys.enter("**/result")
    attempt = house.attempt(attempt_id)
    assert (attempt.state, attempt.percent) == ("submitted", 100)


def test_the_panel_that_hands_in_without_a_line_takes_the_focus(house: House, seats: Seats) -> None:
    person = house.person()
    attempt_id = house.test(person)
    seat = seats(person)
    keys = Keyboard(seat)
    seat.quiz(attempt_id)
    seat.cut()
    seat.page.locator("button[value=finish]").focus()
    keys.press("Enter")
    seat.page.locator("#offer:focus").wait_for()
    keys.press("Tab")
    assert seat.page.evaluate("document.activeElement.textContent") == "Hand in the test"
    keys.press("Tab")
    keys.press("Enter")
    assert seat.page.locator("#offer").count() == 0
    assert seat.page.evaluate("document.activeElement.value") == "finish"

"""A trainer's first course: from nothing to an edition that a colleague reads, in two languages.

Every page on the way is looked at: it is no wider than the screen, and axe-core finds no fault.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route
from sqlalchemy import select

from lms.authoring.drafts.models import Draft
from lms.db import reading, transaction
from tests.authoring.writers import with_roles
from tests.journeys.house import House
from tests.journeys.seat import Seats
from tests.journeys.test_office import Office
from tests.people import Cast

pytestmark = pytest.mark.browser

LESSON = """\
+++
title = "When it burns"
+++

::: objectives
- Say what to do first when there is smoke.
:::

## What comes first

You raise the alarm before you look for the fire. Smoke kills faster than flames.
"""
ARABIC = (
    "عندما تشتعل النار", "- قول ما يجب فعله أولاً عند رؤية الدخان.", "ما يأتي أولاً",
    "يُطلق الإنذار قبل البحث عن النار. الدخان يقتل أسرع من اللهب.",
)  # fmt: skip


class Writer(Office):
    """The desk of somebody who writes courses."""

    base = ""

    def go(self, path: str) -> None:
        """Open a page of the writers and look at it."""
        self.seat.go(f"/write{path}")
        self.look()

    def room(self, path: str = "") -> None:
        """Open a room of the draft."""
        self.go(f"/{self.base}{path}")


def with_role(house: House, person: Cast, role: str, course: str) -> None:
    with house.app.app_context(), transaction() as session:
        with_roles(session, person, role, course=course)


def begin(writer: Writer, slug: str) -> None:
    page = writer.page
    writer.go("/new")
    page.fill("#title", "Fire safety")
    page.fill("#lesson_title", "When it burns")
    page.fill("#slug", slug)
    page.select_option("#source", "en")
    page.fill("#prefix", "FS")
    writer.press(writer.main_button, re.compile(r"/write/[0-9a-f-]{36}$"))
    writer.base = page.url.rpartition("/")[2]


def write_lesson(writer: Writer) -> None:
    page = writer.page
    writer.room("/text/en/FS-1.1.md")
    page.fill("#text", LESSON)
    writer.press(page.locator("button[value=preview]"), re.compile(r"/preview/en/FS-1\.1$"))
    assert "Smoke kills faster than flames." in writer.words()
    writer.room("/preview/en/FS-1.1?as=phone")


def write_question(writer: Writer, number: int) -> None:
    page = writer.page
    writer.room("/questions/new?lesson=FS-1.1&kind=single")
    page.locator("[name=section]").select_option(index=2)
    page.locator("[name=outcome]").select_option("a")
    page.fill("[name='stem-0']", f"You see smoke in cell {number}. What do you do first?")
    choices = ("I raise the alarm.", "I look for the fire.", "I wait for the relief.")
    for place, words in enumerate(choices):
        page.fill(f"[name='text-0-{place}']", words)
        page.fill(f"[name='why-0-{place}']", "The alarm comes first.")
    page.locator("[name='right-0']").first.check()
    writer.press(
        page.locator("#form .btn[value=save]"), re.compile(r"/questions(/FS-1-\d{3})?(\?.*)?$")
    )


def translate(writer: Writer) -> None:
    """Bring the lesson into Arabic, one block after the other."""
    page = writer.page
    words = iter(ARABIC)
    writer.room("/translate/ar/FS-1.1")
    for _ in range(3):
        for field in page.locator("#form [lang=ar]:is(input, textarea)").all():
            field.fill(next(words))
        with page.expect_navigation():
            page.locator("#form .btn:not(.alt):not(.vh)").first.click()
        writer.look()
    writer.room("/translate/ar/FS-1.1?show=new")
    assert next(words, None) is None


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("ar", False)])
def test_from_nothing_to_an_edition(
    house: House, seats: Seats, language: str, scripts: bool
) -> None:
    author = house.person("Aruzhan Seitova", language=language)
    with_role(house, author, "author", "C01")
    publisher = house.person("Peter Okello", language=language)
    slug = f"fire-safety-{language}"
    writer = Writer(seats(author, scripts=scripts, language=language), scripts)
    begin(writer, slug)
    write_lesson(writer)
    for number in range(1, 6):
        write_question(writer, number)
    translate(writer)
    writer.room("/course")
    writer.room("/course/access")
    writer.page.locator("#form [name=access][value=open]").check()
    writer.press(writer.main_button, re.compile(r"/course([?#].*)?$"))

    writer.room("/review")
    with writer.page.expect_navigation():
        writer.page.locator("main form .btn").first.click()
    writer.wait_for(writer.page.locator("main form[action$='/ask'] .btn"))
    writer.look()
    with writer.page.expect_navigation():
        writer.page.locator("main form[action$='/ask'] .btn").click()

    with house.app.app_context():
        course = reading().scalars(select(Draft.course_id).where(Draft.slug == slug)).one()
    with_role(house, publisher, "publisher", course)
    approver = Writer(seats(publisher, scripts=scripts, language=language), scripts)
    approver.base = writer.base
    approver.room("/review")
    with approver.page.expect_navigation():
        approver.page.locator("main form[action$='/approve'] .btn").click()
    approver.wait_for(approver.page.locator("main ul.ticks li", has_text=re.compile("1.0|·")).last)
    learner = seats(house.person(language=language), scripts=scripts, language=language)
    for _ in range(100):
        learner.go(f"/courses/{slug}")
        if learner.page.locator("main form .btn").count():
            break
        learner.page.wait_for_timeout(200)
    with learner.page.expect_navigation():
        learner.page.locator("main form .btn").first.click()
    learner.go(f"/courses/{slug}/FS-1.1")
    said = learner.page.locator("main").inner_text()
    assert (ARABIC[3] if language == "ar" else "Smoke kills faster than flames.") in said


# Long enough that its last part lies below the panel, and with a mark of the program.
LONG = f"""{LESSON}
## What comes last {{#fs11-9}}

You count everybody outside.
""".replace("Smoke", "Nobody opens a warm door.\n\n" * 40 + "Smoke")


def test_the_lesson_follows_what_is_written(house: House, seats: Seats) -> None:
    author = house.person("Aruzhan Seitova")
    with_role(house, author, "author", "C01")
    seat = seats(author, bypass_csp=True, viewport={"width": 1280, "height": 800})
    writer = Writer(seat, scripts=True)
    page = writer.page
    begin(writer, "followed")
    page.clock.install()
    writer.room("/text/en/FS-1.1.md")
    panel = page.locator("#follow")
    page.fill("#text", LONG)
    page.clock.run_for(6000)
    panel.get_by_text("You count everybody outside.").wait_for()
    writer.look()
    assert panel.locator("a[href], form, script").count() == 0
    # Where somebody writes is what the panel shows.
    page.locator("#text").press("Control+Home")
    page.clock.run_for(300)
    assert panel.evaluate("(panel) => panel.scrollTop") == 0
    page.locator("#text").press("Control+End")
    page.clock.run_for(300)
    assert panel.evaluate("(panel) => panel.scrollTop") > 100
    assert panel.get_by_text("You count everybody outside.").is_visible()

    seat.cut()
    page.locator("#text").press_sequentially("They are all there.")
    page.clock.run_for(6000)
    page.locator("#state", has_text="No network").wait_for()
    assert panel.get_by_text("You count everybody outside.").is_visible()
    seat.cut(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    panel.get_by_text("They are all there.").wait_for()

    # Whoever wants the whole width for the text says so once.
    page.locator("#follows").press("Space")
    assert not panel.is_visible()
    page.reload()
    page.locator("#follows").wait_for()
    assert not panel.is_visible()

    phone = Writer(seats(author, bypass_csp=True), scripts=True)
    phone.base = writer.base
    phone.room("/text/en/FS-1.1.md")
    below = phone.page.locator("#follow")
    assert not below.is_visible()
    phone.page.locator("#follows").check()
    below.get_by_text("They are all there.").wait_for()
    phone.look()


def test_what_is_written_while_the_line_is_slow_is_saved_as_well(
    house: House, seats: Seats
) -> None:
    author = house.person("Aruzhan Seitova")
    with_role(house, author, "author", "C01")
    writer = Writer(seats(author), scripts=True)
    page = writer.page
    begin(writer, "slow")
    page.clock.install()
    writer.room("/text/en/FS-1.1.md")
    waiting: list[Route] = []
    page.route(lambda address: "/text/" in address, lambda route: waiting.append(route))
    page.fill("#text", LESSON)
    page.clock.run_for(6000)
    for _ in range(200):
        if waiting:
            break
        page.wait_for_timeout(50)
    page.locator("#text").press_sequentially("More words.")
    page.clock.run_for(6000)  # while the first ones are still on their way
    with page.expect_response("**/text/**"):
        waiting.pop().continue_()
    page.unroute_all()
    page.locator("#state", has_not_text="Saving").wait_for()
    with page.expect_request("**/text/**") as sent:
        page.clock.run_for(6000)
    assert "More words." in (sent.value.post_data or "")


def test_what_is_written_is_saved_without_a_button(house: House, seats: Seats) -> None:
    author = house.person("Aruzhan Seitova")
    with_role(house, author, "author", "C01")
    writer = Writer(seats(author), scripts=True)
    page = writer.page
    begin(writer, "autosaved")
    page.clock.install()
    writer.room("/text/en/FS-1.1.md")
    page.fill("#text", f"{LESSON}\n::: story\nNothing like it.\n:::\n")
    page.clock.run_for(6000)
    page.locator("#faults a[data-line]").first.wait_for()

    writer.seat.context.set_offline(True)
    page.locator("#text").press_sequentially("More words.")
    page.clock.run_for(6000)
    cut = page.locator("form[data-saves]").get_attribute("data-cut")
    page.locator("#state", has_text=cut).wait_for()
    assert "More words." in page.input_value("#text")
    with page.expect_response("**/text/**") as saved:
        writer.seat.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
    assert saved.value.ok
    page.close()

    again = Writer(seats(author), scripts=True)
    again.base = writer.base
    again.room("/text/en/FS-1.1.md")
    kept = again.page.input_value("#text")
    assert "Nothing like it." in kept
    assert "More words." in kept

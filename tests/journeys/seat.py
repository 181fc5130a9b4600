"""A browser at a desk: one profile, one person at a time, and the hand movements of a journey."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from tests.journeys.house import COURSE, PASSWORD, STATION, House
from tests.people import Cast

# What Chromium itself writes when the line is cut or a refusal comes: no fault of the page.
EXPECTED = ("Failed to load resource", "The Cross-Origin-Opener-Policy header has been ignored")
# What Playwright says when the page loaded itself anew under its hands.
INTERRUPTED = ("navigation", "ERR_ABORTED", "detached")
TRIES = 30
Found = TypeVar("Found")
FIND_OUTBOX = """() => new Promise((done) => {
  const asked = indexedDB.open("lms", 1);
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => done([]);
  asked.onsuccess = () => {
    const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
    all.onsuccess = () => { asked.result.close(); done(all.result); };
  };
})"""


def undisturbed(page: Page, act: Callable[[], Found]) -> Found:
    """Return what ``act`` finds on a page that may load itself anew meanwhile; then it acts again.

    A page that shows how far some work is does so every few seconds, and on a slow machine a look
    at it can take longer than that.
    """
    for _ in range(TRIES):
        try:
            return act()
        except Error as error:
            if not any(sign in error.message for sign in INTERRUPTED):
                raise
            page.wait_for_load_state()
    return act()


class Seats:
    """Opens seats and watches that no page asks elsewhere or complains."""

    def __init__(self, house: House, chromium: Browser) -> None:
        self.house, self.chromium = house, chromium
        self.contexts: list[BrowserContext] = []
        self.foreign: list[str] = []
        self.complaints: list[str] = []

    def __call__(
        self,
        person: Cast | None = None,
        *,
        scripts: bool = True,
        language: str = "en",
        loopback: bool = False,
        **settings: Any,
    ) -> Seat:
        """Open a browser profile of its own; signed in as ``person`` where one is given."""
        context = self.chromium.new_context(
            java_script_enabled=scripts,
            base_url=self.house.loopback if loopback else self.house.station,
            viewport=settings.pop("viewport", {"width": 360, "height": 740}),
            **settings,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        context.on("request", self._watch)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        seat = Seat(self.house, context, language)
        if person is not None:
            seat.take(person)
        return seat

    def _watch(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws"} and parts.hostname not in {STATION, "127.0.0.1"}:
            self.foreign.append(request.url)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{message.type}: {message.text}")

    def close(self) -> None:
        """Close every browser profile of this test."""
        for context in self.contexts:
            context.close()


class Seat:
    """One browser profile: cookies, storage and the page that is open in it."""

    def __init__(self, house: House, context: BrowserContext, language: str) -> None:
        self.house, self.context, self.language = house, context, language
        self.page: Page = context.new_page()

    def take(self, person: Cast) -> None:
        """Put a live session of ``person`` into this browser without the sign-in page."""
        base = self.house
        self.context.add_cookies(
            [
                {"name": "sid", "value": person.token, "url": url, "httpOnly": True}
                for url in (base.station, base.loopback)
            ]
        )

    def sign_in(self, person: Cast, password: str = PASSWORD) -> None:
        """Sign in on the page for it, as a person does."""
        self.go("/")
        self.page.locator("[name=service_number]").fill(person.service_number)
        self.page.locator("[name=password]").fill(password)
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()

    def sign_out(self) -> None:
        """Sign out from the menu that carries the initials."""
        self.page.locator("header .pop").last.locator("summary").click()
        self.page.locator("form[data-sign-out] button").click()

    def go(self, path: str) -> Page:
        """Open a page of this seat's language and return it."""
        self.page.goto(f"/{self.language}{path}")
        return self.page

    def course(self) -> Page:
        """Open the course page."""
        return self.go(f"/courses/{COURSE}")

    def quiz(self, attempt_id: UUID) -> Page:
        """Open a test."""
        return self.go(f"/tests/{attempt_id}")

    def new_page(self) -> Page:
        """Open another tab and go on in it."""
        self.page = self.context.new_page()
        return self.page

    def cut(self, cut: bool = True) -> None:
        """Pull the network cable out, or put it back."""
        self.context.set_offline(cut)

    @property
    def state(self) -> str:
        """What the page says about the answers."""
        return (self.page.locator("#state span").last.text_content() or "").strip()

    def hears(self, words: str) -> None:
        """Wait until the page says ``words`` about the answers."""
        self.page.locator("#state", has_text=words).wait_for()

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """What this browser keeps until the server has it, page by page as it was given."""
        found: list[dict[str, Any]] = self.page.evaluate(FIND_OUTBOX)
        return found

    def keeps(self, count: int) -> list[dict[str, Any]]:
        """Wait until the browser keeps so many answers, and return them."""
        for _ in range(TRIES * 5):
            found = self.outbox
            if len(found) == count:
                return found
            self.page.wait_for_timeout(100)
        raise AssertionError(f"The browser keeps {len(found)} answers and not {count}.")

    def choose(self, item: str, fields: Mapping[str, list[str]]) -> None:
        """Answer one question by its controls."""
        for part, values in fields.items():
            name = f"a.{item}:{part}" if part else f"a.{item}"
            for value in values:
                self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        controls = self.page.locator(f'[name="{name}"]')
        kind = controls.first.evaluate("(field) => field.type")
        if kind in {"radio", "checkbox"}:
            self.page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            controls.select_option(value)
        else:
            controls.fill(value)
            controls.blur()

    def first_choices(self, count: int) -> list[tuple[str, str]]:
        """Return (name, value) of the first radio button of ``count`` single questions."""
        found: list[list[str]] = self.page.evaluate(
            """() => [...document.querySelectorAll("fieldset.q")].flatMap((question) => {
                 const radio = question.querySelector("input[type=radio]");
                 return radio && radio.name === "a." + question.id.slice(2)
                   ? [[radio.name, radio.value]] : [];
               })"""
        )
        return [(name, value) for name, value in found[:count]]

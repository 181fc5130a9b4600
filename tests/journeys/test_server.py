"""The rooms that keep a server alive: from a red finding to a server that is good, and its log.

Every page on the way is looked at: it is no wider than the screen, Tab goes through it as one
reads, and axe-core finds no fault. The server is one of its own: a log is damaged here, work gives
up, and a backup fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lms.admin.backup_plan import LAST_BACKUP
from lms.admin.night import CHECK
from lms.admin.safekeeping import shares_disk
from lms.admin.succession import card
from lms.admin.succession.queries import MOST
from lms.db import transaction
from lms.installation import LANGUAGES
from lms.jobs import actions as jobs
from tests.journeys.house import House, serving
from tests.journeys.seat import Seats
from tests.journeys.test_accessibility import Keyboard
from tests.journeys.test_office import Office
from tests.journeys.troubles import damaged_log, forget_backups, given_up, trouble
from tests.people import Cast

pytestmark = pytest.mark.browser

WAYS = [("en", True, 360, "light"), ("ar", True, 360, "dark"), ("fr", False, 1280, "light")]
# Those that nothing else here opens.
ROOMS = ("health/deletion", "jobs", "settings", "succession")
# Whatever Tab stops at, in its order, one above the other or one beside the other.
BACKWARDS = """() => {
  const rtl = document.documentElement.dir === "rtl";
  const kinds = "main :is(a[href],button,input,select,textarea,summary,[tabindex])";
  const stops = [...document.querySelectorAll(kinds)]
    .filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility())
    .map((stop) => [stop, stop.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1);
  return stops.filter(([stop, box], place) => {
    if (stop.tabIndex > 0) return true;
    if (!place) return false;
    const before = stops[place - 1][1];
    if (stops[place - 1][0].contains(stop)) return false;
    if (box.bottom <= before.top) return true;
    return box.top < before.bottom && before.top < box.bottom &&
      (rtl ? box.left >= before.right : box.right <= before.left);
  }).map(([stop]) => stop.outerHTML.slice(0, 120));
}"""
# On a phone a row of a table becomes lines, so that nobody moves it sideways.
CUT_OFF = """() => [...document.querySelectorAll(".scroll:has(.stack)")]
  .filter((region) => innerWidth < 640 && region.scrollWidth > region.clientWidth)
  .map((region) => region.textContent.trim().slice(0, 80))"""
REPLACE = """(html) => document.querySelector("main").replaceWith(
  new DOMParser().parseFromString(html, "text/html").querySelector("main"))"""


class Room(Office):
    """The desk of the country's office, in the rooms of the server."""

    def look(self) -> None:
        """Look as an office does, at the order of the stops and at tables on a phone as well."""
        super().look()
        wide = self.of_page("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (self.page.url, wide)
        assert self.of_page(BACKWARDS) == [], self.page.url
        assert self.of_page(CUT_OFF) == [], self.page.url

    def enter(self, name: str) -> None:
        """Go to a room by the menu, which a phone shows when its line is touched."""
        line = self.page.locator(f"nav.rooms a[href$='/{name}']")
        if not line.is_visible():
            self.page.locator("nav.rooms summary").click()
            self.look()
        self.press(line, f"**/{name}")

    def make(self, form: str) -> None:
        """Press a button of the backups and wait until the worker has done it."""
        self.press(self.page.locator(f"main form{form} button"), "**/backups")
        self.wait_for(self.page.locator("main form[action$='/backups/test']"))
        self.look()

    @property
    def first(self) -> str:
        """How the page of health calls the server on top: bad, warn or ok."""
        said = self.page.locator("main .say").first.get_attribute("class") or ""
        return said.split()[1]


@pytest.fixture(scope="module")
def passphrase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file with the passphrase of the copies elsewhere."""
    path = tmp_path_factory.mktemp("safe") / "passphrase"
    path.write_text("stone lantern river seven\n")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def house(
    seed: Path, passphrase: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Return a running server that has a folder for copies elsewhere and a key of releases."""
    with pytest.MonkeyPatch.context() as patch:
        keys = passphrase.with_name("release.pub")
        keys.write_text(f"{'5a' * 32} The academy\n")
        patch.setenv("RELEASE_KEYS", str(keys))
        patch.setenv("BACKUP_TO", str(tmp_path_factory.mktemp("elsewhere")))
        patch.setenv("BACKUP_PASSPHRASE_FILE", str(passphrase))
        with serving(seed, tmp_path_factory.mktemp("guarded") / "data") as running:
            with running.app.app_context(), transaction() as session:
                jobs.ask(session, CHECK, "a night", now=datetime.now(UTC))
            yield running


def sit_down(
    house: House, seats: Seats, language: str, scripts: bool, width: int, theme: str
) -> tuple[Room, Cast]:
    clerk = house.administrator(language=language)
    seat = seats(
        clerk,
        language=language,
        scripts=scripts,
        bypass_csp=scripts,
        color_scheme=theme,
        viewport={"width": width, "height": 800},
    )
    return Room(seat, scripts), clerk


@pytest.mark.parametrize(("language", "scripts", "width", "theme"), WAYS)
def test_from_a_red_finding_to_a_whole_log(
    house: House, seats: Seats, language: str, scripts: bool, width: int, theme: str
) -> None:
    trouble(house, language)
    room, clerk = sit_down(house, seats, language, scripts, width, theme)
    page = room.page
    room.go("")
    room.enter("health")
    assert room.first == "bad"
    # What is to be done first leads to where it is done.
    room.press(page.locator("main .say.bad a"), "**/backups")
    room.make(":has([value=lms])")
    room.make(":has([value=weekly])")
    room.make("[action$='/test']")
    assert page.locator("main td .tag.ok").count() == 2
    # Nothing is left to do but what no test can: to put the copies on another disk.
    left = page.locator("main .tag:not(.ok)")
    one_disk = shares_disk(house.app.config["LMS"].data, Path(os.environ["BACKUP_TO"]))
    assert left.count() == one_disk

    room.press(page.locator("main > div > p:last-child a"), "**/health")
    page.locator("main form[action$='/look'] button").click()
    room.wait_for(page.locator("main form[action$='/look'] button"))
    room.look()
    assert room.first == ("warn" if one_disk else "ok"), room.words()
    assert left.count() == one_disk

    room.enter("audit")
    page.locator("main details summary").click()
    page.locator("[name=action]").select_option("backup.drill.asked")
    room.press(page.locator("#form button.alt"), re.compile("action=backup.drill.asked"))
    assert clerk.service_number in page.locator("main tbody tr").first.inner_text()
    room.go("/audit")
    room.press(page.locator("main form[action$='/check'] button"), "**/jobs/*")
    room.wait_for(page.locator("main section.sheet:not(:has(form))"))
    room.look()
    room.press(page.locator("main a[href$='/audit']"), "**/audit")
    assert page.locator("main .say").get_attribute("class") == "say"
    assert re.search(r"[1-9]\d*:[0-9a-f]{16}", page.locator("main .say").inner_text())


@pytest.mark.parametrize(("language", "scripts", "width", "theme"), WAYS)
def test_every_room_and_its_worst_state(
    house: House,
    seats: Seats,
    passphrase: Path,
    language: str,
    scripts: bool,
    width: int,
    theme: str,
) -> None:
    room, _ = sit_down(house, seats, language, scripts, width, theme)
    page = room.page
    for path in ROOMS:
        room.go(f"/{path}")

    forget_backups(house)
    away = passphrase.rename(passphrase.with_name("away"))
    room.go("/backups")
    room.make(":has([value=weekly])")
    away.rename(passphrase)
    assert page.locator("main li .tag.bad").count() == 2  # that one, and there is none here
    room.go("/health")
    assert room.first == "bad"

    for path, name, typed in (
        ("backups/plan", "keep", "99"),
        ("settings/names", "reason", ""),
        ("settings/languages", "reason", ""),
        ("settings/clock", "time_zone", "Mars/Olympus"),
    ):
        room.seat.go(f"/administer/{path}")
        page.locator(f"#form [name={name}]").fill(typed)
        page.locator("#form").evaluate("(form) => form.noValidate = true")
        room.press(room.main_button, f"**/{path}")
        assert page.locator(f"main .say.bad a[href='#{name}']").is_visible()
        assert page.locator(f"[name={name}][aria-invalid=true]").is_visible()

    with damaged_log(house):
        room.go("/audit")
        room.press(page.locator("main form[action$='/check'] button"), "**/jobs/*")
        room.wait_for(page.locator("main section.sheet:not(:has(form))"))
        room.press(page.locator("main a[href$='/audit']"), "**/audit")
        assert page.locator("main .say.warn").is_visible()
        room.go("/health")
        assert page.locator("main td .tag.bad").count() == 3  # both backups, and the log

    given_up(house, language)
    room.go("/jobs/all")
    assert page.locator("main .tag.bad").is_visible()
    room.page.locator("main td summary").click()
    room.look()
    room.press(page.locator("main td form[action$='/resume'] button"), "**/jobs/all")


def test_the_work_of_each_room_is_done_by_keyboard_alone(house: House, seats: Seats) -> None:
    trouble(house, "en")
    seat = seats(house.administrator())
    page, keys = seat.go("/administer/health"), Keyboard(seat)
    office = Office(seat, scripts=True)
    keys.reach(tag="a", text="Backups")
    keys.enter("**/backups")
    keys.reach(text="Make a backup now")
    keys.enter("**/backups")
    office.wait_for(page.locator("main form[action$='/backups/test']"))
    keys.reach(text="Test a backup now")
    keys.enter("**/backups")
    office.wait_for(page.locator("main form[action$='/backups/test']"))
    keys.reach(text="Change hour and number")
    keys.enter("**/plan")
    keys.reach(name="reason")
    page.keyboard.type("Nights are quiet.")
    keys.reach(kind="submit", text="Save")
    keys.enter("**/backups")

    seat.go("/administer/settings")
    keys.reach(tag="a", text="Change: Time zone")
    keys.enter("**/clock")
    keys.reach(name="time_zone")
    page.keyboard.type("Mars/Olympus")
    keys.reach(name="reason")
    page.keyboard.type("The office has moved.")
    keys.press("Enter")
    page.locator(".say.bad:focus").wait_for()
    keys.reach(tag="a")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.name") == "time_zone"
    page.keyboard.press("Control+A")
    page.keyboard.type("Africa/Tunis")
    keys.enter("**/settings")
    assert "The office has moved." in office.words()

    seat.go("/administer/audit")
    keys.reach(text="Check the chain now")
    keys.enter("**/jobs/*")
    given_up(house, "keys")
    seat.go("/administer/jobs/all")
    keys.reach(kind="submit")
    keys.enter("**/jobs/all")
    assert page.locator("main .tag.bad").count() == 0
    seat.go("/administer/health")
    office.wait_for(page.locator("main form[action$='/look']"))
    keys.reach(text="Look at every part again")
    keys.enter("**/health")


@pytest.mark.parametrize("by_systemd", [True, False])
def test_the_succession_card_is_one_sheet_of_paper(
    house: House, seats: Seats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_systemd: bool
) -> None:
    env = tmp_path / "lms.env"
    if by_systemd:
        env.touch()
    monkeypatch.setattr(card, "SYSTEMD", env)
    full = replace(
        house.app.config["LMS"],
        tls_cert=Path("/etc/lms/tls/learn.example.crt"),
        hsts_days=365,
        tls_key=Path("/etc/lms/tls/learn.example.key"),
        trusted_proxies=1,
        threads=9,
        issuing_key=Path("/etc/lms/keys/issuing.key"),
    )
    monkeypatch.setitem(house.app.config, "LMS", full)
    forget_backups(
        house,
        **{
            LAST_BACKUP: {
                "at": datetime.now(UTC).isoformat(),
                "sealed": True,
                "path": "/media/stick-of-the-office/lms-01a226a8-20261129-010000.tar.sealed",
            },
        },
    )
    clerk, *_ = (house.administrator() for _ in range(MOST + 1))
    reader = house.app.test_client()
    reader.set_cookie("sid", clerk.token, domain="127.0.0.1")
    seat = seats(clerk)
    for seat.language in LANGUAGES:
        page = seat.go("/administer/succession")
        # As it is on a machine whose server systemd runs, which this one need not be.
        page.evaluate(REPLACE, reader.get(urlsplit(page.url).path, base_url=house.loopback).text)
        assert page.locator("ul.names li").count() == MOST
        assert page.locator("pre").count() == by_systemd
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type */Page\b", paper)) == 1, seat.language

"""An administrator's first day: from a spreadsheet to certificates, one of which is withdrawn.

Every page on the way is looked at: it is no wider than the screen, and axe-core finds no fault.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.journeys.house import House
from tests.journeys.seat import Seat, Seats, undisturbed
from tests.journeys.test_accessibility import faults

pytestmark = pytest.mark.browser

NEWCOMERS = 6
NAMES = ("Adel", "Basma", "Chafik", "Dorra", "Elyes", "Fatma")


@dataclass
class Office:
    """The desk of an administrator who looks at each page that opens."""

    seat: Seat
    scripts: bool

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.seat.page

    def of_page(self, script: str) -> Any:
        """Return what a script says of the page."""
        return undisturbed(self.page, lambda: self.page.evaluate(script))

    def look(self) -> None:
        """Find no fault on the page that is open, and nothing beyond the edge of the screen."""
        if not self.scripts:
            return
        wide = self.of_page("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (self.page.url, wide)
        assert faults(self.page) == []

    def go(self, path: str) -> None:
        """Open a page of the administration and look at it."""
        self.seat.go(f"/administer{path}")
        self.look()

    def press(self, button: Locator, address: str | re.Pattern[str]) -> None:
        """Press a button or a link, wait for ``address``, and look at what opens."""
        with self.page.expect_navigation(url=address):
            button.click()
        self.look()

    def wait_for(self, sign: Locator) -> None:
        """Look again, sooner than the page would by itself, until the work shows its end."""
        for _ in range(150):
            if sign.is_visible():
                return
            self.page.wait_for_timeout(200)
            undisturbed(self.page, self.page.reload)
        raise AssertionError(f"still at work after 30 s: {self.page.url}")

    @property
    def main_button(self) -> Locator:
        """The one button of the page that does what the page is for."""
        return self.page.locator("#form .btn:not(.alt)").last

    def words(self) -> str:
        """Return what the page says."""
        return self.page.locator("main").inner_text()


def staff_list(tag: str) -> bytes:
    """Return six newcomers at Northgate, with job titles of their country, as a spreadsheet."""
    lines = io.StringIO()
    write = csv.writer(lines)
    write.writerow(["Service number", "Name", "Facility code", "Job title"])
    for number, name in enumerate(NAMES):
        write.writerow([f"{tag}-{number}", f"{name} Mansouri", "N-01", "Senior Warder"])
    return lines.getvalue().encode()


def take_the_list(office: Office, tag: str) -> None:
    """Bring the list in: columns, job titles, the dry run, and yes."""
    page = office.page
    office.go("/staff-lists/new")
    page.locator("[name=file]").set_input_files(
        {"name": "staff.csv", "mimeType": "text/csv", "buffer": staff_list(tag)}
    )
    page.locator("main form .btn").click()
    # The page of a list that is being read looks again by itself.
    page.locator("#form [name=column_number]").wait_for()
    office.look()
    office.press(office.main_button, re.compile(r"/staff-lists/[0-9a-f-]+$"))
    titles = page.locator("main a[href$='/titles']")
    office.wait_for(titles)
    # What an earlier list has said of this job title is remembered.
    if titles.get_attribute("class") == "btn":
        office.press(titles, "**/titles")
        page.locator("#form select").first.select_option("P1")
        office.press(office.main_button, re.compile(r"/staff-lists/[0-9a-f-]+$"))
    take = page.locator("main a.btn[href$='/confirm']")
    office.wait_for(take)
    office.look()
    office.press(take, "**/confirm")
    office.press(office.main_button, re.compile(r"/staff-lists/[0-9a-f-]+$"))
    office.wait_for(page.locator("main a[href$='/slips']"))
    office.look()


def require_the_course(office: Office) -> None:
    """Say that officers of Northgate hold the course, and enrol who is missing."""
    page = office.page
    office.go("/requirements/new")
    page.locator("[name=function]").select_option("P1")
    page.locator("[name=unit]").select_option("N-01")
    page.locator("[name=course_id]").select_option("C01")
    # Else the worker enrols them, perhaps before the next page opens.
    page.locator("[name=enrols]").uncheck()
    office.press(office.main_button, re.compile(r"/requirements/[0-9a-f-]+"))
    office.press(page.locator("main a[href$='/enrolment']"), "**/enrolment")
    assert "Basma Mansouri" in office.words()
    office.press(page.locator("main form .btn"), re.compile(r"/requirements/[0-9a-f-]+"))


@pytest.mark.parametrize(
    ("language", "scripts", "width", "theme"),
    [("en", True, 360, "light"), ("ar", True, 360, "dark"), ("fr", False, 1280, "light")],
)
def test_from_a_spreadsheet_to_a_certificate_that_is_withdrawn(
    house: House, seats: Seats, language: str, scripts: bool, width: int, theme: str
) -> None:
    administrator = house.administrator(language=language)
    seat = seats(
        administrator,
        language=language,
        scripts=scripts,
        bypass_csp=scripts,
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        accept_downloads=True,
    )
    office = Office(seat, scripts)
    page = office.page
    office.go("")
    take_the_list(office, f"Q{language.upper()}")
    office.go(f"/people?text=Q{language.upper()}")
    assert page.locator("main tbody tr").count() == NEWCOMERS
    require_the_course(office)

    holders = [house.person(f"{name} Jaziri") for name in ("Ghada", "Hedi")]
    papers = [house.certified(each) for each in holders]
    office.go(f"/certificates?text={papers[0]}")
    assert page.locator("main tbody tr").count() == 1
    office.go("/certificates/bulk")
    page.locator("[name=course]").select_option("C01")
    page.locator("[name=numbers]").fill("\n".join(each.service_number for each in holders))
    office.press(page.locator("[name=go][value=look]"), "**/bulk*")
    office.press(page.locator("[name=go][value=make]"), "**/jobs/*")
    file = page.locator("main a[download]")
    office.wait_for(file)
    office.look()
    with page.expect_download() as downloading:
        file.click()
    with zipfile.ZipFile(downloading.value.path()) as bundle:
        bound = {name for name in bundle.namelist() if name.endswith(".pdf")}
    assert bound == {f"{number}.pdf" for number in papers}

    office.go(f"/certificates?text={papers[1]}")
    office.press(page.locator("main tbody th a"), re.compile(r"/certificates/[0-9a-f-]+$"))
    office.press(page.locator("main a[href$='/withdrawal']"), "**/withdrawal")
    page.locator("[name=reason]").fill("The test was taken by somebody else.")
    office.press(office.main_button, re.compile(r"/certificates/[0-9a-f-]+$"))
    assert "The test was taken by somebody else." in office.words()

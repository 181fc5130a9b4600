"""A director reads every report, takes one away as a file, and proves a certificate.

Every page on the way is looked at: it is no wider than the screen, and axe-core finds no fault.
"""

from __future__ import annotations

import re

import pytest

from lms.reports.registry import MODULES
from tests.journeys.house import House
from tests.journeys.seat import Seats
from tests.journeys.test_office import Office

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "scripts", "width", "theme"),
    [("en", True, 360, "light"), ("ar", True, 360, "dark"), ("fr", False, 1280, "light")],
)
def test_from_the_list_of_reports_to_a_file_and_a_proof(
    house: House, seats: Seats, language: str, scripts: bool, width: int, theme: str
) -> None:
    director = house.administrator(language=language)
    number = house.certified(house.person("Amal Gharbi"))
    seat = seats(
        director, language=language, scripts=scripts, bypass_csp=scripts,
        viewport={"width": width, "height": 800}, color_scheme=theme, accept_downloads=True,
    )  # fmt: skip
    office = Office(seat, scripts)
    page = office.page
    seat.go("/reports")
    office.look()
    for name in MODULES:
        office.press(page.locator(f"main a[href$='/reports/{name}']"), f"**/reports/{name}")
        seat.go("/reports")

    seat.go("/reports/facility")
    office.look()
    assert "Amal Gharbi" in office.words()
    office.press(page.locator("[name=form][value=pdf]"), "**/jobs/*")
    file = page.locator("main a[download]")
    office.wait_for(file)
    with page.expect_download() as downloading:
        file.click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")

    office.go(f"/certificates?text={number}")
    office.press(page.locator("main tbody th a"), re.compile(r"/certificates/[0-9a-f-]+$"))
    office.press(page.locator("form[action*='/reports/evidence/'] button"), "**/jobs/*")
    office.wait_for(file)
    office.look()
    with page.expect_download() as downloading:
        file.click()
    assert downloading.value.suggested_filename == f"evidence-{number}.pdf"

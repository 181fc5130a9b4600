"""A director reads every report, takes one away as a file, and proves a certificate.

Every page on the way is looked at: it is no wider than the screen, and axe-core finds no fault.
"""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from lms.db import transaction
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.reports.registry import MODULES
from lms.reports.steering.rules import MOST_FACILITIES
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
        director,
        language=language,
        scripts=scripts,
        bypass_csp=scripts,
        viewport={"width": width, "height": 800},
        color_scheme=theme,
        accept_downloads=True,
    )
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


def sheet_of(house: House, seats: Seats, language: str, second: str) -> Page:
    """Return the sheet of a quarter in which somebody learned, in two languages."""
    seat = seats(
        house.administrator(language=language),
        language=language,
        viewport={"width": 1280, "height": 800},
    )
    learner = house.person("Amal Gharbi")
    house.begun(learner)
    with house.app.app_context(), transaction() as session:
        long_ago = clock.now() - timedelta(days=200)
        session.execute(
            update(Enrolment).where(Enrolment.person_id == learner.id).values(made_at=long_ago)
        )
    return seat.go(f"/reports/steering?second={second}")


@pytest.mark.parametrize(
    ("language", "second", "side"),
    [("fr", "ar", "right"), ("ar", "fr", "left"), ("en", "fr", "right")],
)
def test_both_languages_of_a_column_stand_above_its_figures(
    house: House, seats: Seats, language: str, second: str, side: str
) -> None:
    heads = sheet_of(house, seats, language, second).locator("th.n .beside")
    assert heads.first.is_visible()
    assert heads.first.evaluate("head => getComputedStyle(head).textAlign") == side


@pytest.mark.parametrize(("language", "second"), [("en", "fr"), ("ru", "kk"), ("ar", "en")])
def test_the_browser_prints_the_sheet_on_one_page(
    house: House, seats: Seats, language: str, second: str, tmp_path: Path
) -> None:
    """Also with as many facilities as a sheet has at most."""
    page = sheet_of(house, seats, language, second)
    page.evaluate(
        """most => {
            const lines = document.querySelector("[data-table=facility] tbody");
            while (lines.rows.length < most) lines.append(lines.rows[0].cloneNode(true));
        }""",
        MOST_FACILITIES,
    )
    path = tmp_path / "printed.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    said = subprocess.run(["pdfinfo", path], capture_output=True, check=True, text=True).stdout
    assert re.search(r"^Pages: +1$", said, re.MULTILINE)

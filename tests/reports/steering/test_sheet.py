"""/<language>/reports/steering: page, files, paper and command of a sheet"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts.models import Unit
from lms.app import cli
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.reports.quarters import Quarter
from tests.course import SmallCourse
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.moments import before
from tests.reports.same import Reports
from tests.reports.steering.learning import (
    GROUPS,
    LAST,
    URL,
    enrolment,
    printed,
    text_of,
    total,
)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", GROUPS)
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, learned: None, form: str, name: str
) -> None:
    here = Reports(app, browser(dana))
    for asked in ("steering?programme=prison-health", "steering?second=ar"):
        assert here.exported(asked, form, name) == here.shown(asked, name)


@pytest.mark.parametrize("second", ["", "ar", "ru"])
def test_the_paper_says_what_the_page_says_on_one_sheet(
    app: Flask, browser: Open, dana: Cast, learned: None, tmp_path: Path, second: str
) -> None:
    here = Reports(app, browser(dana))
    said = text_of(here.file(f"steering?second={second}", "pdf"), tmp_path)
    shown = [row[1:] for name in GROUPS for row in here.shown("steering", name)[:-1]]
    assert printed(said) == [total(here, ""), *shown]
    assert said.count("\f") == 1
    assert "Northgate" in said
    assert f"1 {LAST.first:%B %Y}" in said


def test_a_second_language_stands_beside_the_first_and_figures_once(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    alone, both = here.page("steering"), here.page("steering?second=ar")
    assert both.count('lang="ar" dir="rtl"') > 20
    assert 'class="beside"' not in alone
    figures = re.compile(r"<td class=.n.[^>]*>(.*?)</td>", re.DOTALL)
    assert figures.findall(both) == figures.findall(alone)
    arabic = browser(dana).get(f"{URL.replace('/en/', '/ar/')}?second=en").text
    assert 'lang="en" dir="ltr"' in arabic
    turned = browser(dana).get(f"{URL.replace('/en/', '/ar/')}?second=ar")
    assert (turned.status_code, 'class="beside"' in turned.text) == (200, False)


def test_only_quarters_that_are_over_can_be_chosen(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    now = Quarter.of(clock.now().date())
    for code in (now.code, "1999-Q1", "x"):
        assert browser(dana).get(f"{URL}?quarter={code}").status_code == 404
    page = here.page("steering")
    assert f'value="{now.code}"' not in page
    assert f'value="{LAST.code}" selected' in page
    earlier = here.shown(f"steering?quarter={LAST.earlier.code}")
    assert earlier == []


def test_the_smallest_places_of_many_stand_in_one_line(
    app: Flask, browser: Open, dana: Cast, places: Places, hygiene: SmallCourse, tmp_path: Path
) -> None:
    day = before(1)
    with app.app_context(), transaction() as session:
        for number in range(45):
            unit = Unit(
                id=new_ordered_id(),
                parent_id=places.north.id,
                kind="facility",
                code=f"N-{number + 100}",
                names={"en": f"Prison {number:02}"},
                path=f"{places.north.path}{number + 100}/",
                closed_on=None,
            )
            session.add(unit)
            session.flush()
            for turn in range(5 + number % 3):
                person = add_person(session, "X", f"X-{number}-{turn}", unit)
                session.add(enrolment(person, day))
    here = Reports(app, browser(dana))
    rows = here.shown("steering", "facility")
    assert len(rows) == 41
    assert rows[-2][0] == "Other places together (6)"
    assert rows[-2][1] == "30"
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) == 270
    assert text_of(here.file("steering?second=ar", "pdf"), tmp_path).count("\f") == 1


def test_the_command_prints_what_the_page_shows(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    said = app.test_cli_runner().invoke(cli, ["report", "steering", "--table", "sex"])
    assert said.exit_code == 0, said.output
    shown = Reports(app, browser(dana)).shown("steering", "sex")
    assert said.output.rstrip().splitlines()[-1].endswith(",".join(shown[-1][1:]))
    assert app.test_cli_runner().invoke(cli, ["report", "nothing"]).exit_code == 2


def test_who_opens_it(
    browser: Open, omar: Cast, grace: Cast, amina: Cast, bolat: Cast, learned: None
) -> None:
    """It is about the whole country: who administers a region alone does not."""
    assert browser(omar).get(URL).status_code == 200
    sent = {"table": "", "form": "pdf", "key": "x"}
    for person in (grace, amina, bolat):
        assert browser(person).get(URL).status_code == 404
        assert browser(person).post(f"{URL}/export", sent).status_code == 404
    assert URL not in browser(grace).get("/en/reports").text
    assert browser(None).get(URL).status_code == 401


def test_where_nobody_learns_there_is_nothing_to_count(
    browser: Open, dana: Cast, hygiene: SmallCourse
) -> None:
    page = browser(dana).get(URL).text
    assert "There is nothing to count here yet." in page
    assert "Paper (PDF)" not in page

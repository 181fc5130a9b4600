"""/<language>/reports/completions: how many completed a course in each quarter"""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import Posting
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.learning.models import Progress
from lms.reports.actions import EXPORT
from lms.reports.charts import WIDTH
from lms.reports.figures import SIGN
from lms.reports.quarters import Quarter
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places
from tests.reports.conftest import Open
from tests.reports.moments import before
from tests.reports.same import Reports

URL = "/en/reports/completions"


@pytest.fixture
@kept
def completed(hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Six of Northgate completed it two quarters ago, five of Southfield a quarter later."""
    for person in crowd[:6]:
        hygiene.pass_it(person, now=before(2))
    for person in crowd[12:17]:
        hygiene.pass_it(person, now=before(1))


def test_each_quarter_has_its_completions(
    app: Flask, browser: Open, dana: Cast, completed: None
) -> None:
    here = Reports(app, browser(dana))
    assert [row[1] for row in here.shown("completions", "quarters")] == [*"000006", "5", "0"]
    rows = {row[0]: row[1:] for row in here.shown("completions", "places")}
    assert rows["North"][5:] == ["6", "0", "0"]
    assert rows["South"][5:] == ["0", "5", "0"]
    assert rows["All together"][5:] == ["6", "5", "0"]


def test_a_certificate_from_elsewhere_moves_no_completion(
    app: Flask, browser: Open, dana: Cast, completed: None, crowd: list[Cast]
) -> None:
    """One of a later day that is accepted after the pass counts from its own day."""
    with app.app_context(), transaction() as session:
        later = before(0).date()
        session.execute(update(Progress).values(held_from=later))
    rows = {row[0]: row[1:] for row in Reports(app, browser(dana)).shown("completions", "places")}
    assert rows["All together"][5:] == ["6", "5", "0"]


def test_a_quarter_begins_by_the_clocks_of_the_country(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    """Its last hour in Greenwich lies in the next one in Almaty."""
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=clock.now())
    first = Quarter.of(before(1).date()).begins(UTC)
    for person in crowd[:6]:
        hygiene.pass_it(person, now=first - timedelta(hours=1))
    rows = Reports(app, browser(dana)).shown("completions", "quarters")
    assert [row[1] for row in rows][5:] == ["0", "6", "0"]


def test_the_chart_carries_the_figures_of_the_table(
    app: Flask, browser: Open, dana: Cast, completed: None
) -> None:
    """In Arabic the newest quarter stands on the left."""
    page = browser(dana).get(URL).text
    chart = page[page.index('<svg class="series"') : page.index("</section>")]
    assert chart.count("<path") == 8
    assert '">6</text>' in chart
    assert '">5</text>' in chart

    def x_of_six(page: str) -> float:
        mark = page[: page.index('">6</text>')].rpartition('<text x="')[2]
        return float(mark.partition('%"')[0])

    arabic = browser(dana).get(URL.replace("/en/", "/ar/")).text
    assert x_of_six(page) + x_of_six(arabic) == WIDTH


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["quarters", "places"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, completed: None, form: str, table: str
) -> None:
    here = Reports(app, browser(dana))
    for asked in ("completions", "completions?unit=N"):
        assert here.exported(asked, form, table) == here.shown(asked, table)


def test_files_of_two_tables_have_two_names(
    app: Flask, browser: Open, dana: Cast, completed: None
) -> None:
    """They lie in one folder of downloads."""
    here = Reports(app, browser(dana))
    for table in ("quarters", "places"):
        here.file("completions?course=C90", "xlsx", table)
    with app.app_context():
        jobs = reading().scalars(select(Job).where(Job.kind == EXPORT).order_by(Job.id))
        names = [str((job.result or {})["name"]) for job in jobs]
    day = f"{clock.now():%Y-%m-%d}.xlsx"
    assert names == [f"completions-{table}-C90-{day}" for table in ("quarters", "places")]


def test_whoever_moved_later_stays_counted_where_they_worked_then(
    app: Flask, browser: Open, dana: Cast, places: Places, crowd: list[Cast], completed: None
) -> None:
    moved = before(0).date()
    with app.app_context(), transaction() as session:
        for person in crowd[:6]:
            session.execute(
                update(Posting)
                .where(Posting.person_id == person.id)
                .values(ends_on=moved - timedelta(days=1))
            )
            session.add(
                Posting(
                    id=new_ordered_id(),
                    person_id=person.id,
                    unit_id=places.southfield.id,
                    function="P1",
                    starts_on=moved,
                    ends_on=None,
                )
            )
    rows = {r[0]: r[1:] for r in Reports(app, browser(dana)).shown("completions", "places")}
    assert rows["North"][5:] == ["6", "0", "0"]


def test_fewer_than_five_are_not_shown(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    for person in crowd[:4]:
        hygiene.pass_it(person, now=before(1))
    here = Reports(app, browser(dana))
    assert [row[1] for row in here.shown("completions", "quarters")][6] == "*"
    page = here.page("completions")
    chart = page[page.index('<svg class="series"') : page.index("</section>")]
    assert chart.count("<path") == 7
    assert chart.count(f">{SIGN}</text>") == 1


def test_a_quarter_that_is_not_over_is_drawn_otherwise(
    app: Flask, browser: Open, dana: Cast, completed: None
) -> None:
    page = Reports(app, browser(dana)).page("completions")
    chart = page[page.index('<svg class="series"') : page.index("</section>")]
    assert chart.count('<path class="open"') == 1
    assert chart.count('class="step open"') == 1
    assert "The last quarter is not over yet." in page


def test_an_administrator_of_one_region_reads_of_that_region(
    app: Flask, browser: Open, grace: Cast, completed: None
) -> None:
    here = Reports(app, browser(grace))
    assert [row[1] for row in here.shown("completions", "quarters")][5:] == ["6", "0", "0"]
    assert browser(grace).get(f"{URL}?unit=S").status_code == 404


def test_an_observer_reads_it_and_nobody_else(
    browser: Open, omar: Cast, amina: Cast, bolat: Cast, completed: None
) -> None:
    assert browser(omar).get(URL).status_code == 200
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404


def test_without_any_course_there_is_nothing_to_count(browser: Open, dana: Cast) -> None:
    page = browser(dana).get(URL).text
    assert "nothing to count here yet. A course can be chosen once it is published." in page


def test_a_course_that_there_is_not_shows_no_other(
    browser: Open, dana: Cast, completed: None
) -> None:
    assert browser(dana).get(f"{URL}?course=C99").status_code == 404

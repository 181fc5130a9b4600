"""/<language>/reports/facility: who works at a facility and what they hold, with names"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.app import cli
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.reports.actions import EXPORT
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.requiring import require
from tests.reports.same import Reports

URL = "/en/reports/facility"
NOW = datetime.now(UTC)


@pytest.fixture
@kept
def required(app: Flask, hygiene: SmallCourse, crowd: list[Cast], places: Places) -> None:
    """Everybody must hold it; one of Northgate does. One more works there in a special function."""
    with app.app_context(), transaction() as session:
        add_person(session, "أمل بن صالح", "T-900", places.northgate, function="P3")
        require(session, hygiene.id, now=NOW)
    hygiene.pass_it(crowd[0])


def test_it_names_everybody_with_what_they_hold(
    app: Flask, browser: Open, dana: Cast, required: None
) -> None:
    rows = Reports(app, browser(dana)).shown("facility?unit=N-01")
    assert len(rows) == 13
    assert rows[0][:3] == ["Person 0", "T-000", "Officer"]
    assert rows[0][3].startswith("Valid")
    assert rows[1][3] == "Overdue"


def test_a_special_function_is_not_told(
    app: Flask, browser: Open, dana: Cast, required: None
) -> None:
    rows = {row[1]: row for row in Reports(app, browser(dana)).shown("facility?unit=N-01")}
    assert rows["T-900"][2] == "Officer"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, required: None, form: str
) -> None:
    here = Reports(app, browser(dana))
    asked = "facility?unit=N-01"
    assert here.exported(asked, form) == here.shown(asked)


def test_a_file_and_its_work_are_called_by_what_they_are(
    app: Flask, browser: Open, dana: Cast, required: None
) -> None:
    """Lists of two facilities lie in one folder of downloads."""
    here = browser(dana)
    Reports(app, here).file("facility?unit=N-01", "csv")
    with app.app_context():
        job = reading().scalars(select(Job).where(Job.kind == EXPORT)).one()
    assert job.result is not None
    assert job.result["name"].startswith("facility-N-01-20")
    for page in (f"/en/administer/jobs/{job.id}", "/en/administer/jobs", "/en/administer/jobs/all"):
        assert "File of a report: List of a facility" in here.get(page).text


def test_the_worse_of_two_requirements_is_told_and_which_it_is(
    app: Flask, browser: Open, dana: Cast, crowd: list[Cast], hygiene: SmallCourse, required: None
) -> None:
    """The pass of two years ago still counts for everybody, and not for officers of the North."""
    hygiene.pass_it(crowd[1], now=NOW - timedelta(days=700))
    with app.app_context(), transaction() as session:
        require(session, hygiene.id, unit="N", function="P1", months=12, now=NOW)
    here = Reports(app, browser(dana))
    rows = {row[1]: row[3] for row in here.shown("facility?unit=N-01")}
    assert rows["T-001"] == "Overdue. Required of: Officer · North · Every 12 months"
    assert rows["T-000"].startswith("Valid through ")
    assert rows["T-002"] == "Overdue"
    assert here.exported("facility?unit=N-01", "csv") == here.shown("facility?unit=N-01")
    said = "Where two requirements ask for the same course and differ, the worse state stands here"
    assert said in here.page("facility?unit=N-01")
    # Both stand on the page of the person, each with its requirement, and in the list of who is
    # trained: two lines that differ.
    page = browser(dana).get(f"/en/administer/people/{crowd[1].id}/learning").text
    assert page.count("Required of: Everybody · ") == 1
    assert "Required of: Officer · North · Every 12 months" in page
    names = [row[0] for row in here.shown("compliance")]
    assert names[1].endswith("(Officer, North · Every 12 months)")


def test_the_paper_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, required: None, tmp_path: Path
) -> None:
    here = Reports(app, browser(dana))
    path = tmp_path / "list.pdf"
    path.write_bytes(here.file("facility?unit=N-01", "pdf"))
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    for row in here.shown("facility?unit=N-01"):
        line = next(each for each in said.splitlines() if row[1] in each)
        assert all(cell.split()[0] in line for cell in row[1:])
    assert "Northgate" in said
    assert "1/1" in said.replace(" ", "")


def test_a_long_list_is_shown_by_pages_and_printed_whole(
    app: Flask, browser: Open, dana: Cast, places: Places, required: None
) -> None:
    with app.app_context(), transaction() as session:
        for number in range(45):
            add_person(session, f"Zed {number:02}", f"Z-{number:03}", places.northgate)
    here = Reports(app, browser(dana))
    assert len(here.shown("facility?unit=N-01")) == 50
    assert len(here.shown("facility?unit=N-01&page=2")) == 8
    assert here.shown("facility?unit=N-01&page=99") == here.shown("facility?unit=N-01&page=2")
    assert len(here.exported("facility?unit=N-01", "csv")) == 58


def test_an_observer_reads_no_name(
    browser: Open, omar: Cast, amina: Cast, bolat: Cast, required: None
) -> None:
    for person in (omar, amina, bolat):
        assert browser(person).get(URL).status_code == 404
        sent = {"table": "", "form": "csv", "key": "x", "unit": "N-01"}
        assert browser(person).post(f"{URL}/export", sent).status_code == 404
    assert URL not in browser(omar).get("/en/reports").text


def test_an_administrator_of_one_region_has_the_lists_of_that_region(
    app: Flask, browser: Open, grace: Cast, required: None
) -> None:
    assert len(Reports(app, browser(grace)).shown("facility")) == 13
    assert browser(grace).get(f"{URL}?unit=S-01").status_code == 404


def test_a_list_that_the_command_prints_is_logged(app: Flask, required: None) -> None:
    asked = ["report", "facility", "--filter", "unit=N-01"]
    said = app.test_cli_runner().invoke(cli, asked)
    assert "Person 0" in said.output
    assert app.test_cli_runner().invoke(cli, ["report", "gain"]).exit_code == 0
    with app.app_context():
        rows = (
            reading()
            .scalars(select(AuditRow).where(AuditRow.action == "report.export asked"))
            .all()
        )
    assert [(row.actor_id, row.subject) for row in rows] == [(None, "facility")]
    assert rows[0].facts["filters"] == {"unit": "N-01"}


def test_another_report_has_no_paper(browser: Open, dana: Cast, required: None) -> None:
    sent = {"table": "", "form": "pdf", "key": "x"}
    assert browser(dana).post("/en/reports/compliance/export", sent).status_code == 404

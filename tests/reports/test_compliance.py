"""/<language>/reports/compliance: who is trained, by requirement and place; and its files"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.actions import people
from lms.accounts.rules import SERVER
from lms.app import cli
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.reports.figures import HIDDEN
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.requiring import require
from tests.reports.same import Reports

URL = "/en/reports/compliance"
NOW = datetime.now(UTC)


@pytest.fixture
@kept
def required(app: Flask, hygiene: SmallCourse, crowd: list[Cast]) -> UUID:
    """Return a requirement for everybody of the country: six of Northgate hold it, two more do."""
    with app.app_context(), transaction() as session:
        made = require(session, hygiene.id, now=NOW)
    for person in crowd[:6]:
        hygiene.pass_it(person)
    return made


def test_it_says_how_many_hold_what_they_must_hold(
    app: Flask, browser: Open, dana: Cast, required: UUID
) -> None:
    """Twenty people, Dana among them: six are trained, the others are late."""
    rows = Reports(app, browser(dana)).shown("compliance")
    assert rows == [["Hygiene on shift (Everybody, Prison service)", "6", "0", "14", "20", "30"]]


def test_who_may_not_sign_in_is_not_overdue(
    app: Flask, browser: Open, dana: Cast, required: UUID, crowd: list[Cast]
) -> None:
    """A staff list said that three had left: the list of their facility has them no more, too."""
    with app.app_context(), transaction() as session:
        for person in crowd[9:12]:
            people.disable(session, SERVER, person.service_number, now=NOW)
    here = Reports(app, browser(dana))
    assert here.shown("compliance")[0][1:5] == ["6", "0", "11", "17"]
    assert len(here.shown("facility?unit=N-01")) == 9


def test_it_goes_down_to_a_prison_and_up_again(
    app: Flask, browser: Open, dana: Cast, required: UUID
) -> None:
    here = Reports(app, browser(dana))
    page = here.page(f"compliance?requirement={required}")
    assert f"/en/reports/compliance?unit=N&amp;requirement={required}" in page.replace(
        f"requirement={required}&amp;unit=N", f"unit=N&amp;requirement={required}"
    )
    below = here.page(f"compliance?requirement={required}&unit=N-01")
    assert "Northgate" in below
    assert 'aria-label="Places above"' in below


def test_an_administrator_gets_from_figures_to_names_and_an_observer_does_not(
    browser: Open, dana: Cast, omar: Cast, required: UUID
) -> None:
    asked = f"{URL}?requirement={required}&unit=N-01"
    link = f'href="/en/administer/requirements/{required}?unit=N-01"'
    here = browser(dana)
    assert link in here.get(asked).text
    list_of_it = 'href="/en/reports/facility?unit=N-01"'
    assert list_of_it in here.get(asked).text
    assert list_of_it not in here.get(f"{URL}?unit=N").text  # no list spans several facilities
    assert list_of_it not in browser(omar).get(asked).text
    assert "Person 0" in here.get(f"/en/administer/requirements/{required}?unit=N-01").text
    assert link not in browser(omar).get(asked).text


def test_small_groups_are_not_shown(app: Flask, browser: Open, dana: Cast, required: UUID) -> None:
    """Dana alone works at the head office: one person."""
    here = Reports(app, browser(dana))
    rows = {row[0]: row[1:] for row in here.shown(f"compliance?requirement={required}")}
    assert rows["Prison service itself"][3] == "*"
    assert rows["All together"] == ["6", "0", "14", "20", "30"]
    assert "Fewer than 5 people" in here.page(f"compliance?requirement={required}")


def test_who_works_in_confidence_is_not_what_is_left_of_everybody(
    app: Flask, browser: Open, dana: Cast, required: UUID, hygiene: SmallCourse, places: Places
) -> None:
    """Everybody without the officers: twelve in P2, whom no report may count."""
    with app.app_context(), transaction() as session:
        for number in range(12):
            add_person(session, f"P {number}", f"P-{number:03}", places.northgate, function="P2")
        require(session, hygiene.id, function="P1", now=NOW)
    rows = {row[0]: row[1:] for row in Reports(app, browser(dana)).shown("compliance")}
    everybody, officers = rows.values()
    assert everybody == ["6", "0", "26", "32", "19"]
    assert officers == ["*"] * 5


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("filters", ["", "requirement", "requirement and place"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, required: UUID, form: str, filters: str
) -> None:
    asked = {"": "", "requirement": f"?requirement={required}"}.get(
        filters, f"?requirement={required}&unit=N"
    )
    here = Reports(app, browser(dana))
    assert here.exported(f"compliance{asked}", form) == here.shown(f"compliance{asked}")


def test_the_command_prints_what_the_page_shows(
    app: Flask, browser: Open, dana: Cast, required: UUID
) -> None:
    shown = Reports(app, browser(dana)).shown("compliance")
    printed = app.test_cli_runner().invoke(cli, ["report", "compliance", "--csv"])
    assert printed.exit_code == 0
    last = printed.output.rstrip().splitlines()[-1]
    assert last.endswith(",".join(shown[0][1:]))
    refused = app.test_cli_runner().invoke(cli, ["report", "compliance", "--filter", "colour=red"])
    assert "has no filter colour" in refused.output


def test_asked_for_twice_it_is_one_file_and_one_line_of_the_log(
    app: Flask, browser: Open, dana: Cast, required: UUID
) -> None:
    here = browser(dana)
    sent = {"table": "requirements", "form": "csv", "key": "once"}
    first, second = here.post(f"{URL}/export", sent), here.post(f"{URL}/export", sent)
    assert first.location == second.location
    with app.app_context():
        rows = select(func.count()).where(AuditRow.action == "report.export asked")
        assert db.session().scalar(rows) == 1
        assert db.session().scalar(select(func.count()).where(Job.kind == "reports.export")) == 1
    assert here.get(first.location).status_code == 200
    # Back on the page, which the browser still had, somebody wants the other form.
    assert here.post(f"{URL}/export", {**sent, "form": "xlsx"}).location != first.location


def test_an_observer_reads_the_same_figures_and_no_name(
    app: Flask, browser: Open, dana: Cast, omar: Cast, crowd: list[Cast], required: UUID
) -> None:
    page = Reports(app, browser(omar)).page(f"compliance?requirement={required}")
    assert not [person.name for person in crowd if re.search(rf"\b{person.name}\b", page)]
    rows = Reports(app, browser(omar)).shown("compliance")
    assert rows[0][1:] == ["6", "0", "15", "21", "29"]


def test_an_administrator_of_one_region_reads_of_that_region(
    app: Flask, browser: Open, grace: Cast, dana: Cast, required: UUID
) -> None:
    here = browser(grace)
    rows = Reports(app, here).shown("compliance")
    assert rows[0][4] == "13"
    assert "Southfield" not in here.get(f"{URL}?requirement={required}").text
    assert here.get(f"{URL}?unit=S").status_code == 404


def test_nobody_else_opens_it(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, required: UUID
) -> None:
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404
        sent = {"table": "", "form": "csv", "key": "x"}
        assert browser(person).post(f"{URL}/export", sent).status_code == 404
    assert browser(None).get(URL).status_code == 401


def test_what_there_is_not(browser: Open, dana: Cast, required: UUID) -> None:
    here = browser(dana)
    assert here.get("/en/reports/nothing").status_code == 404
    assert here.get(f"{URL}?unit=NOWHERE").status_code == 404
    assert here.post(URL).status_code == 405
    assert here.get(f"{URL}/export").status_code == 405
    bad = {"table": "", "form": "exe", "key": "x"}
    assert here.post(f"{URL}/export", bad).status_code == 404
    for key in ("", "\0", "k\0"):
        assert here.post(f"{URL}/export", {**bad, "form": "csv", "key": key}).status_code == 404


def test_a_requirement_that_there_is_not_shows_no_other(
    browser: Open, dana: Cast, required: UUID
) -> None:
    assert browser(dana).get(f"{URL}?requirement=nothing").status_code == 404


def test_every_report_of_the_list_can_be_opened(browser: Open, dana: Cast, required: UUID) -> None:
    here = browser(dana)
    listed = here.get("/en/reports").text
    for name in MODULES:
        assert f"/en/reports/{name}" in listed
        assert here.get(f"/en/reports/{name}").status_code == 200
        assert report(name).name == name


def test_where_nothing_is_required_it_says_so(browser: Open, dana: Cast) -> None:
    assert "There is nothing to count here yet." in browser(dana).get(URL).text


def test_a_restricted_course_is_in_no_report(
    app: Flask, dana: Cast, required: UUID, hygiene: SmallCourse
) -> None:
    from lms.catalogue.models import Course

    with app.app_context(), transaction() as session:
        session.get_one(Course, hygiene.id).access = "restricted"
    with app.app_context():
        asked = Question(db.session(), dana.viewer, "en", date.today())  # noqa: DTZ011 -- any day
        assert report("compliance").answer(asked).tables[0].lines == []


def test_a_share_is_told_only_with_what_it_is_made_of(
    app: Flask, dana: Cast, required: UUID
) -> None:
    with app.app_context():
        asked = Question(
            db.session(), dana.viewer, "en", NOW.date(), {"requirement": str(required)}
        )
        for line in report("compliance").answer(asked).tables[0].lines:
            trained, people, share = line.values[0], line.values[3], line.values[4]
            assert (share is HIDDEN) == (HIDDEN in {trained, people})

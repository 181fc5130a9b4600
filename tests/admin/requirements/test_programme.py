"""For which programme somebody learns whom a requirement or a pasted list enrols."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.models import Programme
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.requirements.models import Requirement
from tests.admin.requirements.conftest import Open
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

URL = "/en/administer/requirements"
NEW = {"course_id": "C90", "unit": "N", "function": "P1", "interval": "", "grace": "0",
       "place": ""}  # fmt: skip
LIST = {"course_id": "C90", "numbers": "N-1001\nN-1002\nS-2001", "due_on": ""}


def programme(
    app: Flask, code: str, *, courses: tuple[str, ...] = ("C90",), ends_on: date | None = None
) -> UUID:
    today = clock.now().date()
    with app.app_context(), transaction() as session:
        new = Details({"en": code.title(), "ar": "برنامج"}, today - timedelta(days=30), ends_on)
        made = programmes.add(session, SERVER, code, "programme", new, now=clock.now())
        programmes.choose_courses(session, SERVER, code, courses, now=clock.now())
    return made


def enrolled(app: Flask) -> dict[UUID, UUID | None]:
    """Return person -> programme of every enrolment."""
    with app.app_context():
        rows = db.session().execute(select(Enrolment.person_id, Enrolment.programme_id))
        return dict(rows.all())


def required(here: Browser, **changes: str) -> str:
    reply = here.post(f"{URL}/new", {**NEW, **changes})
    assert reply.status_code == 303
    return str(reply.location)


# ---- By rule ------------------------------------------------------------------------------------


def test_whom_a_requirement_enrols_learns_for_its_programme(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    health = programme(app, "health")
    here = browser(grace)
    assert ">Health</option>" in here.get(f"{URL}/new").text
    page = required(here, programme="health")
    for shown in (URL, page, f"{page}/enrolment"):
        assert "Programme: Health" in here.get(shown).text
    for _ in range(2):
        here.post(f"{page}/enrolment")
    assert enrolled(app) == {amina.id: health}
    learning = here.get(f"/en/administer/people/{amina.id}/learning").text
    assert re.search(r"Hygiene on shift.*?Programme: Health", learning, re.DOTALL)
    with app.app_context():
        made = select(AuditRow).where(AuditRow.action == "enrolment.made")
        assert db.session().scalars(made).one().facts["programme"] == str(health)


def test_a_requirement_without_one_gives_none(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    programme(app, "health")
    here = browser(grace)
    here.post(f"{required(here, programme='')}/enrolment")
    assert enrolled(app) == {amina.id: None}


def test_another_programme_is_another_requirement(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast
) -> None:
    programme(app, "health")
    here = browser(grace)
    first = required(here, programme="health")
    assert required(here, programme="health") == first
    assert required(here, programme="") != first
    with app.app_context():
        running = select(Requirement).where(Requirement.ends_on.is_(None))
        assert db.session().scalars(running).one().programme_id is None


@pytest.mark.parametrize("left", ["over", "without the course"])
def test_what_the_programme_left_behind_is_enrolled_without_it(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, left: str
) -> None:
    programme(app, "health")
    here = browser(grace)
    page = required(here, programme="health")
    with app.app_context(), transaction() as session:
        if left == "over":
            yesterday = clock.now().date() - timedelta(days=1)
            session.execute(update(Programme).values(ends_on=yesterday))
        else:
            programmes.choose_courses(session, SERVER, "health", [], now=clock.now())
    here.post(f"{page}/enrolment")
    assert enrolled(app) == {amina.id: None}


@pytest.mark.parametrize("code", ["other", "over", "nothing"])
def test_a_requirement_with_a_programme_that_does_not_fit_is_refused(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, code: str
) -> None:
    programme(app, "other", courses=())
    programme(app, "over", ends_on=clock.now().date() - timedelta(days=1))
    reply = browser(grace).post(f"{URL}/new", {**NEW, "programme": code})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    with app.app_context():
        assert db.session().scalars(select(Requirement)).all() == []


# ---- By list ------------------------------------------------------------------------------------


def send(here: Browser, go: str, **changes: Any) -> Any:
    return here.post(f"{URL}/enrol", {**LIST, **changes, "go": go})


def test_a_pasted_list_is_enrolled_for_the_chosen_programme(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
) -> None:
    health = programme(app, "health")
    here = browser(grace)
    assert ">برنامج</option>" in here.get(f"/ar{URL[3:]}/enrol").text
    hygiene.begin(chipo)
    looked = send(here, "look", programme="health")
    assert looked.status_code == 200
    assert '<option selected value="health">' in looked.text
    before = enrolled(app)
    for _ in range(2):
        assert send(here, "enrol", programme="health").status_code == 303
    assert enrolled(app) == {**before, amina.id: health}


def test_the_list_is_not_asked_for_a_programme_where_there_is_none(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    here = browser(grace)
    assert 'name="programme"' not in here.get(f"{URL}/enrol").text
    assert send(here, "enrol").status_code == 303
    assert enrolled(app) == {amina.id: None}


@pytest.mark.parametrize("go", ["look", "enrol"])
@pytest.mark.parametrize("code", ["other", "over", "nothing"])
def test_a_list_for_a_programme_that_does_not_fit_is_refused(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, go: str, code: str
) -> None:
    programme(app, "other", courses=())
    programme(app, "over", ends_on=clock.now().date() - timedelta(days=1))
    reply = send(browser(grace), go, programme=code)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert enrolled(app) == {}

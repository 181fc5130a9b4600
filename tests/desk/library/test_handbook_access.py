"""Handbooks that are not open to everybody: on the list, at the course, confidential readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from lms.accounts.models import Grant
from lms.accounts.rules import SERVER
from lms.db import reading, transaction
from lms.kernel import clock
from lms.learning import queries
from lms.learning.actions import enrol
from lms.learning.models import Enrolment
from tests.admin.people.conftest import halima
from tests.authoring.writers import with_roles
from tests.browser import Browser
from tests.course import SmallCourse, set_access
from tests.desk.search.conftest import let_be_found
from tests.people import Cast, Places, add_person

__all__ = ["halima"]

Open = Callable[[Cast | None], Browser]
LIBRARY, FOUND = "/en/library", "/en/search?q=clean+hands"
PAGES = ("", "/HY-1.1", "/HY-1.1/print", "/print")
NOT_OPEN = pytest.mark.parametrize("access", ["listed", "restricted"])


@pytest.fixture
def reader(app: Flask, places: Places) -> Cast:
    """Return somebody at Southfield who may see what is restricted there."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Nour Haddad",
            "S-77",
            places.southfield,
            roles=(("confidential-reader", places.southfield),),
        )


def at_course(app: Flask, places: Places, course: str, role: str) -> Cast:
    with app.app_context(), transaction() as session:
        person = add_person(session, "Tarek Mansour", f"W-{course}{role}", places.northgate)
        return with_roles(session, person, role, course=course)


def put_on_list(app: Flask, person: Cast, course: SmallCourse) -> None:
    with app.app_context(), transaction() as session:
        enrol(session, person.id, course.id, route="list", by=SERVER, now=clock.now())


def reads(here: Browser, handbook: SmallCourse) -> bool:
    """Return whether somebody finds and reads a handbook; all of it must be so, or nothing."""
    found = {here.get(handbook.url + path).status_code == 200 for path in PAGES}
    found.add(f'href="{handbook.url}"' in here.get(LIBRARY).text)
    found.add(f'href="{handbook.url}/HY-1.1#hy11-1"' in here.get(FOUND).text)
    assert len(found) == 1
    return found.pop()


@NOT_OPEN
def test_those_on_its_list_find_and_read_it(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, handbook: SmallCourse, access: str
) -> None:
    set_access(app, "hand-hygiene", access)
    let_be_found(app)
    put_on_list(app, amina, handbook)

    assert reads(browser(amina), handbook)
    assert not reads(browser(chipo), handbook)  # her colleague
    taken = browser(amina).client.get(f"{handbook.url}/take-along").status_code
    assert taken == {"listed": 200, "restricted": 404}[access]
    assert "hand-hygiene" not in browser(amina).get("/en/home").text  # nothing to begin


@NOT_OPEN
def test_whoever_may_see_restricted_courses_looks_it_up(
    app: Flask, browser: Open, reader: Cast, handbook: SmallCourse, access: str
) -> None:
    set_access(app, "hand-hygiene", access)
    let_be_found(app)
    assert reads(browser(reader), handbook)


@NOT_OPEN
@pytest.mark.parametrize(
    "role", ["author", "translator", "national-editor", "reviewer", "publisher"]
)
def test_those_who_work_on_it_read_what_is_published(
    app: Flask, browser: Open, places: Places, handbook: SmallCourse, access: str, role: str
) -> None:
    set_access(app, "hand-hygiene", access)
    let_be_found(app)
    assert reads(browser(at_course(app, places, "C95", role)), handbook)
    assert not reads(browser(at_course(app, places, "C99", role)), handbook)


@NOT_OPEN
def test_no_other_role_opens_it(
    app: Flask,
    browser: Open,
    bolat: Cast,
    grace: Cast,
    daniel: Cast,
    halima: Cast,
    handbook: SmallCourse,
    access: str,
) -> None:
    set_access(app, "hand-hygiene", access)
    let_be_found(app)
    for person in (bolat, grace, daniel, halima):
        assert not reads(browser(person), handbook), person.name


@NOT_OPEN
def test_a_role_that_has_ended_opens_nothing(
    app: Flask, browser: Open, reader: Cast, handbook: SmallCourse, access: str
) -> None:
    set_access(app, "hand-hygiene", access)
    let_be_found(app)
    with app.app_context(), transaction() as session:
        session.execute(
            update(Grant).where(Grant.person_id == reader.id).values(ends_on=date(2025, 1, 1))
        )
    assert not reads(browser(reader), handbook)


@NOT_OPEN
def test_a_course_with_a_test_stays_with_those_who_are_enrolled(
    app: Flask, browser: Open, reader: Cast, places: Places, small_course: SmallCourse, access: str
) -> None:
    set_access(app, "hygiene", access)
    let_be_found(app)
    author = at_course(app, places, "C90", "author")
    for person in (reader, author):
        here = browser(person)
        assert here.get(small_course.url).status_code == 404
        assert small_course.url not in here.get(FOUND).text
        with app.app_context():
            assert queries.courses(reading(), person.viewer, "en") == []


# ---- Putting people on the list --------------------------------------------------------------

LIST = "/en/administer/requirements/enrol"


def sent(number: str) -> dict[str, str]:
    return {"course_id": "C95", "numbers": number, "due_on": "2031-01-01", "go": "enrol"}


def test_an_administrator_puts_people_on_the_list_of_a_handbook(
    app: Flask, browser: Open, grace: Cast, amina: Cast, handbook: SmallCourse
) -> None:
    set_access(app, "hand-hygiene", "listed")
    let_be_found(app)
    assert 'value="C95"' in browser(grace).get(LIST).text
    for _ in range(2):
        assert browser(grace).post(LIST, sent(amina.service_number)).status_code == 303

    assert reads(browser(amina), handbook)
    with app.app_context():
        (made,) = reading().query(Enrolment).filter_by(person_id=amina.id).all()
        assert (made.route, made.due_on) == ("list", None)  # nothing is to be passed


def test_an_open_handbook_has_no_list(browser: Open, grace: Cast, handbook: SmallCourse) -> None:
    assert 'value="C95"' not in browser(grace).get(LIST).text
    assert browser(grace).post(LIST, sent("N-1001")).status_code == 422


def test_the_list_of_a_restricted_one_is_kept_by_those_who_may_know_it(
    app: Flask,
    browser: Open,
    grace: Cast,
    halima: Cast,
    places: Places,
    amina: Cast,
    handbook: SmallCourse,
) -> None:
    set_access(app, "hand-hygiene", "restricted")
    for person in (grace, halima):
        assert "hand-hygiene" not in browser(person).get(LIST).text
        assert browser(person).post(LIST, sent(amina.service_number)).status_code == 422
    with app.app_context(), transaction() as session:
        both = add_person(
            session,
            "Saule Bek",
            "HQ-9",
            places.country,
            roles=(("administrator", places.country), ("confidential-reader", places.country)),
        )
    assert browser(both).post(LIST, sent(amina.service_number)).status_code == 303
    assert browser(amina).get(handbook.url).status_code == 200


def test_nobody_must_hold_a_handbook(
    app: Flask, browser: Open, grace: Cast, handbook: SmallCourse
) -> None:
    set_access(app, "hand-hygiene", "listed")
    assert 'value="C95"' not in browser(grace).get("/en/administer/requirements/new").text

"""The tour: a door for every role and state, twelve things to try, and a line that can be cut."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import SignIn
from lms.accounts.queries import roles_on
from lms.admin.demo import service
from lms.admin.tour import LEARNERS, OFFICES, bp
from lms.app import create_app
from lms.app.commands import COMMANDS
from lms.audit.models import AuditRow
from lms.db import reading
from lms.extensions import db
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.settings import Settings, read
from tests.admin.demo.conftest import Demonstration
from tests.browser import Browser

DOORS = {**LEARNERS, **OFFICES}
ROLES = {
    "trainer": {"trainer", "author", "translator"},
    "facility administrator": {"administrator"},
    "region administrator": {"administrator"},
    "country administrator": {"administrator"},
    "observer": {"observer"},
    "inspector": {"inspector"},
    "publisher": {"reviewer", "publisher", "national-editor"},
}


@pytest.fixture
def browser(demonstration: Demonstration) -> Browser:
    return Browser(demonstration.app)


def enter(browser: Browser, door: str) -> UUID:
    """Go through a door; return who this browser is then."""
    reply = browser.post("/tour/visit?language=en", {"door": door})
    assert (reply.status_code, reply.location) == (303, "/en/home")
    cookie = browser.client.get_cookie("sid")
    assert cookie is not None
    with browser.app.app_context():
        from lms.accounts.actions import token_hash

        return (
            reading()
            .scalars(select(SignIn.person_id).where(SignIn.token_hash == token_hash(cookie.value)))
            .one()
        )


def door_of(browser: Browser, door: str) -> UUID:
    with browser.app.app_context():
        return UUID(installation.setting(reading(), service.DOORS)[door])


@pytest.mark.parametrize("path", ["/tour", "/tour/visit", "/tour/line"])
def test_there_is_no_tour_outside_the_demonstration(app: Flask, path: str) -> None:
    assert bp.name not in app.blueprints
    stranger = Browser(app)
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"door": "trainer", "line": "cut"}).status_code == 404


def test_nobody_cuts_a_line_outside_the_demonstration(app: Flask) -> None:
    stranger = Browser(app)
    stranger.client.set_cookie("cut", "1")
    assert stranger.get("/en/").status_code == 200


def test_the_demonstration_is_wired(settings: Settings) -> None:
    made = create_app(read({"LMS_DATA": str(settings.data), "LMS_DEMO": "yes"}))
    assert bp.name in made.blueprints
    assert COMMANDS["demo"] == "lms.admin.demo.cli:demo"


def test_the_sign_in_page_of_the_demonstration_leads_to_the_tour(browser: Browser) -> None:
    page = browser.get("/en/").text
    assert 'href="/tour"' in page
    assert "invented" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_opens_in_every_language(browser: Browser, language: str) -> None:
    reply = browser.get(f"/tour?language={language}")
    assert reply.status_code == 200
    assert f'<html lang="{language}"' in reply.text


def test_the_tour_has_a_door_for_each_and_seventeen_things_that_lead_somewhere(
    browser: Browser,
) -> None:
    page = browser.get("/tour?language=en").text
    assert re.findall(r'name="door" value="([^"]+)"', page) == [str(door) for door in DOORS]
    listed = page[page.index("Seventeen things") : page.index('id="line"')]
    things = re.findall(r'<li><a href="([^"]+)"', listed)
    assert len(things) == 17
    enter(browser, "passed")
    for thing in things:
        if thing.endswith("/write"):
            enter(browser, "trainer")
        if "/reports/" in thing:
            enter(browser, "country administrator")
        reply = browser.client.get(thing.partition("#")[0])
        assert reply.status_code in {200, 303}, thing


@pytest.mark.parametrize("door", DOORS)
def test_a_door_signs_this_browser_in(browser: Browser, door: str) -> None:
    person = enter(browser, door)
    assert person == door_of(browser, door)
    assert browser.get("/en/home").status_code == 200
    with browser.app.app_context():
        roles = {role.name for role in roles_on(reading(), person, clock.now().date())}
    assert roles == ROLES.get(door, set())


def test_the_next_door_ends_the_session_before(browser: Browser) -> None:
    first = enter(browser, "trainer")
    cookie = browser.client.get_cookie("sid")
    assert cookie is not None
    assert enter(browser, "observer") != first
    former = Browser(browser.app)
    former.client.set_cookie("sid", cookie.value)
    assert former.get("/en/home").status_code == 401


def test_who_enters_is_logged(browser: Browser) -> None:
    person = enter(browser, "inspector")
    with browser.app.app_context():
        row = reading().scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
        assert (row.actor_id, row.action, row.facts["way"]) == (person, "sign-in.done", "tour")


@pytest.mark.parametrize("door", ["", "unheard of", "1"])
def test_there_are_no_other_doors(browser: Browser, door: str) -> None:
    assert browser.post("/tour/visit", {"door": door}).status_code == 404
    assert browser.post("/tour/visit", {}).status_code == 404
    assert browser.client.get_cookie("sid") is None


def test_a_door_needs_the_token(browser: Browser) -> None:
    assert browser.post("/tour/visit", {"door": "trainer"}, token=False).status_code == 400


@pytest.mark.parametrize("path", ["/tour/visit", "/tour/line"])
def test_switches_and_doors_are_forms(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 405


def test_a_data_folder_without_invented_people_has_no_door(settings: Settings) -> None:
    """A real service that somebody starts as a demonstration must not let anybody in."""
    app = create_app(read({"LMS_DATA": str(settings.data), "LMS_DEMO": "yes"}))
    with app.app_context():
        db.create_all()
    browser = Browser(app)
    page = browser.get("/tour?language=en").text
    assert 'name="door"' not in page
    assert "There are no invented people" in page
    assert browser.post("/tour/visit", {"door": "trainer"}).status_code == 404
    with app.app_context():
        assert reading().scalar(select(func.count()).select_from(SignIn)) == 0
        db.session.remove()
        db.engine.dispose()


def test_a_cut_line_answers_nothing_but_the_tour(browser: Browser) -> None:
    enter(browser, "in the middle of a test")
    reply = browser.post("/tour/line?language=en", {"line": "cut"})
    assert (reply.status_code, reply.location) == (303, "/tour?language=en#line")
    for path in ("/en/home", "/en/", "/healthz", "/en/courses/mandela-rules", "/nowhere"):
        lost = browser.get(path)
        assert lost.status_code == 503
        assert "The line is cut" in lost.text
        assert lost.headers["Cache-Control"] == "no-store"
    page = browser.get("/tour?language=en")
    assert page.status_code == 200
    assert "Mend the line" in page.text


def test_a_script_meets_a_cut_line_as_a_server_that_cannot_be_reached(browser: Browser) -> None:
    enter(browser, "in the middle of a test")
    browser.post("/tour/line", {"line": "cut"})
    reply = browser.client.get("/answers/who", headers={"Accept": "application/json"})
    assert (reply.status_code, reply.mimetype) == (503, "application/json")
    reply = browser.client.post("/answers", json={}, headers={"Accept": "application/json"})
    assert reply.status_code == 503


def test_only_the_browser_that_cut_its_line_is_cut_off(
    demonstration: Demonstration, browser: Browser
) -> None:
    browser.post("/tour/line", {"line": "cut"})
    assert Browser(demonstration.app).get("/en/").status_code == 200


def test_a_mended_line_answers_again(browser: Browser) -> None:
    enter(browser, "in the middle of a test")
    browser.post("/tour/line", {"line": "cut"})
    assert browser.get("/en/home").status_code == 503
    browser.post("/tour/line", {"line": "whole"})
    assert browser.get("/en/home").status_code == 200


def test_switching_twice_changes_nothing(browser: Browser) -> None:
    for _ in range(2):
        browser.post("/tour/line", {"line": "cut"})
        assert browser.get("/en/").status_code == 503
    for _ in range(2):
        browser.post("/tour/line", {"line": "whole"})
        assert browser.get("/en/").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_cut_line_is_in_the_readers_language(browser: Browser, language: str) -> None:
    browser.client.set_cookie("cut", "1")
    reply = browser.get(f"/{language}/home")
    assert reply.status_code == 503
    assert f'<html lang="{language}"' in reply.text
    assert f'href="/tour?language={language}#line"' in reply.text

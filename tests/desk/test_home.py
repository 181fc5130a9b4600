"""GET /<language>/home"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.rules import SERVER
from lms.authoring import shipped
from lms.authoring.voices import spoken_voices
from lms.catalogue.models import EditionText
from lms.certificates.actions import withdraw
from lms.db import transaction
from lms.files import FileStore
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.packing import as_brotli
from lms.kernel.viewer import Viewer
from lms.learning import actions
from tests.browser import Browser
from tests.certificates.passed import confirm, run_worker
from tests.course import SmallCourse, publish_small, set_access
from tests.desk.paths import award
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/home"
COURSES = Path(__file__).resolve().parents[2] / "courses"


def test_before_anything_is_published_it_says_whom_to_ask(browser: Open, amina: Cast) -> None:
    page = browser(amina).get(URL).text
    assert "No course is published here yet." in page
    assert "You have none yet." in page


def test_a_course_that_nobody_has_begun_is_not_started(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = browser(amina).get(URL).text
    assert 'href="/en/courses/hygiene"' in page
    assert "Not started" in page
    assert "Continue where you stopped" not in page
    assert "Begin here" in page
    assert 'class="btn" href="/en/courses/hygiene">Open the course' in page


def test_it_continues_with_the_lesson_that_comes_next(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina, ["HY-1.1"])
    page = browser(amina).get(URL).text
    assert "In progress" in page
    assert 'href="/en/courses/hygiene/HY-1.2"' in page


def test_the_card_says_what_the_next_lesson_costs_on_the_line(
    app: Flask, browser: Open, amina: Cast
) -> None:
    course = shipped.read(COURSES / "mandela-rules").required()
    with app.app_context():
        store = FileStore(app.config["LMS"].data / "files")
        shipped.publish(transaction, course, store, None, spoken_voices(), now=clock.now())
    with app.app_context(), transaction() as session:
        actions.begin(session, amina.viewer, "mandela-rules", now=clock.now())
    here = browser(amina)
    for language in LANGUAGES:
        card = re.search(
            r'class="btn go" href="([^"]+)".*?· [^<]*?(\d+)[^<]*</p>',
            here.get(f"/{language}/home").text,
            re.DOTALL,
        )
        assert card is not None
        lesson = here.get(card[1])
        headers = sum(len(name) + len(value) + 4 for name, value in lesson.headers)
        weight = len(as_brotli(lesson.data)) + headers
        # Half a kilobyte for the whole number, a fifth for the frame in each language.
        assert abs(weight - int(card[2]) * 1000) < 700, language


def test_an_edition_that_does_not_know_its_weight_says_nothing_of_it(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    assert " kB" in browser(amina).get(URL).text
    with app.app_context(), transaction() as session:
        for text in session.scalars(select(EditionText)):
            text.facts = {name: each for name, each in text.facts.items() if name != "loads"}
    assert " kB" not in browser(amina).get(URL).text


def test_it_continues_the_course_that_was_seen_last(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    other = publish_small(app, course_id="C91", slug="kitchen")
    small_course.begin(amina, now=clock.now() - timedelta(hours=2))
    other.begin(amina, now=clock.now() - timedelta(hours=1))
    assert 'id="go-on">Hygiene on shift: kitchen' in browser(amina).get(URL).text
    small_course.read(amina, ["HY-1.1"])
    assert 'id="go-on">Hygiene on shift<' in browser(amina).get(URL).text


def test_when_everything_is_read_it_leads_to_the_test(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    page = browser(amina).get(URL).text
    assert "Ready for the test" in page
    assert 'href="/en/courses/hygiene/tests/post">Go to the final test' in page


def test_an_open_test_is_the_first_thing_to_continue(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    attempt = small_course.start(amina)
    page = browser(amina).get(URL).text
    assert "Test open" in page
    assert f'class="btn" href="/en/tests/{attempt}">Continue the test' in page
    assert "Every answer so far is saved." in page


def test_after_a_failed_test_it_says_how_much_was_missing_and_what_to_read(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    small_course.sit(amina, right=False)
    page = browser(amina).get(URL).text
    assert "To be repeated" in page
    assert "0 %. At least 80 % is needed" in page
    assert "Before that, read the lessons of the modules that you missed" in page
    assert 'href="/en/courses/hygiene/HY-1.1"' in page


def test_while_a_failed_test_is_closed_it_says_until_when_and_offers_no_test(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    small_course.sit(amina, right=False)
    small_course.read(amina)
    page = browser(amina).get(URL).text
    assert page.count("You may try again from") == 1  # where it goes on, not in the list again
    assert "Go to the final test" not in page
    assert "Open the course" in page


def test_who_has_passed_is_led_to_the_certificate_until_it_is_there(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    page = browser(amina).get(URL).text
    assert "Passed" in page
    assert 'href="/en/courses/hygiene/certificate"' in page

    with app.app_context(), transaction() as session:
        confirm(session, amina)
    award(app, amina)
    page = browser(amina).get(URL).text
    assert "Certified" in page
    assert "Being made." in page
    assert "Continue where you stopped" not in page

    run_worker(app)
    page = browser(amina).get(URL).text
    assert "Check code:" in page
    assert "Valid through" in page


def test_a_certificate_that_was_taken_back_says_so(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        confirm(session, amina)
    certificate = award(app, amina)
    run_worker(app)
    with app.app_context(), transaction() as session:
        withdraw(session, SERVER, certificate, "a mistake", now=clock.now())
    here = browser(amina)
    page = here.get(URL).text
    assert "no longer counts" in page
    assert "Check code:" not in page
    page = here.get(f"/en/certificates/{certificate}").text
    assert "a mistake" in page
    assert "Download to print" not in page


def test_what_others_do_shows_on_nobody_elses_desk(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    small_course: SmallCourse,
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        confirm(session, amina)
    award(app, amina)
    for person in (chipo, daniel, bolat, grace):
        page = browser(person).get(URL).text
        assert "Not started" in page
        assert "Certified" not in page
        assert "You have none yet." in page


@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_course_by_list_shows_to_those_on_the_list(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse, access: str
) -> None:
    set_access(app, "hygiene", access)
    assert "Hygiene" not in browser(amina).get(URL).text
    with app.app_context(), transaction() as session:
        server = Viewer(amina.id, "en")
        actions.enrol(session, amina.id, "C90", route="list", by=server, now=clock.now())
    assert "Hygiene" in browser(amina).get(URL).text
    assert "Hygiene" not in browser(chipo).get(URL).text


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, small_course: SmallCourse) -> None:
    reply = browser(None).get(URL)
    assert reply.status_code == 401
    assert "Hygiene" not in reply.text


def test_a_disabled_person_is_nobody(
    browser: Open, farida: Cast, small_course: SmallCourse
) -> None:
    assert browser(farida).get(URL).status_code == 401


def test_it_only_shows(browser: Open, amina: Cast) -> None:
    assert browser(amina).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_home_speaks_every_language(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str
) -> None:
    small_course.begin(amina)
    page = browser(amina).get(f"/{language}/home")
    assert page.status_code == 200
    assert f'href="/{language}/courses/hygiene"' in page.text
    assert ("النظافة في المناوبة" in page.text) is (language == "ar")

"""GET /<language>/courses/<slug>"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask, get_template_attribute
from sqlalchemy import select

from lms.accounts.rules import SERVER
from lms.authoring.review.models import EditionPerson
from lms.catalogue.models import Edition
from lms.db import transaction
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.learning import actions
from lms.requirements import actions as requirements
from lms.requirements.actions import NewExternal
from tests.browser import Browser
from tests.certificates.passed import confirm
from tests.course import LESSONS, SmallCourse, publish_small, set_access
from tests.desk.paths import award
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene"


def test_before_it_is_begun_it_says_what_it_is_about_and_offers_to_begin(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = browser(amina).get(URL).text
    assert "You have not begun this course." in page
    assert 'action="/en/courses/hygiene/begin"' in page
    assert "What this course is about" in page
    assert '<details class="prose flow" open>' in page
    assert 'name="test" value="pre"' in page
    assert "4 lessons" in page
    assert "about 40 minutes" in page
    for code in LESSONS:
        assert f"Lesson {code}" in page
        assert f"/courses/hygiene/{code}" not in page


def test_what_must_be_passed_before_stands_there_instead_of_the_buttons(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene", "not-here"))
    page = browser(amina).get("/en/courses/kitchen").text
    assert "Before this course, pass: Hygiene on shift · not-here." in page
    assert '<a class="btn" href="/en/courses/hygiene">Hygiene on shift</a>' in page
    assert "/en/courses/not-here" not in page
    assert "/begin" not in page

    small_course.pass_it(amina)
    page = browser(amina).get("/en/courses/kitchen").text
    assert "Before this course, pass: not-here." in page
    assert '<a class="btn" href="/en/courses/hygiene">' not in page


def accept(app: Flask, person: Cast, checker: Cast, through: date | None) -> None:
    """Accept a certificate from elsewhere for the small course."""
    with app.app_context(), transaction() as session:
        new = NewExternal(
            "C90", "Hygiene & <b>order</b>", "UN e-course", None, date(2025, 1, 1), through, "paper"
        )
        given = requirements.enter_external(session, SERVER, person.id, new, now=clock.now())
        requirements.check_external(session, checker.viewer, given, None, now=clock.now())


@pytest.mark.parametrize("access", ["open", "restricted"])
def test_a_valid_certificate_from_elsewhere_counts_for_what_comes_before_and_says_so(
    app: Flask, browser: Open, amina: Cast, grace: Cast, small_course: SmallCourse, access: str
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene",))
    today = clock.now().date()
    accept(app, amina, grace, today)
    set_access(app, "hygiene", access)
    page = browser(amina).get("/en/courses/kitchen").text
    assert "Before this course, pass" not in page
    assert (
        "a certificate from elsewhere counts: Hygiene &amp; &lt;b&gt;order&lt;/b&gt;, UN e-course"
        in page
    )
    assert "Valid through" in page
    assert ("“Hygiene on shift”" in page) == (access == "open")
    for language in LANGUAGES:
        assert "UN e-course" in browser(amina).get(f"/{language}/courses/kitchen").text
    assert browser(amina).post("/en/courses/kitchen/begin").status_code == 303


def test_one_that_has_run_out_or_was_refused_or_is_a_colleagues_does_not_count(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, grace: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene",))
    today = clock.now().date()
    accept(app, amina, grace, today - timedelta(days=1))
    accept(app, chipo, grace, None)
    with app.app_context(), transaction() as session:
        new = NewExternal("C90", "Other", "Other", None, today, None, "paper")
        given = requirements.enter_external(session, SERVER, amina.id, new, now=clock.now())
        page = browser(amina).get("/en/courses/kitchen").text
        assert "Before this course, pass: Hygiene on shift." in page, "nobody has checked it"
        requirements.check_external(session, grace.viewer, given, "not ours", now=clock.now())
    page = browser(amina).get("/en/courses/kitchen").text
    assert "Before this course, pass: Hygiene on shift." in page
    assert "from elsewhere" not in page
    assert browser(amina).post("/en/courses/kitchen/begin").status_code == 409
    chipos = browser(chipo).get("/en/courses/kitchen").text
    assert "from elsewhere" in chipos
    assert "Valid through" not in chipos


def test_begun_it_leads_to_the_next_lesson_and_offers_the_first_test(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina, ["HY-1.1"])
    page = browser(amina).get(URL).text
    assert "Continue: Lesson HY-1.2" in page
    assert '<details class="prose flow">' in page
    assert "Lessons: 1 of 4 finished" in page
    assert 'href="/en/courses/hygiene/tests/pre"' in page
    assert 'href="/en/courses/hygiene/tests/post"' not in page


def test_an_open_first_test_is_continued_and_a_marked_one_leads_to_its_result(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    attempt = small_course.start(amina, "pre")
    page = browser(amina).get(URL).text
    assert f'href="/en/tests/{attempt}">Continue the first test' in page
    small_course.hand_in(amina, attempt)
    page = browser(amina).get(URL).text
    assert f'href="/en/tests/{attempt}/result">Result of the first test' in page
    assert "tests/pre" not in page


def test_when_every_lesson_is_finished_it_leads_to_the_final_test(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    page = browser(amina).get(URL).text
    assert "The final test is open." in page
    assert 'href="/en/courses/hygiene/tests/post">Go to the final test' in page


def test_an_open_final_test_is_continued(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    attempt = small_course.start(amina)
    assert f'href="/en/tests/{attempt}">Continue the test' in browser(amina).get(URL).text


def test_after_a_failed_test_it_leads_to_what_was_missed_then_says_when_to_come_back(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    attempt = small_course.sit(amina, right=False)
    here = browser(amina)
    page = here.get(URL).text
    assert "read the lessons of the modules that you missed" in page
    assert "Continue: Lesson HY-1.1" in page
    assert "Lessons to read again before the next attempt: 4" in page
    assert page.count("(read again)") == 4
    assert "(finished)" not in page
    assert f'href="/en/tests/{attempt}/result">Final test, attempt 1: 0 %' in page
    small_course.read(amina)
    page = here.get(URL).text
    assert "You may try again from" in page
    assert "to read again" not in page
    assert page.count("(finished)") == 4
    assert "tests/post" not in page


def test_a_granted_attempt_opens_the_test_before_the_pause_is_over(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    small_course.sit(amina, right=False)
    small_course.read(amina)
    with app.app_context(), transaction() as session:
        actions.grant_attempt(session, SERVER, amina.id, "hygiene", "power cut", now=clock.now())
    assert "The final test is open." in browser(amina).get(URL).text


def test_who_has_passed_is_led_to_the_certificate(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    here = browser(amina)
    page = here.get(URL, most_queries=7).text
    assert "You have passed the final test." in page
    assert 'href="/en/courses/hygiene/certificate"' in page
    with app.app_context(), transaction() as session:
        confirm(session, amina)
    certificate = award(app, amina)
    page = here.get(URL, most_queries=7).text
    assert f'href="/en/certificates/{certificate}">Open the certificate' in page
    assert page.count('<span class="tag ok">done</span>') == 3


def test_it_offers_paper_and_one_file(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    page = browser(amina).get(URL).text
    assert 'href="/en/courses/hygiene/print"' in page
    assert 'href="/en/courses/hygiene/take-along"' in page


def test_a_colleague_another_facility_and_the_bosses_see_their_own_course(
    browser: Open,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    grace: Cast,
    small_course: SmallCourse,
) -> None:
    attempt = small_course.pass_it(amina)
    for person in (chipo, daniel, bolat, grace):
        page = browser(person).get(URL).text
        assert "You have not begun this course." in page
        assert str(attempt) not in page


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, small_course: SmallCourse) -> None:
    assert browser(None).get(URL).status_code == 401


@pytest.mark.parametrize("slug", ["nothing", "HYGIENE", "C90", "x" * 2000, "é"])
def test_there_is_no_such_course(
    browser: Open, amina: Cast, small_course: SmallCourse, slug: str
) -> None:
    assert browser(amina).get(f"/en/courses/{slug}").status_code == 404


@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_course_by_list_is_there_for_those_on_the_list(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse, access: str
) -> None:
    set_access(app, "hygiene", access)
    with app.app_context(), transaction() as session:
        actions.enrol(session, amina.id, "C90", route="list", by=SERVER, now=clock.now())
    page = browser(amina).get(URL)
    assert page.status_code == 200
    assert ("take-along" in page.text) is (access == "listed")
    assert browser(chipo).get(URL).status_code == 404


def test_it_only_shows(browser: Open, amina: Cast, small_course: SmallCourse) -> None:
    assert browser(amina).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_a_course_speaks_every_language_in_every_state(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str
) -> None:
    here, url = browser(amina), f"/{language}/courses/hygiene"
    long_ago = clock.now() - timedelta(days=20)
    assert here.get(url).status_code == 200
    small_course.begin(amina, now=long_ago)
    assert here.get(url).status_code == 200
    small_course.read(amina, now=long_ago)
    small_course.sit(amina, right=False, now=long_ago)
    assert here.get(url).status_code == 200
    small_course.read(amina)
    small_course.start(amina)
    page = here.get(url)
    assert page.status_code == 200
    assert ("النظافة في المناوبة" in page.text) is (language == "ar")


def test_it_names_who_answers_for_the_edition(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, small_course: SmallCourse
) -> None:
    here = browser(amina)
    assert "Who answers for this edition" not in here.get(URL).text
    with app.app_context(), transaction() as session:
        edition = session.scalars(select(Edition.id)).one()
        for part in ("author", "translator", "national-editor", "publisher"):
            session.add(
                EditionPerson(edition_id=edition, person_id=bolat.id, part=part, at=clock.now())
            )
    page = here.get(URL).text

    assert "Who answers for this edition" in page
    for words in ("Author: <bdi>Болат", "National editor: <bdi>Болат", "Publisher: <bdi>Болат"):
        assert words in page
    small_course.begin(amina)
    for language in LANGUAGES:
        assert "Болат" in here.get(f"/{language}/courses/hygiene").text


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "about 1 minute"),
        (89, "about 89 minutes"),
        (120, "about 2 h"),
        (205, "about 3 h 25 min"),
    ],
)
def test_long_courses_are_told_in_hours(app: Flask, minutes: int, said: str) -> None:
    with app.test_request_context("/en/"):
        app.preprocess_request()
        macro = get_template_attribute("web/macros/time.html", "lasting")
        assert macro(minutes) == said

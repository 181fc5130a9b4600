"""GET /<language>/courses/<slug>/<code>"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms.db import transaction
from lms.kernel import clock
from lms.learning import actions, queries
from tests.browser import Browser
from tests.course import LESSONS, SmallCourse, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene/HY-1.1"
DONE_BUTTON = "Mark as done and continue"


@pytest.fixture
def begun(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    return small_course


def test_it_shows_the_lesson_with_its_place_in_the_course(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    page = browser(amina).get(URL)

    assert page.status_code == 200
    assert "Lesson 1 of 4" in page.text
    assert "Clean hands protect everybody." in page.text
    assert DONE_BUTTON in page.text
    assert 'href="/en/courses/hygiene/HY-1.1/print"' in page.text


def test_a_check_in_a_lesson_shows_its_answer_but_no_question_of_the_bank_is_there(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    page = browser(amina).get(URL).text
    assert "What comes first HY-1.1?" in page
    assert "HY-1-001" not in page
    assert "Because the manual says so" not in page


def test_every_lesson_leads_to_its_neighbours(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    begun.read(amina)
    here = browser(amina)
    for place, code in enumerate(LESSONS):
        page = here.get(f"/en/courses/hygiene/{code}").text
        if place:
            assert f"Back: Lesson {LESSONS[place - 1]}" in page
        assert ("Next lesson" in page) is (place + 1 < len(LESSONS))


def test_a_finished_lesson_has_no_button_to_finish_it(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    begun.read(amina, ["HY-1.1"])
    assert DONE_BUTTON not in browser(amina).get(URL).text


def test_after_a_failed_test_the_lessons_of_the_missed_modules_are_open_again(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    begun.read(amina)
    begun.sit(amina, right=False)
    here = browser(amina)
    page = here.get(URL).text
    assert "read again" in page
    assert DONE_BUTTON in page
    here.post(f"{URL}/completion")
    assert DONE_BUTTON not in here.get(URL).text


def test_it_offers_the_place_where_reading_stopped(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    with app.app_context(), transaction() as session:
        enrolment = queries.open_enrolment(session, amina.viewer, "hygiene")
        actions.note_place(
            session,
            amina.viewer,
            enrolment,
            "HY-1.1",
            "hy11-2",
            30,
            page="a" * 16,
            n=1,
            now=clock.now(),
        )
    page = browser(amina).get(URL).text
    assert 'href="#hy11-2">Go on where you stopped reading' in page
    assert 'id="hy11-2"' in page


def test_a_page_that_the_browser_holds_costs_no_bytes_until_something_changed(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    first = here.get(URL)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"

    same = here.get(URL, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    begun.read(amina, ["HY-1.2"])
    assert here.get(URL, headers={"If-None-Match": tag}).status_code == 200
    assert here.get("/ar/courses/hygiene/HY-1.1", headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_of_one_person_is_not_the_tag_of_another(
    browser: Open, amina: Cast, chipo: Cast, begun: SmallCourse
) -> None:
    begun.begin(chipo)
    tag = browser(amina).get(URL).headers["ETag"]
    assert browser(chipo).get(URL, headers={"If-None-Match": tag}).status_code == 200


def test_who_has_not_begun_is_led_to_the_course(
    browser: Open, chipo: Cast, daniel: Cast, begun: SmallCourse
) -> None:
    for person in (chipo, daniel):
        reply = browser(person).get(URL)
        assert (reply.status_code, reply.location) == (302, "/en/courses/hygiene")


def test_a_colleague_sees_nothing_of_anothers_progress(
    browser: Open, amina: Cast, chipo: Cast, begun: SmallCourse
) -> None:
    begun.read(amina)
    begun.begin(chipo)
    assert DONE_BUTTON in browser(chipo).get(URL).text


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, begun: SmallCourse) -> None:
    assert browser(None).get(URL).status_code == 401


@pytest.mark.parametrize("code", ["HY-9.9", "hy-1.1", "nothing", "HY-1", "é" * 300])
def test_there_is_no_such_lesson(browser: Open, amina: Cast, begun: SmallCourse, code: str) -> None:
    assert browser(amina).get(f"/en/courses/hygiene/{code}").status_code == 404


def test_there_is_no_such_course(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).get("/en/courses/nothing/HY-1.1").status_code == 404


def test_there_is_no_such_language(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).get("/de/courses/hygiene/HY-1.1").status_code == 404


@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_course_by_list_is_not_there_for_who_is_not_on_it(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, begun: SmallCourse, access: str
) -> None:
    set_access(app, "hygiene", access)
    assert browser(chipo).get(URL).status_code == 404
    assert browser(amina).get(URL).status_code == 200


def test_it_only_shows(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_every_lesson_is_there_in_every_language(
    browser: Open, amina: Cast, begun: SmallCourse, language: str
) -> None:
    here = browser(amina)
    for code in LESSONS:
        page = here.get(f"/{language}/courses/hygiene/{code}")
        assert page.status_code == 200
    article = page.text.partition("<article")[2].partition("</article>")[0]
    assert ("اليد النظيفة" in article) is (language == "ar")
    # What is not translated is shown in another language and says so.
    assert ('lang="en"' in article) is (language not in {"en", "ar"})


def test_what_was_passed_can_still_be_read(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina, now=clock.now() - timedelta(days=3))
    assert browser(amina).get(URL).status_code == 200

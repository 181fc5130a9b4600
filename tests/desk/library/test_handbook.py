"""The journey through a handbook: read without beginning it, printed, taken along, found."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.extensions import db
from lms.kernel.errors import NotFound
from lms.learning.models import Enrolment, LearningRecord
from tests.browser import Browser
from tests.course import LESSONS, SmallCourse
from tests.desk.search.conftest import let_be_found
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


def test_its_page_has_lessons_and_nothing_about_tests(
    browser: Open, amina: Cast, handbook: SmallCourse
) -> None:
    page = browser(amina).get(handbook.url).text
    for code in LESSONS:
        assert f'href="{handbook.url}/{code}"' in page
    assert f'href="{handbook.url}/print"' in page
    assert f'href="{handbook.url}/take-along"' in page
    assert "It has no test and no certificate" in page
    assert "<form method" not in page[page.index("<main") : page.index("</main>")]


def test_it_is_not_among_the_courses_of_home(
    browser: Open, amina: Cast, handbook: SmallCourse, small_course: SmallCourse
) -> None:
    page = browser(amina).get("/en/home").text
    assert "hand-hygiene" not in page
    assert "/en/courses/hygiene" in page


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_every_lesson_is_read_without_beginning_and_nothing_is_recorded(
    app: Flask, browser: Open, amina: Cast, handbook: SmallCourse, language: str
) -> None:
    here = browser(amina)
    for code in LESSONS:
        reply = here.get(f"/{language}/courses/hand-hygiene/{code}")
        assert reply.status_code == 200
        assert "data-place" not in reply.text
        assert "/completion" not in reply.text
        tag = {"If-None-Match": reply.headers["ETag"]}
        again = here.get(f"/{language}/courses/hand-hygiene/{code}", headers=tag)
        assert again.status_code == 304
        assert here.get(f"/{language}/courses/hand-hygiene/{code}/print").status_code == 200
    with app.app_context():
        for model in (Enrolment, LearningRecord):
            assert db.session().scalar(select(func.count()).select_from(model)) == 0


def test_it_cannot_be_begun_and_has_no_test(
    browser: Open, amina: Cast, handbook: SmallCourse
) -> None:
    here = browser(amina)
    assert here.post(f"{handbook.url}/begin").status_code == 404
    assert here.post(f"{handbook.url}/HY-1.1/completion").status_code == 404
    assert here.get(f"{handbook.url}/tests/post").status_code == 404
    assert here.get(f"{handbook.url}/certificate").status_code == 404
    with pytest.raises(NotFound):
        handbook.begin(amina)


def test_its_sources_lead_to_the_library_in_the_language_of_the_page(
    browser: Open, amina: Cast, handbook: SmallCourse
) -> None:
    here = browser(amina)
    for language in ("en", "fr"):
        page = here.get(f"/{language}/courses/hand-hygiene/HY-1.1").text
        assert f'<a href="/{language}/library/standards">The manual</a>' in page


def test_taken_along_it_leads_nowhere(browser: Open, amina: Cast, handbook: SmallCourse) -> None:
    page = browser(amina).client.get(f"{handbook.url}/take-along").text
    assert "<a>The manual</a>" in page
    assert not re.findall(r'href="/', page)
    assert "take the test" not in page


def test_a_hit_leads_straight_into_it(
    app: Flask, browser: Open, amina: Cast, handbook: SmallCourse
) -> None:
    let_be_found(app)
    page = browser(amina).get("/en/search?q=clean+hands").text
    assert f'href="{handbook.url}/HY-1.1#hy11-1"' in page
    assert "You have not begun this course." not in page


def test_who_is_not_signed_in_reads_nothing(browser: Open, handbook: SmallCourse) -> None:
    for path in ("", "/HY-1.1", "/print"):
        assert browser(None).get(handbook.url + path).status_code == 401

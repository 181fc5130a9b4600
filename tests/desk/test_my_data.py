"""GET /<language>/my-data"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from lms.catalogue.models import Course
from lms.certificates.models import Certificate
from lms.db import transaction
from tests.browser import Browser
from tests.certificates.passed import issued
from tests.course import SmallCourse
from tests.people import Cast

# One look for each kind of fact: nobody opens this page twice a day.
QUERIES = 9
Open = Callable[[Cast | None], Browser]


def test_it_shows_what_is_stored_about_the_person_who_asks(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina)
    small_course.pass_it(amina)

    page = browser(amina).get("/en/my-data", most_queries=QUERIES)

    assert page.status_code == 200
    for fact in (
        amina.service_number,
        amina.name,
        "Northgate",
        "4 <small>(<bdi>HY-1.1",
        "100",
        "Hygiene on shift",
        "Northgate · Officer · from",
    ):
        assert fact in page.text


def test_it_shows_what_the_office_sees_of_courses_and_certificates(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    certificate = issued(app, amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Course).where(Course.id == "C01").values(access="restricted"))
        session.execute(update(Certificate).values(valid_through=date(2025, 1, 1)))
        number = session.get_one(Certificate, certificate).number
    small_course.begin(amina)
    page = browser(amina).get("/en/my-data", most_queries=QUERIES).text
    assert re.search(r"Hygiene on shift.*?0 lessons finished", page, re.DOTALL)
    line = rf"certificates/{certificate}\"><bdi>{number}<.*?Mandela Rules.*?Expired"
    assert re.search(line, page, re.DOTALL)


def test_what_is_stored_is_said_in_the_words_of_the_reader(
    browser: Open, amina: Cast, grace: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    page = browser(amina).get("/ar/my-data", most_queries=QUERIES).text
    assert "النظافة في المناوبة" in page
    assert "· عون ·" in page
    assert "P1" not in page
    boss = browser(grace).get("/ar/my-data", most_queries=QUERIES).text
    assert all(each.name not in boss for each in grace.viewer.roles)


def test_who_has_begun_nothing_sees_no_empty_table(browser: Open, amina: Cast) -> None:
    page = browser(amina).get("/en/my-data", most_queries=QUERIES).text
    assert "You have not begun a course." in page
    assert "<table" not in page


def test_it_shows_nothing_of_a_colleague(
    browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(chipo)
    page = browser(amina).get("/en/my-data", most_queries=QUERIES)
    assert chipo.service_number not in page.text
    assert "Hygiene" not in page.text


def test_who_is_not_signed_in_sees_nothing(browser: Open) -> None:
    assert browser(None).get("/en/my-data").status_code == 401


def test_it_takes_no_form(browser: Open, amina: Cast) -> None:
    assert browser(amina).post("/en/my-data").status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_it_opens_in_every_language(browser: Open, amina: Cast, language: str) -> None:
    assert browser(amina).get(f"/{language}/my-data", most_queries=QUERIES).status_code == 200

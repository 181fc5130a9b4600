"""A title that is not translated says in which language it is, wherever a page shows it.

The course of these tests is in English and Arabic: in French, Russian and Kazakh its titles are
English, in Arabic they are Arabic. A speaking browser and the fonts follow the mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.rules import SERVER
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.messages import Message, Words
from lms.learning.models import Enrolment
from lms.requirements.models import Requirement
from lms.web.language import say
from tests.admin.people.conftest import Open, halima
from tests.certificates.passed import confirm, run_worker
from tests.course import EN, SmallCourse, publish_small, small_course
from tests.desk.paths import award
from tests.people import Cast, Places
from tests.promises import VOID
from tests.requirements.test_queries import required

__all__ = ["halima", "small_course"]

TITLE = re.compile("Hygiene on shift|Lesson HY-|Module HY-|" + EN["about"])


class Spoken(HTMLParser):
    """The texts of a page that hold a title, each with the language that it is marked with."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str, str]] = []  # element, language, direction
        self.found: list[tuple[str, str, str]] = []  # text, language, direction
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        values = dict(attrs)
        _, language, direction = self.open[-1] if self.open else ("", "", "")
        self.open.append((tag, values.get("lang") or language, values.get("dir") or direction))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        tag, language, direction = self.open[-1] if self.open else ("", "", "")
        # The name of a window is one line of text and can hold no mark.
        if tag != "title" and TITLE.search(data):
            self.found.append((data.strip(), language, direction))


def titles(page: str) -> list[tuple[str, str, str]]:
    return Spoken(page).found


@pytest.fixture
def learner_pages(app: Flask, browser: Open, amina: Cast, small_course: SmallCourse) -> list[str]:
    """Amina has failed once, reads again, and is on the way to another course."""
    long_ago = clock.now() - timedelta(days=3)
    small_course.begin(amina, now=long_ago)
    small_course.read(amina, now=long_ago)
    failed = small_course.sit(amina, right=False, now=long_ago)
    small_course.start(amina, "pre")
    return [
        "/home",
        "/my-data",
        "/courses/hygiene",
        "/courses/hygiene/HY-1.2",
        "/courses/hygiene/HY-1.2/print",
        "/courses/hygiene/print",
        "/courses/hygiene/take-along",
        "/courses/hygiene/tests/post",
        f"/tests/{failed}/result",
    ]


@pytest.mark.parametrize("language", ["fr", "ru", "kk"])
def test_a_learner_hears_each_title_in_its_own_language(
    browser: Open, amina: Cast, learner_pages: list[str], language: str
) -> None:
    here = browser(amina)
    for path in learner_pages:
        found = titles(here.client.get(f"/{language}{path}").text)
        assert found, path
        assert {(said, way) for _, said, way in found} == {("en", "ltr")}, (path, found)


def test_what_is_translated_carries_no_mark_of_its_own(
    browser: Open, amina: Cast, learner_pages: list[str]
) -> None:
    here = browser(amina)
    for path in learner_pages:
        assert titles(here.client.get(f"/ar{path}").text) == [], path
        assert '<bdi lang="' not in here.client.get(f"/en{path}").text, path


def test_every_part_of_the_card_on_the_desk_and_the_headings_are_marked(
    browser: Open, amina: Cast, learner_pages: list[str]
) -> None:
    here = browser(amina)
    marked = '<bdi lang="en" dir="ltr">'
    assert f'<h2 id="go-on">{marked}Hygiene on shift</bdi></h2>' in here.get("/kk/home").text
    course = here.get("/kk/courses/hygiene").text
    assert f"<h1>{marked}Hygiene on shift</bdi></h1>" in course
    assert f"<h2>{marked}Module HY-1</bdi></h2>" in course
    lesson = here.get("/kk/courses/hygiene/HY-1.2").text
    assert f"<h1>{marked}Lesson HY-1.2</bdi></h1>" in lesson
    assert f'<li><a href="/kk/courses/hygiene">{marked}Hygiene on shift</bdi></a></li>' in lesson


def test_a_certificate_and_a_required_course_are_marked_too(
    app: Flask, browser: Open, amina: Cast, places: Places, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        required(session, places.northgate.id)
        confirm(session, amina)
    here = browser(amina)
    asked = titles(here.get("/kk/courses/hygiene/certificate").text)
    assert {said for _, said, _ in asked} == {"en"}
    award(app, amina)
    run_worker(app)
    for path in ("/kk/home", "/kk/my-data"):
        found = titles(here.client.get(path).text)
        assert found, path
        assert {said for _, said, _ in found} == {"en"}, (path, found)


def admin_pages(app: Flask, places: Places, person: Cast) -> Iterator[str]:
    with app.app_context(), transaction() as session:
        asked = required(session, places.northgate.id).id
        title = Details({"en": "Clean"}, clock.now().date(), None)
        programmes.add(session, SERVER, "clean", "programme", title, now=clock.now())
        programmes.choose_courses(session, SERVER, "clean", ["C90"], now=clock.now())
        assert session.scalars(select(Requirement.id)).one() == asked
        assert session.scalars(select(Enrolment.id)).all()
    yield from (
        "/requirements",
        f"/requirements/{asked}",
        f"/requirements/{asked}/enrolment",
        "/requirements/new",
        "/requirements/enrol",
        f"/people/{person.id}/learning",
        f"/people/{person.id}/exemptions",
        f"/people/{person.id}/external",
        "/certificates",
        "/certificates/bulk",
        "/programmes/clean",
        "/programmes/clean/courses",
        "/test-rules",
    )


def test_administration_marks_them_in_lists_and_in_choices(
    app: Flask, browser: Open, places: Places, halima: Cast, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    here = browser(halima)
    for path in admin_pages(app, places, amina):
        found = titles(here.get(f"/kk/administer{path}").text)
        assert found, path
        assert {(said, way) for _, said, way in found} == {("en", "ltr")}, (path, found)
        assert 'lang="en" dir="ltr">Hygiene' not in here.get(f"/en/administer{path}").text, path


def test_a_refusal_that_names_a_course_marks_it(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen", prerequisites=("hygiene",))
    refused = browser(amina).post("/kk/courses/kitchen/begin").text
    assert '<bdi lang="en" dir="ltr">Hygiene on shift</bdi>' in refused


# ---- Sentences ----------------------------------------------------------------------------------


def test_a_sentence_marks_only_what_is_in_another_language_and_escapes_everything(
    app: Flask,
) -> None:
    listed = Message("%(a)s! %(b)s", {"a": (Words("<x>", "ar"), Words("y & z", "en"), 3), "b": "<"})
    with app.test_request_context("/en/"):
        assert say(listed) == ('<bdi lang="ar" dir="rtl">&lt;x&gt;</bdi> · y &amp; z · 3! &lt;')
        plain = Message("%(a)s", {"a": (Words("<x>", "en"), "<y>")})
        assert type(say(plain)) is str
        assert say(plain) == "<x> · <y>"
    assert str(listed) == "<x> · y & z · 3! <"

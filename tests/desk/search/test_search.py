"""GET /<language>/search"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update

from lms.accounts.rules import SERVER
from lms.catalogue.models import Course, Edition
from lms.catalogue.search.models import SearchEntry
from lms.db import transaction
from lms.kernel import clock
from lms.learning import actions
from tests.browser import Browser
from tests.course import AR, SmallCourse, set_access
from tests.desk.search.conftest import Find, let_be_found
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/search"
EMPTY = "Nothing holds all these words."


def links(page: str) -> list[str]:
    """Return where the hits of a page lead, in order."""
    found = page[page.index("<main") : page.index("</main>")]
    return [unescape(each) for each in re.findall(r'<h3><a href="([^"]*)"', found)]


def asked(here: Browser, query: str, language: str = "en", **more: str) -> str:
    reply = here.get(f"/{language}/search", query_string={"q": query, **more})
    assert reply.status_code == 200
    return reply.text


def test_a_hit_leads_to_its_place_in_the_lesson(
    browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    page = asked(browser(amina), "clean hands protect")
    assert links(page)[0] == "/en/courses/hygiene/HY-1.1#hy11-1"
    assert len(links(page)) == len(set(links(page)))
    assert "<mark>Clean</mark> <mark>hands</mark>" in page
    assert "Hygiene on shift" in page


@pytest.mark.parametrize(
    "query", ["CLEAN HANDS", "cleans hand", "clea han", "“clean” – hands!", "hands clean"]
)
def test_capitals_endings_order_and_signs_do_not_matter(
    browser: Open, amina: Cast, hygiene: SmallCourse, query: str
) -> None:
    hygiene.begin(amina)
    assert links(asked(browser(amina), query))[0].startswith("/en/courses/hygiene/HY-")


@pytest.mark.parametrize("query", ["اليد النظيفة", "يد نظيفه", "اليـــد", "النَّظيفةُ"])
def test_arabic_is_found_however_it_is_typed(
    browser: Open, amina: Cast, hygiene: SmallCourse, query: str
) -> None:
    hygiene.begin(amina)
    assert AR["body"].startswith("اليد النظيفة")
    assert links(asked(browser(amina), query, "ar"))[0].startswith("/ar/courses/hygiene/HY-1.1#")


def test_who_has_not_begun_is_led_to_the_page_of_the_course_and_told_so(
    browser: Open, chipo: Cast, hygiene: SmallCourse
) -> None:
    page = asked(browser(chipo), "clean hands")
    assert set(links(page)) == {"/en/courses/hygiene"}
    assert "You have not begun this course." in page


def test_the_form_keeps_the_query_and_its_language_menu_too(
    browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    here = browser(amina)
    page = asked(here, 'a "word" <b>')
    assert 'value="a &#34;word&#34; &lt;b&gt;"' in page
    arabic = here.get("/ar/search", query_string={"q": "hands", "go": "language-ar"})
    assert 'value="hands"' in arabic.text


def test_without_words_it_says_what_to_do(browser: Open, amina: Cast, hygiene: SmallCourse) -> None:
    here = browser(amina)
    assert "in the language of this page" in here.get(URL).text
    assert "Write at least one letter or number." in asked(here, "?! …")
    assert EMPTY in asked(here, "zebra")
    assert EMPTY in asked(here, "clean zebra")


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "' OR 1=1 --",
        "NEAR(a b)",
        "clean AND OR NOT",
        "a* b^ c:d",
        "{words}: x",
        "( | & !",
        "x" * 5000,
        "clean " * 300,
        "😀",
        "\ud800",
    ],
)
def test_whatever_is_typed_is_words_and_nothing_else(
    browser: Open, amina: Cast, hygiene: SmallCourse, query: str
) -> None:
    sent = {"q": query.encode("utf-8", "surrogatepass")}
    assert browser(amina).get(URL, query_string=sent).status_code == 200


def test_a_query_has_at_most_100_characters(
    browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    page = asked(browser(amina), "clean " + "x" * 200)
    assert 'maxlength="100"' in page
    assert f'value="clean {"x" * 94}"' in page


def test_answers_of_questions_are_not_given_away(
    browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    assert EMPTY in asked(browser(amina), "the right way")


def test_more_places_stand_on_further_pages(browser: Open, amina: Cast, publish: Find) -> None:
    for number in range(3):
        publish(course_id=f"C8{number}", slug=f"hygiene-{number}").begin(amina)
    here = browser(amina)
    first, second = asked(here, "hands"), asked(here, "hands", page="2")
    assert len(links(first)) == 20
    assert 'rel="next" href="/en/search?q=hands&amp;page=2"' in first
    assert 'rel="prev"' in second
    assert not set(links(first)) & set(links(second))
    assert "There is nothing more." in asked(here, "hands", page="10")
    for wrong in ("0", "-1", "11", "x", "9" * 30):
        asked(here, "hands", page=wrong)


def test_a_restricted_course_is_found_by_those_who_are_in_it(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    grace: Cast,
    bolat: Cast,
    hygiene: SmallCourse,
) -> None:
    hygiene.begin(amina)
    for access in ("restricted", "listed"):
        set_access(app, "hygiene", access)
        assert links(asked(browser(amina), "clean hands"))
        for other in (chipo, grace, bolat):
            page = asked(browser(other), "clean hands")
            assert EMPTY in page
            assert "Hygiene" not in page
    with app.app_context(), transaction() as session:
        actions.enrol(session, chipo.id, "C90", route="list", by=SERVER, now=clock.now())
    assert set(links(asked(browser(chipo), "clean hands"))) == {"/en/courses/hygiene"}


def test_only_the_newest_edition_is_found_once_the_worker_was_here(
    app: Flask, browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    with app.app_context(), transaction() as session:
        course = session.get_one(Course, "C90")
        old = session.get_one(Edition, course.edition_id)
        facts = {
            name: getattr(old, name)
            for name in (
                "course_id",
                "core_digest",
                "nation",
                "layer_digest",
                "package",
                "facts",
                "published_at",
            )
        }
        new = Edition(number=2, revision=0, signature=None, published_by=None, **facts)
        session.add(new)
        session.flush()
        course.edition_id = new.id
    # The worker has not been here yet: the edition before is found.
    assert links(asked(browser(amina), "clean hands"))
    let_be_found(app)
    assert EMPTY in asked(browser(amina), "clean hands")


def test_a_lesson_that_somebodys_edition_does_not_have_leads_to_the_page_of_the_course(
    app: Flask, browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    with app.app_context(), transaction() as session:
        session.execute(
            update(SearchEntry).where(SearchEntry.lesson == "HY-1.1").values(lesson="HY-9.9")
        )
    found = links(asked(browser(amina), "clean hands"))
    assert "/en/courses/hygiene" in found
    assert not [each for each in found if "HY-9.9" in each]


def test_who_is_not_signed_in_finds_nothing(browser: Open, hygiene: SmallCourse) -> None:
    assert browser(None).get(f"{URL}?q=clean").status_code == 401


def test_it_only_searches(browser: Open, amina: Cast, hygiene: SmallCourse) -> None:
    assert browser(amina).post(URL, {"q": "clean"}).status_code == 405


def test_there_is_no_such_language(browser: Open, amina: Cast) -> None:
    assert browser(amina).get("/xx/search").status_code == 404


def test_home_and_every_foot_lead_to_it_for_those_who_are_signed_in(
    browser: Open, amina: Cast, hygiene: SmallCourse
) -> None:
    home = browser(amina).get("/en/home").text
    assert home.count('href="/en/search"') == 2
    assert 'href="/en/search"' not in browser(None).get("/en/").text


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_what_is_not_translated_says_in_which_language_it_is(
    browser: Open, amina: Cast, hygiene: SmallCourse, language: str
) -> None:
    hygiene.begin(amina)
    page = asked(browser(amina), "نظيفة" if language == "ar" else "clean hands", language)
    assert links(page)
    marked = language not in {"en", "ar"}
    assert ('<bdi lang="en" dir="ltr">Hygiene on shift</bdi>' in page) == marked
    assert ('<p lang="en" dir="auto">' in page) == marked

"""GET /<language>/library"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms.accounts.rules import SERVER
from lms.catalogue.library import actions
from lms.db import transaction
from lms.kernel import clock
from tests.browser import Browser
from tests.course import SmallCourse, set_access
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/library"


def test_it_shows_handbooks_and_documents_and_no_course_with_tests(
    browser: Open, amina: Cast, standards: str, handbook: SmallCourse, small_course: SmallCourse
) -> None:
    page = browser(amina).get(URL).text
    assert 'href="/en/courses/hand-hygiene"' in page
    assert 'href="/en/library/standards"' in page
    assert "Standard rules" in page
    assert "4 pages" in page
    assert "/en/courses/hygiene" not in page


def test_the_readers_own_language_comes_first(browser: Open, amina: Cast, standards: str) -> None:
    page = browser(amina).get("/ar/library").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "القواعد النموذجية" in main
    assert main.index("العربية") < main.index("English")
    main = browser(amina).get(URL).text
    main = main[main.index("<main") : main.index("</main>")]
    assert main.index("English") < main.index("العربية")


def test_everybody_reads_it(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, standards: str
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert "Standard rules" in browser(person).get(URL).text


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, standards: str) -> None:
    assert browser(None).get(URL).status_code == 401


def test_an_empty_one_says_so(browser: Open, amina: Cast) -> None:
    assert "The library is still empty." in browser(amina).get(URL).text


def test_a_restricted_handbook_is_not_shown(
    app: Flask, browser: Open, amina: Cast, handbook: SmallCourse
) -> None:
    set_access(app, "hand-hygiene", "restricted")
    here = browser(amina)
    assert "hand-hygiene" not in here.get(URL).text
    for path in ("", "/HY-1.1", "/print", "/HY-1.1/print", "/take-along"):
        assert here.client.get(handbook.url + path).status_code == 404


def test_withdrawn_and_empty_documents_are_not_shown(
    app: Flask, browser: Open, amina: Cast, standards: str
) -> None:
    with app.app_context(), transaction() as session:
        actions.add(session, SERVER, "without-file", {"en": "Nothing yet"}, now=clock.now())
        actions.withdraw(session, SERVER, standards, now=clock.now())
    page = browser(amina).get(URL).text
    assert "Standard rules" not in page
    assert "Nothing yet" not in page


def test_it_is_only_read(browser: Open, amina: Cast) -> None:
    assert browser(amina).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_every_language_has_it(
    browser: Open, amina: Cast, standards: str, handbook: SmallCourse, language: str
) -> None:
    page = browser(amina).get(f"/{language}/library").text
    assert f'href="/{language}/library/standards"' in page

"""/<language>/administer/library: every document, and adding one"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.admin.library.conftest import ONE, URL, Open, audited, stored
from tests.people import Cast

NEW = f"{URL}/new"
GOOD = {"code": "bangkok-rules", "titles_en": "Bangkok Rules", "titles_ar": "قواعد بانكوك"}


def test_it_lists_every_document_with_its_state(
    browser: Open, halima: Cast, standards: str
) -> None:
    here = browser(halima)
    here.post(NEW, GOOD)
    here.post(f"{ONE}/withdrawal")
    page = here.get(URL).text
    assert f'href="{ONE}"' in page
    assert "Bangkok Rules" in page
    assert "withdrawn" in page
    assert "without a file" in page


def test_an_empty_list_says_so(browser: Open, halima: Cast) -> None:
    assert "There is no document yet." in browser(halima).get(URL).text


def test_a_document_is_added_once_however_often_it_is_sent(
    app: Flask, browser: Open, halima: Cast
) -> None:
    here = browser(halima)
    assert here.get(NEW).status_code == 200
    for _ in range(2):
        reply = here.post(NEW, GOOD)
        assert (reply.status_code, reply.location) == (303, f"{URL}/bangkok-rules")
    assert stored(app, "bangkok-rules").titles == {"en": "Bangkok Rules", "ar": "قواعد بانكوك"}
    assert audited(app) == [("document.added", "bangkok-rules")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "Bangkok Rules"},
        {"code": "new"},
        {"code": "x" * 41},
        {"code": "../x"},
        {"titles_en": "", "titles_ar": ""},
        {"titles_en": "x" * 101},
        {"titles_en": "a\u202eb"},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    app: Flask, browser: Open, halima: Cast, wrong: dict[str, str]
) -> None:
    reply = browser(halima).post(NEW, {**GOOD, **wrong})
    assert reply.status_code == 422
    assert "aria-describedby" in reply.text
    assert audited(app) == []


def test_a_code_is_never_given_twice(
    app: Flask, browser: Open, halima: Cast, standards: str
) -> None:
    before = audited(app)
    reply = browser(halima).post(NEW, {**GOOD, "code": "standards"})
    assert reply.status_code == 409
    assert "There is a document with the code standards already." in reply.text
    assert audited(app) == before


def test_it_is_for_the_office_of_the_country_alone(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, grace: Cast, standards: str
) -> None:
    before = audited(app)
    for person in (amina, bolat, grace):
        here = browser(person)
        for path in (URL, NEW):
            assert here.get(path).status_code == 404
        assert here.post(NEW, GOOD).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert browser(None).post(NEW, GOOD).status_code == 401
    assert audited(app) == before
    assert f'href="{URL}"' not in browser(grace).get("/en/administer/places").text


def test_the_list_is_only_read(browser: Open, halima: Cast) -> None:
    assert browser(halima).post(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_every_language_has_its_pages(
    browser: Open, halima: Cast, standards: str, language: str
) -> None:
    here = browser(halima)
    base = f"/{language}/administer/library"
    for path in (
        "",
        "/new",
        "/standards",
        "/standards/titles",
        "/standards/files/ru",
        "/standards/files/ar",
        "/standards/pages/ar",
    ):
        assert here.get(base + path).status_code == 200

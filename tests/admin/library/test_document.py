"""One document at /<language>/administer/library/<document>: titles, pages, withdrawal"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.admin.library.conftest import ONE, Open, audited, stored
from tests.people import Cast

TITLES, PAGES = f"{ONE}/titles", f"{ONE}/pages/ar"


def test_it_shows_every_language_and_the_link_for_lessons(
    browser: Open, halima: Cast, standards: str
) -> None:
    page = browser(halima).get(ONE).text
    assert "[…](doc:standards)" in page
    for code in ("en", "fr", "ar", "ru", "kk"):
        assert f'href="{ONE}/files/{code}"' in page
    assert f'href="{PAGES}"' in page
    assert 'href="/en/library/standards"' in page


def test_titles_are_changed_once(app: Flask, browser: Open, halima: Cast, standards: str) -> None:
    here, before = browser(halima), len(audited(app))
    assert 'value="Standard rules"' in here.get(TITLES).text
    for _ in range(2):
        reply = here.post(TITLES, {"titles_en": "Minimum rules"})
        assert (reply.status_code, reply.location) == (303, ONE)
    assert stored(app).titles == {"en": "Minimum rules"}
    assert audited(app)[before:] == [("document.titles", "standards")]
    assert here.post(TITLES, {"titles_en": " "}).status_code == 422


def test_pages_are_typed_once(app: Flask, browser: Open, halima: Cast, standards: str) -> None:
    here, before = browser(halima), len(audited(app))
    assert 'value="4"' in here.get(PAGES).text
    for _ in range(2):
        assert here.post(PAGES, {"pages": "١٢"}).status_code == 303
    assert stored(app).files["ar"].pages == 12
    assert audited(app)[before:] == [("document.pages", "standards ar")]
    assert here.post(PAGES, {"pages": ""}).status_code == 303
    assert stored(app).files["ar"].pages is None


@pytest.mark.parametrize("wrong", ["0", "-1", "5001", "many", "9" * 30])
def test_other_numbers_of_pages_are_refused(
    app: Flask, browser: Open, halima: Cast, standards: str, wrong: str
) -> None:
    assert browser(halima).post(PAGES, {"pages": wrong}).status_code == 422
    assert stored(app).files["ar"].pages == 4


def test_it_is_withdrawn_and_brought_back_once_each(
    app: Flask, browser: Open, halima: Cast, amina: Cast, standards: str
) -> None:
    here, before = browser(halima), len(audited(app))
    for _ in range(2):
        assert here.post(f"{ONE}/withdrawal").location == ONE
    assert "nobody finds or downloads it" in here.get(ONE).text
    assert browser(amina).get("/en/library/standards/en.pdf").status_code == 404
    for _ in range(2):
        assert here.post(f"{ONE}/return").location == ONE
    assert browser(amina).get("/en/library/standards/en.pdf").status_code == 200
    assert [what for what, _ in audited(app)[before:]] == [
        "document.withdrawn",
        "document.returned",
    ]


def test_it_is_for_the_office_of_the_country_alone(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, grace: Cast, standards: str
) -> None:
    before = audited(app)
    for person in (amina, bolat, grace):
        here = browser(person)
        for path in (ONE, TITLES, PAGES):
            assert here.get(path).status_code == 404
        assert here.post(TITLES, {"titles_en": "x"}).status_code == 404
        assert here.post(PAGES, {"pages": "1"}).status_code == 404
        for path in (f"{ONE}/withdrawal", f"{ONE}/return"):
            assert here.post(path).status_code == 404
    for path in (ONE, TITLES, PAGES):
        assert browser(None).get(path).status_code == 401
    assert browser(None).post(f"{ONE}/withdrawal").status_code == 401
    assert audited(app) == before


def test_there_is_no_such_document(browser: Open, halima: Cast, standards: str) -> None:
    here = browser(halima)
    for path in (ONE, TITLES, PAGES):
        assert here.get(path.replace("standards", "nothing")).status_code == 404
    for path in (f"{ONE}/withdrawal", f"{ONE}/return"):
        assert here.post(path.replace("standards", "nothing")).status_code == 404
    for language in ("fr", "xx"):  # without a file, no language
        assert here.get(f"{ONE}/pages/{language}").status_code == 404
        assert here.post(f"{ONE}/pages/{language}", {"pages": "1"}).status_code == 404


def test_withdrawal_is_never_a_link(browser: Open, halima: Cast, standards: str) -> None:
    for path in (f"{ONE}/withdrawal", f"{ONE}/return"):
        assert browser(halima).get(path).status_code == 405

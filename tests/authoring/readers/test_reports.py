"""GET /<language>/write/<draft>/reports"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms.authoring.drafts.models import Draft
from lms.content.one_file import facts_of
from lms.kernel import clock
from tests.authoring.readers.reports import report
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
facts, _ = facts_of(small()["course.toml"])
assert facts is not None
FIRST, SECOND = facts.codes()[:2]


def url(draft: Draft, language: str = "en") -> str:
    return f"/{language}/write/{draft.id}/reports"


def test_it_shows_open_reports_with_edition_language_kind_text_and_day(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    report(app, block="ab11-2", text="What is a ward?", language="ar", kind="wrong", number=3)
    report(app, text="long ago", closed_at=clock.now())
    report(app, text="another course", course_id="C99")
    page = browser(writers.aruzhan).get(url(draft)).text

    for words in ("What is a ward?", "العربية", "It is wrong", "Edition 3.0", "1 December 2026"):
        assert words in page
    assert f'href="/en/write/{draft.id}/text/en/AB-1.1.md"' in page
    assert f'href="/en/write/{draft.id}/text/ar/AB-1.1.md"' in page
    assert "long ago" not in page
    assert "another course" not in page


def test_they_stand_in_the_order_of_the_course(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    report(app, text="fourth", lesson="ZZ-9.9")
    report(app, text="third", lesson=SECOND)
    report(app, text="second", lesson=FIRST, block="gone")
    report(app, text="first", lesson=FIRST)
    page = browser(writers.aruzhan).get(url(draft)).text

    places = [page.index(f">{each}<") for each in ("first", "second", "third", "fourth")]
    assert places == sorted(places)
    assert "/text/en/ZZ-9.9.md" not in page


def test_a_national_editor_sees_what_is_not_so_in_a_prison_first(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    report(app, text="plain")
    report(app, text="elsewhere", lesson=SECOND, kind="not-here")

    def first(person: Cast) -> bool:
        page = browser(person).get(url(draft)).text
        return page.index(">elsewhere<") < page.index(">plain<")

    assert first(writers.nadia)
    assert not first(writers.aruzhan)


def test_only_those_who_write_have_the_button(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    report(app)
    for person in (writers.aruzhan, writers.tarek, writers.nadia):
        assert "/closure" in browser(person).get(url(draft)).text
    for person in (writers.rosa, writers.peter, writers.halima):
        assert "/closure" not in browser(person).get(url(draft)).text


def test_without_any_it_says_so(browser: Open, draft: Draft, writers: Writers) -> None:
    assert "No report is open." in browser(writers.aruzhan).get(url(draft)).text


def test_of_very_many_the_first_are_shown(
    browser: Open, draft: Draft, writers: Writers, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.authoring.readers.queries.MOST_REPORTS", 2)
    for text in ("one", "two", "three"):
        report(app, text=text)

    assert "There are more than these." in browser(writers.aruzhan).get(url(draft)).text


def test_the_overview_counts_them(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    page = f"/en/write/{draft.id}"
    assert "report of a reader" not in browser(writers.aruzhan).get(page).text
    report(app)
    assert "1 report of a reader" in browser(writers.aruzhan).get(page).text


def test_strangers_find_nothing(browser: Open, draft: Draft, writers: Writers, amina: Cast) -> None:
    for person in (writers.sara, amina):
        assert browser(person).get(url(draft)).status_code == 404


def test_nobody_in_particular_is_asked_to_sign_in(browser: Open, draft: Draft) -> None:
    assert browser(None).get(url(draft)).status_code == 401


def test_there_is_no_such_draft(browser: Open, writers: Writers) -> None:
    path = "/en/write/00000000-0000-0000-0000-000000000001/reports"
    assert browser(writers.aruzhan).get(path).status_code == 404


def test_it_only_shows(browser: Open, draft: Draft, writers: Writers) -> None:
    assert browser(writers.aruzhan).post(url(draft)).status_code == 405


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_it_is_there_in_every_language(
    browser: Open, draft: Draft, writers: Writers, app: Flask, language: str
) -> None:
    report(app, text="words")
    assert browser(writers.aruzhan).get(url(draft, language)).status_code == 200

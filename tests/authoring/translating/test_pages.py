"""/<language>/write/<draft>/translate: how far each language is, block by block, who accepts."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.translating.seats import (
    Open,
    address,
    change_source,
    hidden,
    opened,
    save_practice,
    stored,
)
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast


def test_it_keeps_a_block_and_comes_back_to_it(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ar/AB-1.1", "ab11-2")
    fields |= {
        "part-heading": "من يقرر",
        "part-body": (
            "### أقرب\n\n> جملة.\n\n[الأمم المتحدة](https://www.un.org/) لا تقرر شيئا هنا."
        ),
    }
    reply = seat.post(address(draft, "/ar/AB-1.1?at=ab11-2"), fields)

    assert reply.status_code == 303
    assert reply.location == address(draft, "/ar/AB-1.1?at=ab11-2#b-ab11-2")
    assert "## من يقرر {#ab11-2}" in stored(app, writers.tarek, draft, "ar/AB-1.1.md")
    page = seat.get(reply.location).text
    assert "Tarek Mansour" in page
    assert "translated, not yet reviewed" in page


def test_save_and_go_on_opens_the_next_block_that_waits(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "front.title")
    reply = seat.post(
        address(draft, "/ru/AB-1.1"), {**fields, "part-title": "Занятие", "go": "next"}
    )
    assert reply.location.endswith("?at=ab11-o#b-ab11-o")


def test_each_side_has_its_language_and_direction(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.tarek).get(address(draft, "/ar/AB-1.1?beside=fr&at=ab11-o")).text

    assert 'class="said" lang="en" dir="ltr"' in page
    assert 'lang="fr" dir="ltr">- Dire ce qui est interdit.' in page
    assert re.search(r'<textarea id="f-body" [^>]*lang="ar" dir="rtl"', page)


def test_filters_show_what_waits(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    for show, there, away in (
        ("new", "ab11-2", "ab11-o"),
        ("stale", "", "ab11-2"),
        ("nonsense", "ab11-2", "xx"),
    ):
        page = seat.get(address(draft, f"/fr/AB-1.1?show={show}&at=ab11-t")).text
        if show == "new":
            assert 'id="b-ab11-p"' in page
            assert 'id="b-ab11-2"' not in page
        assert f'id="b-{away}"' not in page or show == "nonsense", there


def test_copy_fills_empty_fields_alone(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-1")
    typed = {**fields, "part-heading": "Что говорят Правила", "part-body": "", "go": "copy"}
    reply = seat.post(address(draft, "/ru/AB-1.1?at=ab11-1"), typed)

    assert reply.status_code == 200
    assert "Что говорят Правила</textarea>" in reply.text
    assert "| 1 | Dignity |</textarea>" in reply.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "This part is empty."),
        ("## другой блок", "No line of a text begins with"),
        ("Слова {#id}", "Take the braces away"),
        ("Слова без ссылки", "Put the link back."),
        ("[пытки](term:torture) <b>x</b>", ""),
    ],
)
def test_what_would_break_the_course_is_refused_and_stays_typed(
    browser: Open, draft: Draft, writers: Writers, app: Flask, body: str, reason: str
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-1")
    fields |= {"part-heading": "Заголовок", "part-body": body}
    reply = seat.post(address(draft, "/ru/AB-1.1?at=ab11-1"), fields)

    assert reply.status_code == 422
    assert reason in reply.text
    assert "Заголовок</textarea>" in reply.text
    assert "<b>x" not in reply.text
    assert stored(app, writers.tarek, draft, "ru/AB-1.1.md") == ""


def test_another_language_of_the_page_loses_nothing(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p")
    typed = {**fields, "part-body": "Без десяти девять.", "go": "language-fr"}
    path = address(draft, "/ru/AB-1.1?at=ab11-p").replace("/en/", "/fr/", 1)
    reply = seat.post(path, typed)

    assert reply.status_code == 200
    assert "Без десяти девять.</textarea>" in reply.text


def test_two_people_in_one_block_see_both_texts(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    tarek, aruzhan = browser(writers.tarek), browser(writers.aruzhan)
    first = opened(tarek, draft, "/ru/AB-1.1", "ab11-p")
    save_practice(aruzhan, draft, first, "Слова Аружан.")
    reply = save_practice(tarek, draft, first, "Слова Тарека.")

    assert reply.status_code == 409
    assert "Аружан" in reply.text
    assert "Слова Тарека.</textarea>" in reply.text
    assert "Слова Аружан." in stored(app, writers.tarek, draft, "ru/AB-1.1.md")
    again = save_practice(tarek, draft, hidden(reply.text, "ab11-p"), "Слова обоих.")
    assert again.status_code == 303
    assert "Слова обоих." in stored(app, writers.tarek, draft, "ru/AB-1.1.md")


def test_two_people_in_two_blocks_do_not_disturb_each_other(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    tarek, aruzhan = browser(writers.tarek), browser(writers.aruzhan)
    mine = opened(tarek, draft, "/ru/AB-1.1", "ab11-p")
    theirs = opened(aruzhan, draft, "/ru/AB-1.1", "ab11-d")
    aruzhan.post(address(draft, "/ru/AB-1.1?at=ab11-d"), {**theirs, "part-body": "- Говорите."})
    assert save_practice(tarek, draft, mine, "Слова Тарека.").status_code == 303
    text = stored(app, writers.tarek, draft, "ru/AB-1.1.md")
    assert "Слова Тарека." in text
    assert "- Говорите." in text


def test_sent_twice_it_says_it_once(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p")
    for _ in range(2):
        assert save_practice(seat, draft, fields, "Слова.").status_code == 303
    with app.app_context():
        found = queries.versions(reading(), writers.tarek.viewer, draft, "ru/AB-1.1.md")
    assert [row.number for row in found] == [1]


def test_a_stale_block_shows_what_changed_and_is_right_again_when_saved(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    save_practice(seat, draft, opened(seat, draft, "/ru/AB-1.1", "ab11-p"), "Без десяти девять.")
    change_source(browser, draft, writers, "ten to nine", "ten to eleven")
    page = seat.get(address(draft, "/ru/AB-1.1?show=stale")).text
    assert "<del>nine</del>" in page
    assert "<ins>eleven</ins>" in page
    fields = hidden(page, "ab11-p")
    assert save_practice(seat, draft, fields, "Без десяти девять.").status_code == 303
    assert 'id="b-ab11-p"' not in seat.get(address(draft, "/ru/AB-1.1?show=stale")).text


def test_a_source_that_changes_meanwhile_is_read_first(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p")
    change_source(browser, draft, writers, "ten to nine", "ten to eleven")
    reply = save_practice(seat, draft, fields, "Без десяти девять.")
    assert reply.status_code == 422
    assert "The source text was changed while you wrote." in reply.text
    assert save_practice(seat, draft, hidden(reply.text, "ab11-p"), "Слова.").status_code == 303


def test_words_of_the_glossary_stand_beside_the_block(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.tarek).get(address(draft, "/ar/AB-1.1?at=ab11-1")).text
    assert '<bdi lang="en">torture</bdi> → <bdi lang="ar">تعذيب</bdi>' in page
    assert "<mark>torture</mark>" in page


def test_warnings_are_told_after_saving(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-k")
    seat.post(address(draft, "/ru/AB-1.1?at=ab11-k"), {**fields, "part-body": "Никогда, 15 дней."})
    page = seat.get(address(draft, "/ru/AB-1.1?at=ab11-k")).text
    assert "Please look at it again" in page
    assert "Figures that the source text does not have: 15." in page


def accept(seat: Browser, draft: Draft, file: str, **fields: Any) -> Any:
    return seat.post(address(draft, f"{file}/accept"), fields)


def test_a_reviewer_accepts_a_block_and_takes_it_back(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.rosa)
    page = seat.get(address(draft, "/ar/AB-1.1")).text
    seen = re.search(
        r'name="unit" value="ab11-o"><input type="hidden" name="seen" value="(\w+)"', page
    )
    assert seen is not None
    for _ in range(2):
        reply = accept(seat, draft, "/ar/AB-1.1", unit="ab11-o", seen=seen[1], go="accept")
        assert reply.status_code == 303
    assert f'ab11-o = "{seen[1]} Rosa Achieng, 20' in (
        stored(app, writers.rosa, draft, "ar/AB-1.1.md").replace('"ab11-o"', "ab11-o")
    )
    assert "Reviewed by Rosa Achieng" in seat.get(address(draft, "/ar/AB-1.1")).text
    accept(seat, draft, "/ar/AB-1.1", unit="ab11-o", seen=seen[1], go="back")
    assert "Rosa" not in stored(app, writers.rosa, draft, "ar/AB-1.1.md")


def test_a_signed_sheet_is_accepted_with_the_name_of_who_signed(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.peter)
    page = seat.get(address(draft, "/ar/AB-1.1/accept")).text
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number is not None
    accept(seat, draft, "/ar/AB-1.1", number=number[1], reader="Institute of Law, A. Omar")
    text = stored(app, writers.peter, draft, "ar/AB-1.1.md")
    assert text.count("Institute of Law, A. Omar, 20") >= 4
    late = accept(seat, draft, "/ar/AB-1.1", number=number[1])
    assert late.status_code == 422
    assert "This text was changed meanwhile." in late.text


def test_words_that_changed_are_not_accepted(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    reply = accept(browser(writers.rosa), draft, "/ar/AB-1.1", unit="ab11-o", seen="0" * 12)
    assert reply.status_code == 422
    assert "Rosa" not in stored(app, writers.rosa, draft, "ar/AB-1.1.md")


def test_fields_of_an_acceptance_are_checked(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.rosa)
    for fields in (
        {"unit": "x" * 101, "seen": "0" * 12},
        {"unit": "ab11-o", "seen": "x"},
        {"number": "x"},
        {"number": "1", "reader": "n" * 101},
    ):
        assert accept(seat, draft, "/ar/AB-1.1", **fields).status_code == 422
    assert accept(seat, draft, "/ar/AB-1.1", unit="no-such", seen="0" * 12).status_code == 404


def test_whoever_accepts_has_not_written_it(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    from lms.authoring.review.queries import written

    seat = browser(writers.peter)
    page = seat.get(address(draft, "/ar/AB-1.1/accept")).text
    number = re.search(r'name="number" value="(\d+)"', page)
    assert number is not None
    accept(seat, draft, "/ar/AB-1.1", number=number[1])
    with app.app_context():
        people = {person for person, _ in written(reading(), writers.peter.viewer, draft)}
    assert writers.peter.id not in people


def test_each_role_does_its_own(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    fields = opened(browser(writers.tarek), draft, "/ru/AB-1.1", "ab11-p")
    for person in (writers.nadia, writers.rosa, writers.peter, writers.halima):
        seat = browser(person)
        assert "<textarea" not in seat.get(address(draft, "/ru/AB-1.1")).text
        assert save_practice(seat, draft, fields, "Слова.").status_code == 404
    for person in (writers.tarek, writers.aruzhan, writers.nadia, writers.halima):
        seat = browser(person)
        assert seat.get(address(draft, "/ar/AB-1.1/accept")).status_code == 404
        reply = accept(seat, draft, "/ar/AB-1.1", unit="ab11-o", seen="0" * 12)
        assert reply.status_code == 404
    assert stored(app, writers.tarek, draft, "ru/AB-1.1.md") == ""


def test_strangers_find_nothing(browser: Open, draft: Draft, writers: Writers, amina: Cast) -> None:
    for person in (writers.sara, amina):
        seat = browser(person)
        for rest in ("", "/ar", "/ar/AB-1.1", "/ar/AB-1.1/accept"):
            assert seat.get(address(draft, rest)).status_code == 404
        assert seat.post(address(draft, "/ar/AB-1.1"), {}).status_code == 404
        assert accept(seat, draft, "/ar/AB-1.1").status_code == 404


def test_what_is_not_there_is_not_found(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    for rest in (
        "/en",
        "/xx",
        "/ar/AB-9.9",
        "/en/AB-1.1",
        "/xx/AB-1.1",
        "/ar/course.toml",
        "/ar/../course",
    ):
        assert seat.get(address(draft, rest)).status_code == 404, rest
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p") | {"unit": "no-such", "part-body": "x"}
    assert seat.post(address(draft, "/ru/AB-1.1"), fields).status_code == 404
    assert seat.post(address(draft), {}).status_code == 405


def test_bad_fields_are_refused(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    seat = browser(writers.tarek)
    good = opened(seat, draft, "/ru/AB-1.1", "ab11-p") | {"part-body": "Слова."}
    for bad in ({"seen": "x"}, {"source": ""}, {"source": "zz"}):
        reply = seat.post(address(draft, "/ru/AB-1.1"), good | bad)
        assert reply.status_code == 422
        assert "Слова.</textarea>" in reply.text
    assert stored(app, writers.tarek, draft, "ru/AB-1.1.md") == ""


def test_a_file_that_cannot_be_read_is_mended_in_the_editor(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.tarek)
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p")
    seat.post(f"/en/write/{draft.id}/text/ru/AB-1.1.md", {"text": "no front matter\n", "seen": "0"})
    page = seat.get(address(draft, "/ru/AB-1.1")).text
    assert "cannot be read" in page
    assert "<textarea" not in page
    assert save_practice(seat, draft, fields, "Слова.").status_code == 422
    assert stored(app, writers.tarek, draft, "ru/AB-1.1.md") == "no front matter\n"


def test_the_dashboard_counts(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    for _ in range(4):
        first = seat.get(address(draft))
        if "Refresh" not in first.headers:
            break
    page = seat.get(address(draft)).text
    assert "being counted" not in page
    assert ">Русский</a>" in page
    language = seat.get(address(draft, "/fr")).text
    assert "AB-1.1" in language
    seat.get(address(draft, "/fr"))


def test_what_is_typed_is_never_markup(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    evil = "<script>alert(1)</script>"
    fields = opened(seat, draft, "/ru/AB-1.1", "ab11-p")
    reply = save_practice(seat, draft, fields, f"{evil} {evil}")
    assert "<script>alert" not in reply.text
    shown = seat.get(address(draft, "/ru/AB-1.1?beside=%3Cscript%3E&at=%3Cscript%3E")).text
    assert "<script>alert" not in shown


def test_a_file_without_open_blocks_leads_to_the_next_one(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.tarek)
    opened_course = seat.get(address(draft, "/ar/course")).text
    assert "Next block to translate" not in opened_course
    assert "Next file to translate: AB-1.1" in opened_course


def test_opening_pages_writes_nothing(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    for rest in ("", "/ar", "/ar/AB-1.1", "/ru/sheet", "/ar/AB-1.1/paper"):
        seat.get(address(draft, rest))
        assert all(each.lstrip().upper().startswith("SELECT") for each in seat.queries), rest


def test_another_word_than_that_of_the_glossary_is_told(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    change_source(browser, draft, writers, "It is ten to nine.", "It is ten to nine. No torture.")
    for words, told in (("العاشرة. لا تعذيب.", False), ("العاشرة. لا أذى.", True)):
        fields = opened(seat, draft, "/ar/AB-1.1", "ab11-p")
        seat.post(address(draft, "/ar/AB-1.1?at=ab11-p"), {**fields, "part-body": words})
        page = seat.get(address(draft, "/ar/AB-1.1?at=ab11-p")).text
        assert ("but the text does not. Use the glossary’s word." in page) == told


def test_words_that_are_not_to_be_used_are_said_beside_their_block(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    words = '+++\nreviewed = false\n\n[avoid]\ntorture = ["издевательств*"]\n+++\n\n'
    words += "## пытка {#torture}\n\nСильная боль.\n"
    with app.app_context(), transaction() as session:
        drafts.save(
            session,
            writers.tarek.viewer,
            draft.id,
            "ru/glossary.md",
            words.encode(),
            seen=0,
            now=clock.now(),
        )
    seat = browser(writers.tarek)
    page = seat.get(address(draft, "/ru/AB-1.1?at=ab11-1")).text
    assert "not:" in page
    assert '<bdi lang="ru">издевательств*</bdi>' in page
    warning = "“издевательства” is a word that the glossary says not to use. Use “пытка”."
    assert warning not in page
    save_practice(seat, draft, opened(seat, draft, "/ru/AB-1.1", "ab11-p"), "Без издевательства.")
    for at in ("ab11-p", "ab11-d"):  # also when another block is open
        page = html.unescape(seat.get(address(draft, f"/ru/AB-1.1?at={at}")).text)
        assert page.count(warning) == 1
    page = seat.get(address(draft, "/ru/glossary")).text
    assert "is a word that the glossary says" not in page

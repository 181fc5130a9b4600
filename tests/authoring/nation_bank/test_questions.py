"""/<language>/write/<draft>/countries/<cc>/questions: a country's own questions."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.authoring.compiled import bank
from lms.authoring.drafts.models import Draft
from lms.content.digests import core_digest
from lms.content.model import Course
from lms.content.reader import read_course
from tests.authoring.nation_bank.pages import (
    CODE,
    FR,
    TABLE,
    Open,
    Stored,
    address,
    filled,
    form_of,
    translated,
    write_one,
)
from tests.authoring.writers import Writers
from tests.people import Cast


def course_of(stored: Stored) -> Course:
    reading = read_course(stored.all())
    assert reading.course is not None, [str(each) for each in reading.faults]
    return reading.course


def test_a_national_editor_writes_one_and_the_core_stays(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored.all()
    seat = browser(writers.nadia)
    assert "This country has no question of its own yet." in seat.get(address(draft)).text
    choose = seat.get(address(draft, "/new")).text
    assert 'name="spoken" value="fr"' in choose
    assert write_one(browser, draft, writers) == address(draft, f"/{CODE}")

    assert core_digest(stored.all()) == core_digest(before)
    assert stored[TABLE] == 'source = "fr"\n\n' + before[TABLE].decode()
    assert "## TN-AB-1-001\n{single lesson=AB-1.2 section=ab12-1" in stored[FR]
    course = course_of(stored)
    assert CODE in [each.id for each in bank(course, course.nations["tn"])]
    assert CODE not in [each.id for each in bank(course, course.nations["ug"])]
    assert CODE not in [each.id for each in bank(course, None)]
    page = seat.get(address(draft)).text
    assert "Qui décide ici ?" in page
    # Said once: the next form does not ask in which language the country writes.
    assert 'name="spoken"' not in seat.get(address(draft, "/new")).text
    assert 'name="spoken"' not in seat.get(address(draft, "/new?kind=single&lesson=AB-1.1")).text


def test_sent_twice_it_is_there_once_and_the_next_gets_another_code(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    first = write_one(browser, draft, writers)
    assert write_one(browser, draft, writers) == first
    seat = browser(writers.nadia)
    page = seat.get(address(draft, "/new?kind=single&lesson=AB-1.2")).text
    reply = seat.post(address(draft, "/new"), filled(page, **{"stem-0": "Et ensuite ?"}))
    assert reply.location == address(draft, "/TN-AB-1-002")
    assert stored[FR].count("## TN-AB-1-") == 2
    course_of(stored)


def test_another_language_is_not_begun_behind_its_back(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    write_one(browser, draft, writers)
    write_one(browser, draft, writers, spoken="ar")
    assert stored[TABLE].startswith('source = "fr"\n')
    assert "nations/tn/ar/bank/AB-1.md" not in stored.all()


def test_it_is_changed_and_an_untouched_form_changes_no_byte(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    before = stored.all()
    seat = browser(writers.nadia)
    assert seat.post(page, form_of(seat.get(page).text)).status_code == 303
    assert stored.all() == before
    sent = form_of(seat.get(page).text) | {"stem-0": "Qui décide à présent ?"}
    reply = seat.post(page, {**sent, "go": "preview"})
    assert reply.location == f"{page}/preview"
    assert "Qui décide à présent ?" in stored[FR]
    assert "Qui décide à présent ?" in seat.get(f"{page}/preview").text


def test_two_people_change_it_at_once(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    old = form_of(seat.get(page).text)
    assert seat.post(page, {**old, "stem-0": "La première ?"}).status_code == 303
    reply = seat.post(page, {**old, "stem-0": "La seconde ?"})
    assert reply.status_code == 409
    assert "Two people changed this question" in reply.text
    assert "La seconde ?" in reply.text
    assert "La première ?" in stored[FR]
    assert seat.post(page, form_of(reply.text)).status_code == 303
    assert "La seconde ?" in stored[FR]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stem-0", ""),
        ("section", "ab11-1"),
        ("outcome", "z"),
        ("difficulty", "9"),
        ("critical", "nothing"),
        ("right-0", "7"),
        ("stem-0", "See [it](#ab11-1)."),
        ("lesson", "AB-9.9"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, field: str, value: str
) -> None:
    before = stored.all()
    seat = browser(writers.nadia)
    page = seat.get(address(draft, "/new?kind=single&lesson=AB-1.2&spoken=fr")).text
    reply = seat.post(address(draft, "/new"), filled(page, **{field: value}))
    assert reply.status_code == 422
    assert "Le juge." in reply.text
    assert 'name="spoken" value="fr"' in reply.text
    assert stored.all() == before


def test_a_question_of_another_module_keeps_its_code(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    sent = form_of(seat.get(page).text) | {"lesson": "AB-2.1", "section": "ab21-1"}
    assert seat.post(page, sent).status_code == 422


def test_it_is_copied_and_retired_and_its_code_is_never_given_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    assert translated(browser, draft, writers) == 303
    seat = browser(writers.nadia)
    copied = seat.post(f"{page}/duplicate")
    assert copied.location == address(draft, "/TN-AB-1-002")
    asked = seat.get(f"{page}/retire").text
    assert "The tests of the course have enough questions without it." in asked
    for _ in range(2):
        assert seat.post(f"{page}/retire").location == address(draft)
    assert CODE not in stored[FR]
    assert CODE not in stored["nations/tn/ar/bank/AB-1.md"]
    assert seat.get(page).status_code == 404
    seat.post(address(draft, "/TN-AB-1-002/retire"))
    assert write_one(browser, draft, writers) == address(draft, "/TN-AB-1-003")
    course_of(stored)


def test_retiring_says_what_the_countrys_tests_will_lack(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    for code in ("AB-1-004", "AB-1-005"):  # AB-1-006 is out already: the own one is the last
        seat.post(f"/en/write/{draft.id}/countries/tn/limits/item", {"item": code})
    listed = seat.get(address(draft)).text
    assert "no item for lesson AB-1.2" not in listed
    assert "The bank has no item for lesson AB-1.2." in seat.get(f"{page}/retire").text
    seat.post(f"{page}/retire")
    assert "The bank has no item for lesson AB-1.2." in seat.get(address(draft)).text


def test_who_reads_the_draft_reads_them_and_only_the_national_editor_writes(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, amina: Cast
) -> None:
    page = write_one(browser, draft, writers)
    before = stored.all()
    sent = form_of(browser(writers.nadia).get(page).text) | {"stem-0": "Autre ?"}
    for person in (writers.aruzhan, writers.tarek, writers.rosa, writers.peter, writers.halima):
        seat = browser(person)
        assert "Qui décide ici ?" in seat.get(address(draft)).text
        shown = seat.get(page).text
        assert "As learners see it" in shown
        assert "Back to the form" not in shown
        assert seat.get(address(draft, "/new")).status_code == 404
        assert seat.get(f"{page}/retire").status_code == 404
        assert seat.get(f"{page}/in/ar").status_code == 404
        for where in (
            page,
            address(draft, "/new"),
            f"{page}/duplicate",
            f"{page}/retire",
            f"{page}/in/ar",
        ):
            assert seat.post(where, sent).status_code == 404, (person.name, where)
    for person in (writers.sara, amina):
        for where in (address(draft), page, f"{page}/preview"):
            assert browser(person).get(where).status_code == 404
    assert stored.all() == before


def test_there_is_no_such_thing(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.nadia)
    for where in (
        "/TN-AB-1-009",
        "/AB-1-001",
        "/UG-AB-1-001",
        "/TN-AB-9-001",
        "/nothing",
        "/TN-AB-1-009/retire",
        "/TN-AB-1-009/in/ar",
        "/TN-AB-1-009/preview",
    ):
        assert seat.get(address(draft, where)).status_code == 404, where
    assert seat.get(address(draft, nation="kz")).status_code == 404
    for where in ("/AB-1-001/retire", "/TN-AB-1-009/retire", "/AB-1-001/duplicate"):
        assert seat.post(address(draft, where)).status_code == 404
    assert seat.post(address(draft)).status_code == 405
    assert seat.get(address(draft, "/TN-AB-1-009/duplicate")).status_code == 405


def test_the_bank_of_the_core_does_not_know_it(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    write_one(browser, draft, writers)
    seat = browser(writers.aruzhan)
    core = f"/en/write/{draft.id}/questions"
    assert CODE not in seat.get(core).text
    assert seat.get(f"{core}/{CODE}").status_code == 404
    assert seat.post(f"{core}/{CODE}/retire").status_code == 404
    page = seat.get(f"{core}/new?kind=single&lesson=AB-1.2").text
    reply = seat.post(f"{core}/new", filled(page, section="ab12-1"))
    assert str(reply.location).endswith("/AB-1-008")


def test_the_limits_and_the_register_list_it(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    seat = browser(writers.nadia)
    limits = f"/en/write/{draft.id}/countries/tn/limits"
    listed = seat.get(limits).text
    assert f'href="{page}"' in listed
    assert "Question of the country's own <bdi>TN-AB-1-001</bdi>" in listed
    register = seat.get(f"/en/write/{draft.id}/countries/tn/register").text
    assert "Question of the country's own <bdi>TN-AB-1-001</bdi>" in register
    before = stored.all()
    assert seat.post(f"{limits}/undone", {"kind": "own", "code": CODE}).status_code == 404
    assert seat.post(f"{limits}/item", {"item": CODE}).status_code == 422
    assert stored.all() == before


def test_a_bank_that_cannot_be_read_is_mended_in_the_text(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = write_one(browser, draft, writers)
    stored.put(writers.nadia, FR, b"nothing\n")
    seat = browser(writers.nadia)
    assert "is to be mended" in seat.get(address(draft)).text
    assert seat.get(page).status_code == 404
    new = seat.get(address(draft, "/new?kind=single&lesson=AB-1.2")).text
    assert seat.post(address(draft, "/new"), filled(new)).status_code == 409

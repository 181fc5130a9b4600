"""/write/<draft>/changes: what changed since the published edition, and how much it weighs."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review import work
from lms.authoring.review.findings import looked_through
from lms.content.reader import read_course
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.authoring.course_facts.seats import Open, somebody_saves, stored
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

LESSON, CHANGES = "en/AB-1.1.md", "changes.toml"
GONE = min(path for path in small() if path.startswith("ar/"))
FIELD = re.compile(r'name="(weight [^"]+)" value="(\w+)"( checked)?')


def address(draft: Draft) -> str:
    return f"/en/write/{draft.id}/changes"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def fields(page: str) -> list[str]:
    return list(dict.fromkeys(unescape(name) for name, _, _ in FIELD.findall(page)))


def weigh(seat: Browser, draft: Draft, severity: str) -> int:
    """Weigh every change that the page asks about; return the status."""
    page = seat.get(address(draft)).text
    return seat.post(
        address(draft), {"seen": seen(page), **dict.fromkeys(fields(page), severity)}
    ).status_code


@pytest.fixture
def change(app: Flask, draft: Draft, writers: Writers) -> Callable[[str, str], None]:
    """Return a way to change the first lesson: ``change(old, new)``."""
    return lambda old, new: somebody_saves(app, draft, writers, LESSON, old, new)


def test_without_a_change_there_is_nothing_to_see(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.aruzhan).get(address(draft)).text

    assert "edition 1.0" in page
    assert "There is no difference." in page


def test_a_course_without_an_edition_is_all_new(
    browser: Open, app: Flask, writers: Writers
) -> None:
    with app.app_context(), transaction() as session:
        begun = drafts.begin(session, writers.aruzhan.viewer, small(), None, now=clock.now())
        session.expunge(begun)

    assert "everything is new" in browser(writers.aruzhan).get(address(begun)).text


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_words_that_changed_are_shown_and_counted(
    browser: Open,
    draft: Draft,
    writers: Writers,
    change: Callable[[str, str], None],
    language: str,
) -> None:
    change("It is ten to nine.", "It is nine.")
    change('title = "The first lesson"', 'title = "The very first lesson"')
    page = browser(writers.aruzhan).get(f"/{language}/write/{draft.id}/changes").text

    assert "<del>ten to nine</del><ins>nine</ins>" in page or "<del>ten to </del>" in page
    assert fields(page) == [f"weight {LESSON} front.title", f"weight {LESSON} ab11-p"]


def test_what_is_decided_is_written_shown_and_changed_again(
    browser: Open, draft: Draft, writers: Writers, app: Flask, change: Callable[[str, str], None]
) -> None:
    seat = browser(writers.aruzhan)
    change("It is ten to nine.", "It is nine.")
    assert "1 change of a text is not weighed yet." in seat.get(address(draft)).text
    for severity in ("typo", "law", "law"):
        assert weigh(seat, draft, severity) == 303

    page = seat.get(address(draft)).text
    assert "Every change of a text is weighed." in page
    assert (f"weight {LESSON} ab11-p", "law", " checked") in FIELD.findall(page)
    table = stored(app, writers.aruzhan, draft, CHANGES)
    assert table.count("[[change]]") == small().get(CHANGES, b"").decode().count("[[change]]") + 1
    assert 'severity = "law"' in table
    assert "It is ten to nine." in table


def test_what_is_not_chosen_stays_open(
    browser: Open, draft: Draft, writers: Writers, change: Callable[[str, str], None]
) -> None:
    seat = browser(writers.aruzhan)
    change("It is ten to nine.", "It is nine.")
    change("Say what is forbidden.", "Say what is not allowed.")
    page = seat.get(address(draft)).text
    name = f"weight {LESSON} ab11-p"
    for sent in ({name: "meaning"}, {f"weight {LESSON} nothing": "law", name: "heavy"}):
        assert seat.post(address(draft), {"seen": seen(page), **sent}).status_code == 303
        page = seat.get(address(draft)).text

    assert "1 change of a text is not weighed yet." in page
    assert fields(page)[0] == f"weight {LESSON} ab11-o"  # what is open comes first


def test_a_change_after_the_weighing_is_weighed_anew(
    browser: Open, draft: Draft, writers: Writers, change: Callable[[str, str], None]
) -> None:
    seat = browser(writers.aruzhan)
    change("It is ten to nine.", "It is nine.")
    weigh(seat, draft, "typo")
    change("It is nine.", "It is noon.")

    assert "1 change of a text is not weighed yet." in seat.get(address(draft)).text


def test_two_people_at_once(
    browser: Open, draft: Draft, writers: Writers, change: Callable[[str, str], None]
) -> None:
    seat = browser(writers.aruzhan)
    change("It is ten to nine.", "It is nine.")
    old = seen(seat.get(address(draft)).text)
    weigh(seat, draft, "typo")

    reply = seat.post(address(draft), {"seen": old, f"weight {LESSON} ab11-p": "law"})
    assert reply.status_code == 409
    assert "Somebody else has weighed changes" in reply.text
    assert (f"weight {LESSON} ab11-p", "law", " checked") in FIELD.findall(reply.text)


def test_files_are_listed_and_one_is_compared(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    somebody_saves(app, draft, writers, "course.toml", "percent = 80", "percent = 85")
    with app.app_context(), transaction() as session:
        viewer, now = writers.aruzhan.viewer, clock.now()
        drafts.save(session, viewer, draft.id, "SOURCES.md", b"New.\n", seen=0, now=now)
        drafts.remove(session, viewer, draft.id, GONE, now=now)
    seat = browser(writers.aruzhan)
    page = seat.get(address(draft)).text
    for words in ("course.toml", "Changed files", GONE, "Files that are gone"):
        assert words in page

    compared = seat.get(f"{address(draft)}?file=course.toml").text
    assert "85</ins>" in compared
    for name in ("en/AB-1.1.md", "nothing.md"):
        assert seat.get(f"{address(draft)}?file={name}").status_code == 404


def test_colleagues_read_it_authors_weigh_and_strangers_find_nothing(
    browser: Open,
    draft: Draft,
    writers: Writers,
    amina: Cast,
    app: Flask,
    change: Callable[[str, str], None],
) -> None:
    change("It is ten to nine.", "It is nine.")
    sent = {"seen": "0", f"weight {LESSON} ab11-p": "typo"}
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.peter, writers.halima):
        page = browser(person).get(address(draft)).text
        assert "not weighed yet" in page
        assert not fields(page)
        assert browser(person).post(address(draft), sent).status_code == 404
    for stranger in (writers.sara, amina):
        assert browser(stranger).get(address(draft)).status_code == 404
        assert browser(stranger).post(address(draft), sent).status_code == 404
    assert browser(writers.aruzhan).get(f"/en/write/{uuid4()}/changes").status_code == 404
    assert "ab11-p" not in stored(app, writers.aruzhan, draft, CHANGES)


def test_the_language_menu_keeps_what_was_chosen(
    browser: Open, draft: Draft, writers: Writers, app: Flask, change: Callable[[str, str], None]
) -> None:
    change("It is ten to nine.", "It is nine.")
    reply = browser(writers.aruzhan).post(
        f"/fr/write/{draft.id}/changes",
        {"seen": "0", "go": "language-fr", f"weight {LESSON} ab11-p": "law"},
    )

    assert reply.status_code == 200
    assert (f"weight {LESSON} ab11-p", "law", " checked") in FIELD.findall(reply.text)
    assert "ab11-p" not in stored(app, writers.aruzhan, draft, CHANGES)


def test_the_check_lists_changes_without_a_severity(
    browser: Open, draft: Draft, writers: Writers, app: Flask, change: Callable[[str, str], None]
) -> None:
    change("It is ten to nine.", "It is nine.")

    def warned() -> list[str]:
        files = {
            **small(),
            LESSON: stored(app, writers.aruzhan, draft, LESSON).encode(),
            CHANGES: stored(app, writers.aruzhan, draft, CHANGES).encode(),
        }
        assert not list(read_course(files).faults)
        found = looked_through(files, {}, small())["warnings"]
        return [each["file"] for each in found if each["code"] == "changes.unweighed"]

    assert warned() == [LESSON]
    weigh(browser(writers.aruzhan), draft, "typo")
    assert warned() == []


def test_the_worker_compares_with_the_published_package(
    browser: Open, draft: Draft, writers: Writers, app: Flask, change: Callable[[str, str], None]
) -> None:
    change("It is ten to nine.", "It is nine.")
    seat, page = browser(writers.aruzhan), f"/en/write/{draft.id}/review"
    seat.post(f"{page}/check", {})
    with app.app_context():
        run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)

    assert "Changes without a severity: ab11-p." in seat.get(page).text

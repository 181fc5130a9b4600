"""/write/<draft>/folder: a folder edited elsewhere is compared first, and taken when confirmed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft, DraftVersion
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.folders.conftest import sent, zip_of
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Bring = Callable[..., str]


def edited(**changes: bytes | None) -> dict[str, bytes]:
    """Return the small course with a lesson changed, and what else is asked for."""
    files = dict(small())
    files["en/AB-1.1.md"] += b"\nOne sentence more.\n"
    for path, data in changes.items():
        if data is None:
            del files[path]
        else:
            files[path] = data
    return files


def state_on(page: str) -> str:
    found = re.search(r'name="state" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def contents(app: Flask, person: Cast, draft: Draft) -> dict[str, bytes]:
    with app.app_context():
        return queries.contents(reading(), person.viewer, draft)


def address(draft: Draft) -> str:
    return f"/en/write/{draft.id}/folder"


def test_whoever_writes_something_brings_a_folder(
    browser: Open, draft: Draft, writers: Writers, amina: Cast
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.nadia):
        assert browser(person).get(address(draft)).status_code == 200, person.name
    for person in (writers.rosa, writers.peter, writers.sara, writers.halima, amina):
        assert browser(person).get(address(draft)).status_code == 404, person.name
        reply = browser(person).post(address(draft), sent(zip_of()))
        assert reply.status_code == 404, person.name
    assert browser(writers.aruzhan).get(f"/en/write/{uuid4()}/folder").status_code == 404


def test_what_was_downloaded_comes_back_without_one_byte_changed(
    browser: Open, bring: Bring, draft: Draft, writers: Writers, app: Flask
) -> None:
    me = browser(writers.aruzhan)
    page = bring(me, address(draft), me.get(f"/en/write/{draft.id}/folder.zip").data)
    assert "Not one byte would change" in me.get(page).text
    assert contents(app, writers.aruzhan, draft) == small()


def test_what_differs_is_shown_and_taken(
    browser: Open, bring: Bring, draft: Draft, writers: Writers, app: Flask
) -> None:
    wanted = edited(**{"media/note.md": b"new\n", "fr/AB-1.1.md": None})
    me = browser(writers.aruzhan)
    page = bring(me, address(draft), zip_of(wanted))
    shown = me.get(page).text
    assert "<ins>" in shown
    assert "One sentence more." in shown
    assert "new" in me.get(f"{page}?file=media/note.md").text
    assert "<del>" in me.get(f"{page}?file=fr/AB-1.1.md").text
    reply = me.post(page, {"state": state_on(shown), "note": "from the plane"})
    assert reply.status_code == 303
    assert contents(app, writers.aruzhan, draft) == wanted
    with app.app_context():
        kinds = list(
            reading().execute(
                select(DraftVersion.path, DraftVersion.note).where(DraftVersion.kind == "import")
            )
        )
    assert ("en/AB-1.1.md", "from the plane") in [tuple(each) for each in kinds]
    assert len(kinds) == 3
    assert me.post(page, {"state": state_on(shown), "note": ""}).status_code == 303  # twice
    assert contents(app, writers.aruzhan, draft) == wanted


def test_what_one_may_not_write_stays(
    browser: Open, bring: Bring, draft: Draft, writers: Writers, app: Flask
) -> None:
    wanted = edited(**{"fr/AB-1.1.md": small()["fr/AB-1.1.md"] + b"\nUne phrase.\n"})
    me = browser(writers.tarek)
    page = bring(me, address(draft), zip_of(wanted))
    shown = me.get(page).text
    assert "you may not write it" in shown
    assert "Take 1 file" in shown
    me.post(page, {"state": state_on(shown), "note": ""})
    now = contents(app, writers.tarek, draft)
    assert now["fr/AB-1.1.md"] == wanted["fr/AB-1.1.md"]
    assert now["en/AB-1.1.md"] == small()["en/AB-1.1.md"]


def test_a_folder_that_touches_nothing_of_theirs_has_no_button(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    page = bring(browser(writers.nadia), address(draft), zip_of(edited()))
    assert 'name="state"' not in browser(writers.nadia).get(page).text


def test_a_draft_that_changed_meanwhile_is_compared_anew(
    browser: Open, bring: Bring, draft: Draft, writers: Writers, app: Flask
) -> None:
    me = browser(writers.aruzhan)
    page = bring(me, address(draft), zip_of(edited()))
    seen = state_on(me.get(page).text)
    with app.app_context(), transaction() as session:
        drafts.save(
            session,
            writers.tarek.viewer,
            draft.id,
            "fr/AB-1.1.md",
            b"other\n",
            seen=1,
            now=clock.now(),
        )
    reply = me.post(page, {"state": seen, "note": ""}, follow_redirects=True)
    assert "changed meanwhile" in reply.text
    assert contents(app, writers.aruzhan, draft)["en/AB-1.1.md"] == small()["en/AB-1.1.md"]


@pytest.mark.parametrize(
    "fields",
    [{"state": "", "note": ""}, {"state": "x" * 64, "note": ""}, {"note": "n" * 201}, {}],
)
def test_bad_fields_are_refused(
    browser: Open,
    bring: Bring,
    draft: Draft,
    writers: Writers,
    app: Flask,
    fields: dict[str, str],
) -> None:
    page = bring(browser(writers.aruzhan), address(draft), zip_of(edited()))
    assert browser(writers.aruzhan).post(page, fields).status_code == 422
    assert contents(app, writers.aruzhan, draft) == small()


def test_another_course_is_not_taken(
    browser: Open, bring: Bring, draft: Draft, writers: Writers, app: Flask
) -> None:
    other = {name: data.replace(b'"C77"', b'"C78"') for name, data in small().items()}
    page = bring(browser(writers.aruzhan), address(draft), zip_of(other))
    assert "The folder is the course C78" in browser(writers.aruzhan).get(page).text
    reply = browser(writers.aruzhan).post(page, {"state": "0" * 64, "note": ""})
    assert reply.status_code == 303
    assert contents(app, writers.aruzhan, draft) == small()


def test_what_file_managers_leave_in_a_zip_is_left_out(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    stream = io.BytesIO(zip_of())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("__MACOSX/small-course/._course.toml", b"x")
        archive.writestr("small-course/.DS_Store", b"x")
        archive.writestr("small-course/en/Thumbs.db", b"x")
    page = bring(browser(writers.aruzhan), address(draft), stream.getvalue())
    assert "Not one byte would change" in browser(writers.aruzhan).get(page).text


def test_what_is_no_text_is_not_shown(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    page = bring(
        browser(writers.aruzhan), address(draft), zip_of(edited(**{"media/a.png": b"\xff"}))
    )
    shown = browser(writers.aruzhan).get(f"{page}?file=media/a.png").text
    assert "This file is not a text" in shown


def test_nobody_else_sees_what_was_brought(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    page = bring(browser(writers.aruzhan), address(draft), zip_of(edited()))
    assert browser(writers.tarek).get(page).status_code == 404
    assert browser(writers.tarek).post(page, {"state": "0" * 64}).status_code == 404
    assert browser(writers.aruzhan).get(f"{address(draft)}/999999").status_code == 404
    # What was brought for a draft is not for the page of new courses.
    number = page.rpartition("/")[2]
    assert browser(writers.aruzhan).get(f"/en/write/from-file/{number}").status_code == 404


@pytest.mark.parametrize("data", [None, b""])
def test_no_file_is_refused(
    browser: Open, draft: Draft, writers: Writers, data: bytes | None
) -> None:
    assert browser(writers.aruzhan).post(address(draft), sent(data)).status_code == 422


def test_the_package_of_the_edition_is_for_authors_publishers_and_the_office(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    path = f"/en/write/{draft.id}/package"
    for person in (writers.aruzhan, writers.peter, writers.halima):
        assert path in browser(person).get(f"/en/write/{draft.id}/files").text
        reply = browser(person).post(path)
        assert (reply.status_code, reply.mimetype) == (200, "application/zip")
        assert "small-course-1.0.zip" in reply.headers["Content-Disposition"]
        names = zipfile.ZipFile(io.BytesIO(reply.data)).namelist()
        assert "small-course/course.toml" in names
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.sara):
        assert browser(person).post(path).status_code == 404, person.name
    assert browser(writers.aruzhan).get(path).status_code == 405

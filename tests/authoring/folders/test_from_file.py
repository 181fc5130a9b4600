"""/write/from-file: what is brought is read and judged first; then a draft can be begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditRow
from lms.authoring import uploads
from lms.authoring.drafts.models import Draft, DraftFile
from lms.content import folder
from lms.db import reading
from lms.jobs.models import Job
from lms.web import uploads as web_uploads
from tests.authoring.folders.conftest import sent, zip_of
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Bring = Callable[..., str]
NEW = "/en/write/from-file"


def changed() -> dict[str, bytes]:
    """Return the small course with one word more in a lesson."""
    files = dict(small())
    files["en/AB-1.1.md"] += b"\nOne sentence more.\n"
    return files


def drafts_of(app: Flask) -> list[Draft]:
    with app.app_context():
        return list(reading().scalars(select(Draft)))


def test_authors_publishers_and_the_office_bring_files(
    browser: Open, writers: Writers, amina: Cast, grace: Cast
) -> None:
    for person in (writers.aruzhan, writers.peter, writers.sara, writers.halima):
        assert browser(person).get(NEW).status_code == 200, person.name
    for person in (writers.tarek, writers.nadia, writers.rosa, amina, grace):
        assert browser(person).get(NEW).status_code == 404, person.name
        assert browser(person).post(NEW, sent(zip_of())).status_code == 404
    assert browser(None).get(NEW).status_code in {302, 303, 401}


def test_a_new_course_begins_and_its_beginner_is_its_author(
    browser: Open, bring: Bring, writers: Writers, app: Flask
) -> None:
    page = bring(browser(writers.halima), NEW, zip_of())
    text = browser(writers.halima).get(page).text
    assert "No signature" in text
    assert "C77" in text
    assert "becomes its author" in text
    reply = browser(writers.halima).post(f"{page}/begin")
    assert reply.status_code == 303
    [draft] = drafts_of(app)
    assert reply.location == f"/en/write/{draft.id}"
    assert (draft.course_id, draft.edition_id, draft.made_by) == ("C77", None, writers.halima.id)
    with app.app_context():
        assert reading().scalar(select(func.count()).select_from(DraftFile)) == len(small())
        actions = list(reading().scalars(select(AuditRow.action)))
    assert "grant.given" in actions
    assert "package.brought" in actions


def test_beginning_twice_is_beginning_once(
    browser: Open, bring: Bring, writers: Writers, app: Flask
) -> None:
    page = bring(browser(writers.halima), NEW, zip_of())
    first = browser(writers.halima).post(f"{page}/begin")
    assert browser(writers.halima).post(f"{page}/begin").location == first.location
    assert len(drafts_of(app)) == 1


def test_a_published_course_begins_as_its_edition_and_is_compared(
    browser: Open, bring: Bring, published: int, writers: Writers, app: Flask
) -> None:
    page = bring(browser(writers.aruzhan), NEW, zip_of(changed()))
    reply = browser(writers.aruzhan).post(f"{page}/begin")
    [draft] = drafts_of(app)
    assert draft.edition_id == published
    assert reply.location.startswith(f"/en/write/{draft.id}/folder/")
    shown = browser(writers.aruzhan).get(reply.location).text
    assert "en/AB-1.1.md" in shown
    assert "One sentence more." in shown


def test_where_a_draft_is_open_the_file_is_compared_with_it(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    page = bring(browser(writers.aruzhan), NEW, zip_of(changed()))
    text = browser(writers.aruzhan).get(page).text
    assert f"/en/write/{draft.id}/folder/{page.rpartition('/')[2]}" in text
    assert "/begin" not in text


def test_who_may_not_write_in_the_draft_is_not_led_there(
    browser: Open, bring: Bring, draft: Draft, writers: Writers
) -> None:
    for key, person in enumerate((writers.peter, writers.halima)):
        page = bring(browser(person), NEW, zip_of(changed()), f"key-{key}")
        text = browser(person).get(page).text
        assert "Whoever writes in it can compare" in text
        assert str(draft.id) not in text


def test_only_an_author_begins_a_draft_of_a_known_course(
    browser: Open, bring: Bring, published: int, writers: Writers, app: Flask
) -> None:
    assert published
    for key, person in enumerate((writers.peter, writers.sara, writers.halima)):
        page = bring(browser(person), NEW, zip_of(), f"key-{key}")
        assert "An author of this course" in browser(person).get(page).text
        assert browser(person).post(f"{page}/begin").status_code == 404, person.name
    assert drafts_of(app) == []


def test_what_somebody_brought_is_theirs(browser: Open, bring: Bring, writers: Writers) -> None:
    page = bring(browser(writers.aruzhan), NEW, zip_of())
    for person in (writers.sara, writers.halima):
        assert browser(person).get(page).status_code == 404
        assert browser(person).post(f"{page}/begin").status_code == 404
    assert browser(writers.aruzhan).get(f"{NEW}/999999").status_code == 404
    assert browser(writers.aruzhan).post(f"{NEW}/999999/begin").status_code == 404


def test_until_it_is_read_the_page_looks_again(browser: Open, writers: Writers) -> None:
    reply = browser(writers.aruzhan).post(NEW, sent(zip_of()))
    waiting = browser(writers.aruzhan).get(reply.location)
    assert waiting.headers["Refresh"] == "2"
    assert browser(writers.aruzhan).post(f"{reply.location}/begin").status_code == 404


def test_sent_twice_is_read_once(browser: Open, writers: Writers, app: Flask) -> None:
    one = browser(writers.aruzhan).post(NEW, sent(zip_of())).location
    assert browser(writers.aruzhan).post(NEW, sent(zip_of())).location == one
    assert browser(writers.aruzhan).post(NEW, sent(zip_of(), "key-2")).location != one
    with app.app_context():
        kinds = list(reading().scalars(select(Job.kind).where(Job.kind == "packages.read")))
    assert len(kinds) == 2


def test_a_wrong_signature_begins_nothing(
    browser: Open, bring: Bring, writers: Writers, app: Flask
) -> None:
    page = bring(browser(writers.halima), NEW, zip_of(extra={"SIGNATURE": b"not one\n"}))
    with app.app_context():
        result = reading().scalars(select(Job.result)).one()
    text = browser(writers.halima).get(page).text
    if result["signature"] == "wrong":
        assert "The signature is wrong" in text
        assert "Begin a draft" not in text
        assert browser(writers.halima).post(f"{page}/begin").status_code == 303
        assert drafts_of(app) == []
    else:
        assert result["signature"] == "unknown"
        assert "The issuer is not known here" in text


def test_faults_are_shown_and_can_be_mended_in_the_draft(
    browser: Open, bring: Bring, writers: Writers, app: Flask
) -> None:
    files = dict(small())
    del files["en/AB-1.2.md"]
    page = bring(browser(writers.halima), NEW, zip_of(files))
    text = browser(writers.halima).get(page).text
    assert "This folder has faults" in text
    assert browser(writers.halima).post(f"{page}/begin").status_code == 303
    assert len(drafts_of(app)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"hello", "no course package"), (zip_of({"readme.md": b"x\n"}), "no course.toml")],
)
def test_what_is_no_course_is_said(
    browser: Open, bring: Bring, writers: Writers, data: bytes, words: str
) -> None:
    page = bring(browser(writers.aruzhan), NEW, data)
    assert words in browser(writers.aruzhan).get(page).text
    assert browser(writers.aruzhan).post(f"{page}/begin").status_code == 404


@pytest.mark.parametrize(("data", "words"), [(None, "Choose a file."), (b"", "is empty")])
def test_no_file_and_an_empty_one_are_refused(
    browser: Open, writers: Writers, data: bytes | None, words: str
) -> None:
    reply = browser(writers.aruzhan).post(NEW, sent(data))
    assert reply.status_code == 422
    assert words in reply.text


def test_a_key_that_no_page_made_is_refused(browser: Open, writers: Writers) -> None:
    assert browser(writers.aruzhan).post(NEW, sent(zip_of(), "\x00")).status_code == 422


def test_a_full_disk_takes_nothing(
    browser: Open, writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_uploads, "takes_files", lambda _size=0: False)
    assert "nearly full" in browser(writers.aruzhan).get(NEW).text
    assert browser(writers.aruzhan).post(NEW, sent(zip_of())).status_code == 422


def test_a_file_that_is_too_large_is_refused(
    browser: Open, writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.authoring.folders.forms.MOST_PACKED", 10)
    assert browser(writers.aruzhan).post(NEW, sent(zip_of())).status_code == 422


def test_a_file_that_was_forgotten_is_said(
    browser: Open, bring: Bring, writers: Writers, app: Flask
) -> None:
    page = bring(browser(writers.halima), NEW, zip_of())
    with app.app_context():
        uploads.store().drop(reading().scalars(select(Job.facts)).one()["file"])
    reply = browser(writers.halima).post(f"{page}/begin", follow_redirects=True)
    assert "not kept any more" in reply.text
    assert drafts_of(app) == []


@pytest.fixture
def lying(app: Flask, tmp_path: Path) -> Path:
    """Let the small course lie on the server, beside one with a fault and one without a table."""
    courses = tmp_path / "lying"
    folder.write(courses / "small-course", small())
    bad = {name: data.replace(b'"C77"', b'"C78"') for name, data in small().items()}
    del bad["en/AB-1.2.md"]
    folder.write(courses / "bad-course", bad)
    folder.write(courses / "no-course", {"course.toml": b"= ?\n"})
    app.config["LMS"] = replace(app.config["LMS"], courses=courses)
    return courses


def test_folders_of_the_server_begin_drafts(
    browser: Open, lying: Path, worker: Callable[[], int], writers: Writers, app: Flask
) -> None:
    assert lying.is_dir()
    page = browser(writers.halima).get(NEW).text
    assert "small-course" in page
    assert "no-course" not in page
    reply = browser(writers.halima).post(f"{NEW}/lying/small-course")
    worker()
    assert "lies on this server" in browser(writers.halima).get(reply.location).text
    browser(writers.halima).post(f"{reply.location}/begin")
    assert [each.course_id for each in drafts_of(app)] == ["C77"]
    assert "lying/small-course" not in browser(writers.halima).get(NEW).text


def test_a_folder_with_faults_begins_nothing(
    browser: Open, lying: Path, worker: Callable[[], int], writers: Writers, app: Flask
) -> None:
    assert lying.is_dir()
    reply = browser(writers.halima).post(f"{NEW}/lying/bad-course")
    worker()
    text = browser(writers.halima).get(reply.location).text
    assert "Mend it, then begin the draft." in text
    assert "Begin a draft" not in text
    assert browser(writers.halima).post(f"{reply.location}/begin").status_code == 303
    assert drafts_of(app) == []


def test_a_known_folder_is_offered_to_its_author_alone(
    browser: Open, lying: Path, published: int, writers: Writers
) -> None:
    assert lying.is_dir()
    assert published
    assert "lying/small-course" in browser(writers.aruzhan).get(NEW).text
    for person in (writers.sara, writers.peter, writers.halima):
        assert "lying/small-course" not in browser(person).get(NEW).text
        assert browser(person).post(f"{NEW}/lying/small-course").status_code == 404
    for name in ("..", "nowhere", "%2e%2e"):
        assert browser(writers.aruzhan).post(f"{NEW}/lying/{name}").status_code in {404, 405}


def test_methods(browser: Open, bring: Bring, writers: Writers) -> None:
    page = bring(browser(writers.aruzhan), NEW, zip_of())
    assert browser(writers.aruzhan).get(f"{page}/begin").status_code == 405
    assert browser(writers.aruzhan).get(f"{NEW}/lying/small-course").status_code == 405
    assert browser(writers.aruzhan).post(page).status_code == 405


def test_the_work_has_its_name_in_the_background(
    browser: Open, bring: Bring, writers: Writers
) -> None:
    page = bring(browser(writers.halima), NEW, zip_of())
    assert "Reading a course package" in browser(writers.halima).get("/en/administer/jobs").text
    job = browser(writers.halima).get(f"/en/administer/jobs/{page.rpartition('/')[2]}").text
    assert "Reading a course package" in job
    assert "bears no signature" not in job

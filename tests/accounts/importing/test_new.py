"""GET and POST /<language>/administer/staff-lists/new, and the list of lists."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import files
from lms.accounts.importing import forms
from lms.accounts.importing.actions import life
from lms.accounts.models import StaffImport
from lms.app.pages import UPLOADS
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.sheets.reader import LARGEST_FILE
from lms.web.gate_settings import GateSettings
from tests.accounts.importing.conftest import URL, At
from tests.conftest import USAGE
from tests.people import Cast

LIST = "number;name;place\nN-9001;Zoé Bah;N-01\n"


def lists(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(StaffImport)) or 0


def test_the_page_states_its_limits_before_a_file_is_chosen(desk: At, grace: Cast) -> None:
    text = desk(grace).browser.get(f"{URL}/new").text
    assert "at most 20 MB and 25,000 rows" in text
    assert 'enctype="multipart/form-data"' in text
    assert "New list of places" in desk(grace).browser.get(f"{URL}/new?kind=places").text


def test_a_file_is_kept_and_the_worker_asked_to_read_it(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    reply = here.send(LIST, "Liste du personnel.csv")
    assert reply.status_code == 303
    listed = here.at(reply.location)
    assert (listed.kind, listed.state, listed.asked_by) == ("people", "reading", grace.id)
    assert listed.file_name == "Liste du personnel.csv"
    assert FileStore(app.config["LMS"].data / "lists").get(listed.file) == LIST.encode()
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "people.read")).one()
        assert (job.asked_by, job.facts["back"]) == (grace.id, reply.location)
    page = here.browser.get(reply.location)
    assert page.headers["Refresh"] == "2"
    assert here.work() == 1
    assert here.browser.get(reply.location).location == f"{reply.location}/columns"
    assert "Liste du personnel.csv" in here.browser.get(URL).text


@pytest.mark.parametrize(("kind", "stored"), [("places", "places"), ("money", "people")])
def test_the_kind_comes_from_the_address(desk: At, grace: Cast, kind: str, stored: str) -> None:
    here = desk(grace)
    assert here.at(here.send(LIST, kind=kind).location).kind == stored


def test_a_second_click_is_the_same_list(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    first, second = here.send(LIST).location, here.send(LIST).location
    assert first == second
    assert lists(app) == 1


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "list.csv", "This file is empty."),
        (b"x", "", "Choose a file."),
        (b"x" * 2000, "list.csv", "larger than 0 MB"),
    ],
)
def test_what_is_no_file_is_refused_beside_the_field(
    app: Flask,
    desk: At,
    grace: Cast,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    name: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(forms, "LARGEST_FILE", 1000)
    monkeypatch.setattr(forms, "LARGEST_MB", 0)
    reply = desk(grace).send(data, name)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert lists(app) == 0


@pytest.mark.parametrize(
    ("total", "free", "taken"),
    [
        (10**12, 10**12, True),
        (10**12, 49 * 10**9, False),
        (8 * 10**9, 499_000_000, False),
        (8 * 10**9, 500_000_010, False),
        (8 * 10**9, 500_100_000, True),
    ],
)
def test_a_file_is_taken_where_the_disk_keeps_enough_room(
    app: Flask,
    desk: At,
    grace: Cast,
    monkeypatch: pytest.MonkeyPatch,
    total: int,
    free: int,
    taken: bool,
) -> None:
    here = desk(grace)
    monkeypatch.setattr(files, "disk_usage", lambda _folder: USAGE(total, total - free, free))
    reply = here.send(LIST)
    assert reply.status_code == (303 if taken else 422)
    assert lists(app) == taken
    assert taken or "so it takes no files at present" in reply.text
    folder: Path = app.config["LMS"].data / "lists"
    assert sum(path.is_file() for path in folder.rglob("*")) == taken


def test_a_full_disk_is_said_before_a_file_is_chosen(
    desk: At, grace: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "disk_usage", lambda _folder: USAGE(10**12, 10**12, 0))
    text = desk(grace).browser.get(f"{URL}/new").text
    assert "so it takes no files at present" in text
    assert 'type="file"' not in text
    monkeypatch.undo()
    assert 'type="file"' in desk(grace).browser.get(f"{URL}/new").text


def test_the_page_keeps_a_file_for_a_script_that_sends_it_again(desk: At, grace: Cast) -> None:
    text = desk(grace).browser.get(f"{URL}/new").text
    assert 'data-sent="{done} of {total} kB sent"' in text
    assert 'data-cut="The line was cut. The file is still chosen:' in text
    assert "/static/js/file." in text


def test_a_form_without_any_file_is_refused(app: Flask, desk: At, grace: Cast) -> None:
    reply = desk(grace).browser.post(f"{URL}/new", {})
    assert reply.status_code == 422
    assert "Choose a file." in reply.text


def test_a_file_may_be_larger_than_a_form_but_not_much_larger_than_it_says(
    desk: At, grace: Cast
) -> None:
    here = desk(grace)
    assert here.send(b"n;a\n" + b"1;2\n" * 800_000).status_code == 303
    assert here.send(b"x" * 22 * 1024 * 1024).status_code == 413
    assert (
        here.browser.post("/en/administer/places/new", {"code": "x" * 3_000_000}).status_code == 413
    )


def test_the_gate_lets_the_same_through() -> None:
    settings = GateSettings(upload_limits=UPLOADS)
    for language in ("en", "ar"):
        limit = settings.upload_limit(f"/{language}/administer/staff-lists/new")
        assert limit is not None
        assert limit > LARGEST_FILE
    assert settings.upload_limit("/en/administer/staff-lists") is None


def test_only_so_many_lists_of_one_person_wait(
    app: Flask, desk: At, grace: Cast, halima: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "MOST_WAITING", 2)
    here = desk(grace)
    first = here.send("number\n1").location
    assert here.send("number\n2").status_code == 303
    refused = here.send("number\n3")
    assert refused.status_code == 409
    assert "2 lists of yours wait" in refused.text
    assert desk(halima).send("number\n3").status_code == 303
    here.browser.post(f"{first}/drop")
    assert here.send("number\n3").status_code == 303


def test_a_name_of_a_file_is_text_and_no_path(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.send(LIST, "../../x\u202e<b>.csv").location
    here.work()
    text = here.browser.get(f"{page}/columns").text
    assert "&lt;b&gt;.csv" in text
    assert "<b>.csv" not in text
    folder: Path = app.config["LMS"].data / "lists"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [here.at(page).file]


def test_what_cannot_be_read_is_said_with_the_way_on(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.send(b'a;b\n1;"2\n').location
    here.work()
    reply = here.browser.get(page)
    assert "Row 2 cannot be read" in reply.text
    assert "Send another file" in reply.text
    assert here.browser.get(f"{page}/columns").status_code == 303


def test_it_is_closed_to_everybody_else(app: Flask, desk: At, amina: Cast, bolat: Cast) -> None:
    for person, status in ((amina, 404), (bolat, 404), (None, 401)):
        here = desk(person)
        assert here.browser.get(URL).status_code == status
        assert here.browser.get(f"{URL}/new").status_code == status
        assert here.send(LIST).status_code == status
    assert lists(app) == 0


def test_everybody_sees_their_own_lists_and_the_country_all(
    desk: At, grace: Cast, halima: Cast
) -> None:
    desk(grace).send(LIST, "north.csv")
    desk(halima).send("number;name\n1;Bah", "country.csv")
    text = desk(grace).browser.get(URL).text
    assert "north.csv" in text
    assert "country.csv" not in text
    text = desk(halima).browser.get(URL).text
    assert "north.csv" in text
    assert "country.csv" in text


def test_an_empty_list_of_lists_says_how_to_begin(desk: At, grace: Cast) -> None:
    assert "No list yet." in desk(grace).browser.get(URL).text


def test_a_form_of_another_site_is_refused(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    reply = here.browser.post(
        f"{URL}/new",
        {"file": (io.BytesIO(b"a;b"), "x.csv")},
        token=False,
        content_type="multipart/form-data",
    )
    assert reply.status_code == 400
    assert lists(app) == 0


def lit(page: str) -> list[str]:
    """Return the lines of the menu of administration to which a page says that it belongs."""
    return re.findall(r'<a href="[^"]*/administer/(\w+)" aria-current="true">', page)


@pytest.mark.parametrize(("kind", "room"), [("people", "people"), ("places", "places")])
def test_the_menu_says_where_one_is_all_along_the_way_of_a_list(
    desk: At, grace: Cast, kind: str, room: str
) -> None:
    here = desk(grace)
    rows = ("N-9001;Zoé Bah;N-01",) if kind == "people" else ("N-07;N;facility;New hall",)
    header = "number;name;place" if kind == "people" else "code;parent;kind;name en"
    assert lit(here.browser.get(URL).text) == ["people"]
    assert lit(here.browser.get(f"{URL}/new?kind={kind}").text) == [room]
    waiting = here.send("\n".join([header, *rows]), kind=kind).location
    assert lit(here.browser.get(waiting).text) == [room]
    here.work()
    assert lit(here.browser.get(f"{waiting}/columns").text) == [room]
    assert here.choose(waiting).status_code == 303
    here.work()
    for page in (waiting, f"{waiting}/confirm"):
        assert lit(here.browser.get(page).text) == [room]
    here.confirm(waiting)
    here.work()
    assert lit(here.browser.get(f"{waiting}/undo").text) == [room]


def test_a_file_that_is_refused_leaves_the_menu_as_it_was(desk: At, grace: Cast) -> None:
    assert lit(desk(grace).send(b"", kind="places").text) == ["places"]

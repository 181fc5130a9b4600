"""When nothing can be written: a clear page, what was typed stays, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, text

from lms.extensions import db
from lms.web.refusals import RefusalPages
from tests.browser import Browser
from tests.course import LESSONS, SmallCourse
from tests.people import Cast

pytestmark = pytest.mark.sqlite


@pytest.fixture
def full(app: Flask) -> Callable[[], None]:
    """Return a way to let the disk be full: the database may not grow by a single page."""

    def fill() -> None:
        with app.app_context():
            with db.engine.connect() as connection:
                pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            db.engine.dispose()

            @event.listens_for(db.engine, "connect")
            def limit(connection: object, _record: object) -> None:
                connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    return fill


@pytest.fixture
def read_only(app: Flask) -> Callable[[], None]:
    """Return a way to let the data folder be read-only."""

    def forbid() -> None:
        with app.app_context():
            db.engine.dispose()

            @event.listens_for(db.engine, "connect")
            def limit(connection: object, _record: object) -> None:
                connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

    return forbid


def _write_much(browser: Browser, course: SmallCourse) -> int:
    """Finish lessons until the database would have to grow; return the last status."""
    status = 303
    for _ in range(3):
        for code in LESSONS:
            reply = browser.post(f"{course.url}/{code}/completion")
            status = reply.status_code
            if status != 303:
                assert "cannot write" in reply.text
                return status
            browser.post(
                f"{course.url}/place",
                {
                    "lesson": code,
                    "seconds": "5",
                    "page": f"{UUID(int=_ + 1).hex}",
                    "n": "1",
                    "section": "x" * 60,
                },
            )
    return status


def test_a_read_only_folder_gives_a_clear_page_and_reading_goes_on(
    browser: Callable[[Cast | None], Browser],
    amina: Cast,
    small_course: SmallCourse,
    read_only: Callable[[], None],
) -> None:
    page = browser(amina)
    page.post(f"{small_course.url}/begin")
    read_only()

    refused = page.post(f"{small_course.url}/{LESSONS[0]}/completion")

    assert refused.status_code == 503
    assert "cannot write at this moment" in refused.text
    assert page.get(f"{small_course.url}/{LESSONS[0]}").status_code == 200
    assert page.get("/en/home").status_code == 200


def test_a_full_disk_gives_a_clear_page_and_reading_goes_on(
    browser: Callable[[Cast | None], Browser],
    amina: Cast,
    small_course: SmallCourse,
    full: Callable[[], None],
) -> None:
    page = browser(amina)
    page.post(f"{small_course.url}/begin")
    full()

    assert _write_much(page, small_course) in {303, 507}
    assert page.get(f"{small_course.url}/{LESSONS[0]}").status_code == 200


def test_a_script_is_told_in_its_own_way(
    app: Flask,
    browser: Callable[[Cast | None], Browser],
    amina: Cast,
    small_course: SmallCourse,
    read_only: Callable[[], None],
) -> None:
    page = browser(amina)
    page.post(f"{small_course.url}/begin")
    read_only()

    reply = page.client.post(
        f"{small_course.url}/{LESSONS[0]}/completion",
        data={"csrf_token": page.csrf_token()},
        headers={"Accept": "application/json"},
    )

    assert (reply.status_code, reply.mimetype) == (503, "application/json")
    assert reply.json is not None
    assert "cannot write" in reply.json["error"]


def test_a_large_page_that_finds_no_room_is_told_why(app: Flask) -> None:
    """The gate answers by itself: the body found no place in the data folder."""
    page = RefusalPages(app)(507, "en").decode()
    assert "its disk is full, locked or failing" in page

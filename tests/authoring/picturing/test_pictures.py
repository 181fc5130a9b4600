"""/<language>/write/<draft>/pictures: a picture is drawn anew, and shown with what it weighs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.authoring import uploads
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.authoring.picturing import work
from lms.authoring.picturing.rules import name_of
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.photos import photo
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
KEY = "KQ7M4T2XKQ7M"


def base(draft: Draft) -> str:
    return f"/en/write/{draft.id}/pictures"


def send(
    seat: Browser, draft: Draft, data: bytes, name: str = "Door.jpg", **more: Any
) -> TestResponse:
    fields = {"file": (io.BytesIO(data), name), "key": KEY, **more}
    return seat.post(base(draft), fields, content_type="multipart/form-data")


def work_off(app: Flask) -> None:
    with app.app_context():
        run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)


def files(app: Flask, draft: Draft, person: Cast) -> dict[str, bytes]:
    with app.app_context():
        return queries.contents(reading(), person.viewer, draft)


def test_a_photo_becomes_a_picture_of_the_course(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    big = photo("JPEG", 1600, 1200, noise=2, turned=6, comment="where it was taken")
    assert send(seat, draft, big).status_code == 303
    assert "being drawn" in seat.get(base(draft)).text
    work_off(app)

    drawn = files(app, draft, writers.aruzhan)["media/door.webp"]
    assert len(drawn) <= 60 * 1024
    assert b"Camera of Amina" not in drawn
    page = seat.get(base(draft)).text
    assert "kB before" in page
    assert "![…](media/door.webp)" in page
    shown = seat.get(f"{base(draft)}/door.webp")
    assert (shown.mimetype, shown.data) == ("image/webp", drawn)
    with app.app_context():
        assert not [path for path in uploads.store().folder.rglob("*") if path.is_file()]


def test_the_same_form_sent_twice_is_one_picture(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    for _ in range(2):
        send(seat, draft, photo())
    work_off(app)

    assert seat.get(base(draft)).text.count("kB before") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"",
        b"GIF89a" + b"x" * 99,
        photo()[:200],
        b"%PDF-1.7",
        photo(frames=3),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    browser: Open, draft: Draft, writers: Writers, app: Flask, data: bytes
) -> None:
    seat = browser(writers.aruzhan)
    send(seat, draft, data)
    work_off(app)

    assert files(app, draft, writers.aruzhan) == small()
    assert "door</bdi>" in seat.get(base(draft)).text
    assert "kB before" not in seat.get(base(draft)).text


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Door check (2).JPG", "door-check-2"),
        ("C:\\photos\\été.png", "ete"),
        ("باب.png", "picture"),
        ("../../etc/passwd", "passwd"),
        (".png", "png"),
        ("x" * 90 + ".png", "x" * 40),
    ],
)
def test_a_picture_is_called_as_its_file_is(file: str, name: str) -> None:
    assert name_of(file) == name


def test_a_missing_file_is_said(browser: Open, draft: Draft, writers: Writers) -> None:
    reply = browser(writers.aruzhan).post(base(draft), {"key": KEY})
    assert reply.status_code == 422


def test_only_authors_bring_pictures(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.peter, writers.halima, writers.sara):
        assert send(browser(person), draft, photo()).status_code == 404
    assert "Bring in the picture" not in browser(writers.tarek).get(base(draft)).text
    assert browser(writers.sara).get(base(draft)).status_code == 404


def test_no_such_picture(browser: Open, draft: Draft, writers: Writers) -> None:
    for name in ("none.webp", "..%2fcourse.toml", "course.toml"):
        assert browser(writers.aruzhan).get(f"{base(draft)}/{name}").status_code == 404


def test_a_lesson_is_previewed_with_its_pictures(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    send(seat, draft, photo())
    work_off(app)
    lesson = small()["en/AB-1.1.md"] + (
        b"\n## Seen {#ab11-seen}\n\n![A door that stands open](media/door.webp)\n"
    )
    with app.app_context(), transaction() as session:
        drafts.save(
            session,
            writers.aruzhan.viewer,
            draft.id,
            "en/AB-1.1.md",
            lesson,
            seen=1,
            now=clock.now(),
        )

    page = seat.get(f"/en/write/{draft.id}/preview/en/AB-1.1").text
    assert f'src="{base(draft)}/door.webp"' in page
    assert 'alt="A door that stands open"' in page

"""GET /<language>/courses/<slug>/media/<address>, and the lesson around it"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from flask import Flask

from lms.learning import rules
from lms.web.files import file_store
from lms.web.wsgi_call import BEHIND_GATE
from tests.browser import Browser
from tests.course import SmallCourse, publish_small, set_access
from tests.illustrated import illustrated, publish_illustrated
from tests.kept import kept
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
LESSON = "/en/courses/hygiene/HY-1.1"
PICTURE = illustrated().pictures["0.webp"]
URL = f"/en/courses/hygiene/media/{PICTURE.address}"


@pytest.fixture
@kept
def begun(app: Flask, amina: Cast) -> SmallCourse:
    course = publish_illustrated(app)
    course.begin(amina)
    return course


def test_it_sends_the_picture_of_a_lesson(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    here = browser(amina)
    (source,) = re.findall(r'<img src="(media/[^"]+)"', here.get(LESSON).text)
    reply = here.get(f"/en/courses/hygiene/{source}")

    assert (reply.status_code, reply.mimetype) == (200, "image/webp")
    assert sha256(reply.data).hexdigest() == PICTURE.digest


def test_a_browser_shows_it_and_runs_nothing(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    headers = browser(amina).get(URL).headers
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"] == 'inline; filename="0.webp"'


def test_a_browser_asks_for_it_once(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    headers = browser(amina).get(URL).headers
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["ETag"] == f'"{PICTURE.digest}"'


def test_the_gate_sends_the_file(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    reply = browser(amina).get(URL, environ_overrides={BEHIND_GATE: True})
    assert reply.data == b""
    assert reply.headers["X-Gate-File"] == f"{PICTURE.digest[:2]}/{PICTURE.digest}"


def test_it_is_the_same_in_every_language(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    here = browser(amina)
    for language in ("en", "fr", "ar", "ru", "kk"):
        reply = here.get(f"/{language}/courses/hygiene/media/{PICTURE.address}")
        assert reply.status_code == 200


def test_an_open_course_is_open_before_it_is_begun(
    browser: Open, chipo: Cast, begun: SmallCourse
) -> None:
    assert browser(chipo).get(URL).status_code == 200


@pytest.mark.parametrize("access", ["listed", "restricted"])
def test_a_colleague_who_is_not_on_the_list_finds_nothing(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    grace: Cast,
    begun: SmallCourse,
    access: str,
) -> None:
    set_access(app, "hygiene", access)
    assert browser(chipo).get(URL).status_code == 404
    assert browser(grace).get(URL).status_code == 404
    assert browser(amina).get(URL).status_code == 200


@pytest.mark.parametrize(("percent", "status"), [(80, 200), (90, 404)])
def test_whoever_began_before_finds_the_pictures_of_their_edition(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, percent: int, status: int
) -> None:
    publish_small(app).begin(amina)
    publish_illustrated(app, percent=percent)  # another pass mark is a new number
    assert browser(amina).get(URL).status_code == status
    assert browser(chipo).get(URL).status_code == 200


def test_a_stranger_is_asked_to_sign_in(browser: Open, begun: SmallCourse) -> None:
    reply = browser(None).get(URL)
    assert reply.status_code == 401
    assert reply.mimetype == "text/html"


@pytest.mark.parametrize(
    "path",
    [
        "hygiene/media/0123456789abcdef",
        "hygiene/media/0.webp",
        "hygiene/media/print",
        f"hygiene/media/{PICTURE.digest}",
        f"hygiene/media/{PICTURE.address[:15]}",
        f"hygiene/media/{PICTURE.address.upper()}x",
        f"hygiene/media/{PICTURE.address}%00",
        "hygiene/media/..%2f..%2fsite.id",
        "hygiene/media/%F0%9F%9A%AA",
        "hygiene/media/",
        "hygiene/media",
        f"nothing/media/{PICTURE.address}",
    ],
)
def test_there_is_no_such_picture(
    browser: Open, amina: Cast, begun: SmallCourse, path: str
) -> None:
    assert browser(amina).get(f"/en/courses/{path}").status_code == 404


def test_a_picture_that_the_store_has_lost(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    with app.app_context():
        file_store().drop(PICTURE.digest)
    assert browser(amina).get(URL).status_code == 404


def test_it_only_shows(browser: Open, amina: Cast, begun: SmallCourse) -> None:
    assert browser(amina).post(URL).status_code == 405


# ---- The lesson around it -----------------------------------------------------------------------


def test_the_lesson_shows_it_with_size_words_and_weight(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    page = browser(amina).get(LESSON).text
    assert 'width="300" height="300" alt="Clean hands 0" loading="lazy">' in page
    assert f"<figcaption>Picture, {-(-PICTURE.bytes // 1000)} kB</figcaption>" in page
    assert "Show the pictures" not in page


def test_the_front_page_says_what_the_pictures_of_the_next_lesson_load(
    browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    assert f"pictures of {round(PICTURE.bytes / 1000)} kB" in here.get("/en/home").text
    begun.read(amina, ["HY-1.1"])
    assert "pictures of" not in here.get("/en/home").text


def test_more_than_300_kb_are_loaded_when_asked(app: Flask, browser: Open, amina: Cast) -> None:
    course = publish_illustrated(app, 8)
    course.begin(amina)
    weight = sum(each.bytes for each in illustrated(8).pictures.values())
    assert rules.asks_before(weight)
    here = browser(amina)
    first = here.get(LESSON)
    assert "<img" not in first.text
    assert f"This lesson has pictures of {round(weight / 1000)} kB." in first.text
    assert '<a href="?pictures=1">Show the pictures</a>' in first.text
    assert "<figure><p>Clean hands 7</p><figcaption>" in first.text

    shown = here.get(f"{LESSON}?pictures=1")
    assert shown.text.count("<img ") == 8
    assert "Show the pictures" not in shown.text
    assert shown.headers["ETag"] != first.headers["ETag"]
    assert here.get(f"{LESSON}?pictures=2").text.count("<img ") == 0


def test_300_kb_are_the_bound() -> None:
    assert not rules.asks_before(300_000)
    assert rules.asks_before(300_001)


@pytest.mark.parametrize("path", ["HY-1.1/print", "print"])
def test_paper_shows_it_at_once(browser: Open, amina: Cast, begun: SmallCourse, path: str) -> None:
    page = browser(amina).get(f"/en/courses/hygiene/{path}").text
    assert f'<img src="{URL}" width="300" height="300" alt="Clean hands 0">' in page
    assert "lazy" not in page


def test_a_lesson_without_pictures_costs_no_byte_more(
    app: Flask, browser: Open, amina: Cast, begun: SmallCourse
) -> None:
    here = browser(amina)
    page = here.get("/en/courses/hygiene/HY-1.2").text
    for word in ("figure", "<img", "pictures", "media/"):
        assert word not in page

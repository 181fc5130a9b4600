"""The course in one file: no request, no item of the bank, small, and its checks work."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from lms.authoring import single
from lms.content import folder
from lms.installation import LANGUAGES
from lms.kernel.errors import NotFound
from tests.authoring.conftest import REAL, Press
from tests.chromium import PROGRAM, open_chromium
from tests.content.photos import photo
from tests.content.small import edited
from tests.content.test_pages import Tags
from tests.people import Cast
from tests.promises import FOREIGN

MOST_BYTES = 300_000


def build(app: Flask, session: Session, person: Cast, slug: str, language: str) -> str:
    with app.test_request_context(f"/{language}/"):
        name, data = single.build(session, person.viewer, slug, language)
    assert name == f"{slug}-{language}.html"
    return data.decode()


@pytest.fixture
def files(app: Flask, session: Session, press: Press, amina: Cast) -> Mapping[str, str]:
    """Return the small course as one file in English and Arabic."""
    press(nation="tn")
    return {each: build(app, session, amina, "small-course", each) for each in ("en", "ar")}


def test_it_stands_for_itself(files: Mapping[str, str]) -> None:
    for html in files.values():
        tags = Tags(html)
        assert not tags.values("src")
        assert "link" not in tags.tags
        assert not FOREIGN.search(re.sub(r'<a rel="external[^>]*>', "", html))
        assert "url(" not in html.partition("</style>")[0]
        assert "@import" not in html
        targets = {href[1:] for href in tags.values("href") if href.startswith("#")}
        assert targets <= set(tags.values("id"))
        outside = {href for href in tags.values("href") if not href.startswith("#")}
        assert all(href.startswith("https://") for href in outside)
        assert [each for each, times in Counter(tags.values("id")).items() if times > 1] == []
        labels = re.findall(r"<section[^>]* aria-labelledby", html)
        assert labels == []  # no two landmarks of one name: every lesson has the same parts


def test_its_policy_allows_what_lies_in_it_and_nothing_else(files: Mapping[str, str]) -> None:
    for html in files.values():
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
        assert policy is not None
        said = policy[1].replace("&#39;", "'")
        allowed = dict(part.strip().split(" ", 1) for part in said.split(";"))
        assert allowed["default-src"] == "'none'"
        for name, tag in (("style-src", "style"), ("script-src", "script")):
            (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(sha256(inside.encode()).digest()).decode()
            assert allowed[name] == f"'sha256-{digest}'"
        assert set(allowed) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}


def test_no_item_of_the_bank_is_in_it(files: Mapping[str, str]) -> None:
    for html in files.values():
        text = html.partition("<body>")[2].partition("<script>")[0]
        assert "secret" not in text.lower()
        assert not re.search(r"AB-[12]-00\d", text)


def test_it_says_its_edition_language_and_box(files: Mapping[str, str]) -> None:
    assert '<html lang="ar" dir="rtl">' in files["ar"]
    assert '<html lang="en" dir="ltr">' in files["en"]
    assert "1.0" in files["en"].partition("</h1>")[2][:200]
    assert "2026" in files["en"].partition("</h1>")[2][:200]
    assert "الهيئة الوطنية." in files["ar"]
    assert "Who decides" not in files["en"]


def test_a_language_that_no_page_has(
    app: Flask, session: Session, press: Press, amina: Cast
) -> None:
    press()
    with pytest.raises(NotFound):
        build(app, session, amina, "small-course", "de")


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in REAL.glob("*/course.toml")))
def test_the_shipped_course_is_small_in_every_language(
    app: Flask, session: Session, press: Press, amina: Cast, slug: str
) -> None:
    course = folder.load(REAL / slug)
    for nation in ("tn", "kz", "ug"):
        press(course, nation)
        for language in LANGUAGES:
            html = build(app, session, amina, slug, language)
            assert len(html.encode()) <= MOST_BYTES, (nation, language)
            tags = Tags(html)
            assert [each for each, n in Counter(tags.values("id")).items() if n > 1] == []
            targets = {href[1:] for href in tags.values("href") if href.startswith("#")}
            assert targets <= set(tags.values("id")), (nation, language)
            assert not re.search(r"[A-Z]{2}-\d-\d{3}\b", html)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """Return a tab of Chromium that asks nobody; at the end nothing was asked or complained."""
    asked: list[str] = []
    said: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1
    assert said == []


@pytest.mark.browser
@pytest.mark.skipif(not PROGRAM.exists(), reason="needs Chromium")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_its_checks_work_from_a_stick(
    files: Mapping[str, str], tab: Page, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "course.html"
    path.write_text(files[language])
    tab.goto(path.as_uri())
    check = tab.locator("form[data-check]").first
    answer = check.locator("details.answer")
    assert not answer.evaluate("each => each.open")
    check.locator("input[value=b]").check()
    check.locator("button").click()
    assert answer.evaluate("each => each.open")
    assert check.locator("label.no b.wrong").count() == 1
    check.locator("input[value=a]").check()
    check.locator("button").click()
    assert check.locator("label.yes b.right").count() == 1
    assert check.locator("b.wrong").count() == 0
    tab.locator("form[data-check]").nth(1).locator("input[type=text]").fill("Fifteen days")
    tab.locator("form[data-check]").nth(1).locator("button").click()
    assert tab.locator("form[data-check]").nth(1).locator("b.right").count() == 1
    tab.locator("a[href='#AB-2.1']").click()
    assert tab.url.endswith("#AB-2.1")
    assert tab.evaluate("document.querySelector('h1').getBoundingClientRect().width") > 0
    direction = tab.evaluate("getComputedStyle(document.body).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")


# ---- Pictures --------------------------------------------------------------------------------


@pytest.fixture
def illustrated(app: Flask, session: Session, press: Press, amina: Cast) -> str:
    """Return the small course with a picture as one file."""
    lesson = edited("en/AB-1.1.md", "The [United", "![A door](media/door.webp)\n\nThe [United")
    press({**lesson, "media/door.webp": photo()})
    return build(app, session, amina, "small-course", "en")


def test_its_pictures_lie_in_it(illustrated: str) -> None:
    (source,) = Tags(illustrated).values("src")
    kind, _, data = source.partition(";base64,")
    assert kind == "data:image/webp"
    assert base64.b64decode(data) == photo()
    assert "; img-src data:; base-uri" in illustrated
    assert 'width="120" height="80" alt="A door">' in illustrated


@pytest.mark.browser
@pytest.mark.skipif(not PROGRAM.exists(), reason="needs Chromium")
def test_its_pictures_are_shown_from_a_stick(illustrated: str, tab: Page, tmp_path: Path) -> None:
    path = tmp_path / "course.html"
    path.write_text(illustrated)
    tab.goto(path.as_uri())
    tab.wait_for_function("document.images[0].complete")
    assert tab.evaluate("document.images[0].naturalWidth") == 120

"""Every lesson of every course that ships, opened in every language by somebody who learns."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from lms.content import folder
from lms.installation import LANGUAGES
from lms.kernel.packing import as_brotli
from tests.authoring.conftest import REAL, Press
from tests.browser import Browser
from tests.content.small import read
from tests.people import Cast

# What the next lesson may cost on the line, compressed as the server does (tests/bench/weights.py
# weighs the same on a running server, headers included).
MOST_BYTES = 9_000
FIRST = re.compile(rb"^prerequisites = .*$", re.MULTILINE)


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in REAL.glob("*/course.toml")))
def test_every_lesson_opens_in_every_language_and_is_small(
    slug: str, browser: Callable[[Cast | None], Browser], press: Press, amina: Cast
) -> None:
    files = folder.load(REAL / slug)
    # Which course comes first is tested elsewhere (tests/learning/test_begin.py).
    files["course.toml"] = FIRST.sub(b"prerequisites = []", files["course.toml"])
    course = read(files)
    press(files, "kz")
    here = browser(amina)
    here.post(f"/en/courses/{slug}/begin")
    for language in LANGUAGES:
        for code in course.facts.codes():
            page = here.get(f"/{language}/courses/{slug}/{code}")
            assert page.status_code == 200, (language, code)
            title = course.documents[language][code].front["title"]
            assert title in unescape(page.text), (language, code)
            weight = len(as_brotli(page.data))
            assert weight <= MOST_BYTES, (language, code, weight)

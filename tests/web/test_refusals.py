"""The pages that the gate shows by itself: ready before anybody needs one."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from lms.installation import LANGUAGES
from lms.web import language
from lms.web.refusals import STATUSES, WAIT, RefusalPages


def test_pages_made_beforehand_are_in_their_language_and_leave_no_catalogue_behind(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {code: language.sentence(WAIT, code) for code in LANGUAGES}
    pages = RefusalPages(app)
    pages.make_ready()
    assert language._catalogue.cache_info().currsize == 0

    # What the gate asks for on its event loop reads nothing any more.
    monkeypatch.delattr(language, "Sentences")
    for code in LANGUAGES:
        assert said[code] in unescape(pages(503, code).decode())
        assert all(f'lang="{code}"' in pages(status, code).decode() for status in STATUSES)

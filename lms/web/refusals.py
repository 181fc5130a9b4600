"""The pages that the gate shows without the application: made once at start, in every language."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, g, render_template

from lms.installation import LANGUAGES
from lms.kernel.messages import Message, msg
from lms.web.errors import OTHERWISE, SENTENCES
from lms.web.language import say

WAIT = msg("The server is busy at this moment. Wait a few seconds, then try again.")
STATUSES = (400, 404, 408, 411, 413, 500, 503)


def refusal_page(app: Flask) -> Callable[[int, str], bytes]:
    """Return what the gate asks for a refusal: ``page(status, language)`` gives HTML.

    The pages are rendered once, here: the gate asks on its event loop, where nothing may wait.
    """
    pages: dict[tuple[int, str], bytes] = {}
    for language in LANGUAGES:
        for status in STATUSES:
            sentence = WAIT if status == 503 else SENTENCES.get(status, OTHERWISE)
            with app.test_request_context(f"/{language}/"):
                g.language = language
                html = render_template("web/error.html", status=status, text=say(Message(sentence)))
            pages[(status, language)] = html.encode()

    def page(status: int, language: str) -> bytes:
        known = language if language in LANGUAGES else "en"
        return pages[(status if status in STATUSES else 500, known)]

    return page

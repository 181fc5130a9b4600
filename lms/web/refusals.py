"""The pages that the gate shows without the application: made once, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, render_template
from werkzeug.test import create_environ

from lms.installation import LANGUAGES
from lms.kernel import memory
from lms.kernel.messages import Message, msg
from lms.web.errors import OTHERWISE, SENTENCES
from lms.web.language import forget_catalogues, say

WAIT = msg("The server is busy at this moment. Wait a few seconds, then try again.")
STATUSES = (400, 404, 408, 411, 413, 500, 503, 507)


@contextmanager
def own_request(app: Flask, language: str) -> Iterator[None]:
    """Stand in a request that nobody sent, to render a page in ``language``.

    Flask's test_request_context loads a test runner and a debugger first: half a MiB.
    """
    # Any other host than one that this server answers to is refused.
    hosts = app.config["LMS"].trusted_hosts or ("localhost",)
    address = f"http://{hosts[0].lstrip('.')}"
    with app.request_context(create_environ(f"/{language}/", address)):
        g.language = language
        yield


class RefusalPages:
    """What the gate asks for a refusal: ``pages(status, language)`` gives HTML.

    Each page is rendered once. The gate asks on its event loop, where nothing may wait: it lets
    ``make_ready`` render them all in a thread when the server starts.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pages: dict[tuple[int, str], bytes] = {}

    def make_ready(self) -> None:
        """Render every page in every language, and let go of what was read for it.

        A country reads two or three languages. The sentences of all of them are 2.8 MiB.
        """
        for language in LANGUAGES:
            for status in STATUSES:
                self(status, language)
            forget_catalogues()
        memory.give_back()

    def __call__(self, status: int, language: str) -> bytes:
        """Return the page of a status; the general one for another status or language."""
        known = language if language in LANGUAGES else "en"
        of = status if status in STATUSES else 500
        if (of, known) not in self._pages:
            self._pages[of, known] = self._render(of, known)
        return self._pages[of, known]

    def _render(self, status: int, language: str) -> bytes:
        sentence = WAIT if status == 503 else SENTENCES.get(status, OTHERWISE)
        with own_request(self._app, language):
            page = render_template("web/error.html", status=status, text=say(Message(sentence)))
        return page.encode()

"""The few answers that the gate gives by itself, without the application."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from lms.web.answers import Answer, Headers

log = logging.getLogger("lms.gate")

# Of the application's pages too (headers.py). No spaces: it comes with every page.
POLICY = (
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';"
    "form-action 'self';base-uri 'none';frame-ancestors 'none'"
)
HEADERS: Headers = (
    ("cache-control", "no-store"),
    ("content-security-policy", POLICY),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)
_SIGNING_IN = "Many people are signing in. Try again in %d seconds."


class OwnPages:
    """Small ready-made pages in the language of the path; plain text where there is none.

    ``busy_page(language, form body)`` and ``refusal_page(status, language)`` return HTML. They
    run on the event loop, so they touch no database. ``language`` is the first segment of the
    path, whatever was typed there.
    """

    def __init__(
        self,
        busy_page: Callable[[str, bytes], bytes] | None,
        refusal_page: Callable[[int, str], bytes] | None,
        *,
        retry_after: int,
    ) -> None:
        self._busy_page = busy_page
        self._refusal_page = refusal_page
        self._retry_after = retry_after

    def busy(self, path: str, form: bytes) -> Answer:
        """Return the page of a full sign-in queue, with what had been typed in ``form``.

        Who was changing a password is asked to wait like everybody else on a busy server.
        """
        if not path.rstrip("/").endswith("/sign-in"):
            return self.refusal(path, 503)
        text = _SIGNING_IN % self._retry_after
        page = self._busy_page
        return self._page(503, text, page and (lambda: page(_language(path), form)))

    def refusal(self, path: str, status: int) -> Answer:
        """Return the page of any other ``status``; a busy server says when to come back."""
        page = self._refusal_page
        return self._page(
            status, HTTPStatus(status).phrase, page and (lambda: page(status, _language(path)))
        )

    def _page(self, status: int, text: str, page: Callable[[], bytes] | None) -> Answer:
        kind, body = "text/plain; charset=utf-8", f"{text}\n".encode()
        if page is not None:
            try:
                kind, body = "text/html; charset=utf-8", page()
            except Exception:
                kind = "text/plain; charset=utf-8"
                log.exception("the page for status %d failed", status)
        again = (("retry-after", str(self._retry_after)),) if status == 503 else ()
        return Answer(status, (*HEADERS, ("content-type", kind), *again), body)


def _language(path: str) -> str:
    return path.lstrip("/").partition("/")[0]

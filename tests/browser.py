"""A test client that acts as one person and keeps the promises of every page it opens."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from lms.extensions import db
from tests.people import Cast
from tests.promises import broken_promises

# The most that any page may cost, in queries (BEGIN and COMMIT do not count).
MOST_QUERIES = 6
MOST_BYTES = 120_000


class Browser:
    """Opens pages as a person (or as nobody) with the token of their session."""

    def __init__(self, app: Flask, person: Cast | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.queries: list[str] = []
        if person is not None:
            self.client.set_cookie("sid", person.token)

    def get(self, path: str, *, most_queries: int = MOST_QUERIES, **settings: Any) -> TestResponse:
        """Open a page, check its promises and its cost, follow nothing."""
        reply = self._counted("GET", path, **settings)
        assert len(self.queries) <= most_queries, "\n".join(self.queries)
        self._check(path, reply)
        return reply

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: bool = True, **settings: Any
    ) -> TestResponse:
        """Send a form with this browser's CSRF token; check the page that comes back."""
        fields = dict(data or {})
        if token:
            fields.setdefault("csrf_token", self.csrf_token())
        reply = self._counted("POST", path, data=fields, **settings)
        self._check(path, reply)
        return reply

    def csrf_token(self) -> str:
        """Return the token that a page of this browser would carry."""
        from lms.web import csrf

        if not self.client.get_cookie("sid") and not self.client.get_cookie(csrf.PRE_SESSION):
            self.client.set_cookie(csrf.PRE_SESSION, "pre-session-of-a-test")
        cookie = self.client.get_cookie("sid") or self.client.get_cookie(csrf.PRE_SESSION)
        assert cookie is not None
        return csrf._token_for(cookie.value)

    def _counted(self, method: str, path: str, **settings: Any) -> TestResponse:
        self.queries = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            # That a session was seen is noted after the answer, at most once a minute: no page
            # waits for it (docs/architecture.md).
            after = statement.startswith("UPDATE session SET seen_at")
            if not after and not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
                self.queries.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            return self.client.open(path, method=method, **settings)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _check(self, path: str, reply: TestResponse) -> None:
        assert reply.headers.get("X-Content-Type-Options") == "nosniff", path
        assert "default-src 'none'" in reply.headers.get("Content-Security-Policy", ""), path
        if reply.mimetype != "text/html" or reply.status_code in {304} or not reply.data:
            return
        if 300 <= reply.status_code < 400:
            return
        assert len(reply.data) <= MOST_BYTES, f"{path}: {len(reply.data)} bytes"
        first = path.strip("/").split("/")[0].split("?")[0]
        language = first if first in {"en", "fr", "ar", "ru", "kk"} else None
        assert broken_promises(reply.text, language) == [], path

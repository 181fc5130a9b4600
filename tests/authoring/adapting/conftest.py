"""Reading forms off pages, and looking into the draft beside them."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import select

from lms.authoring.drafts import actions, queries
from lms.authoring.drafts.models import Draft, DraftVersion
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


def base(draft: Draft) -> str:
    return f"/en/write/{draft.id}/countries"


class _Form(HTMLParser):
    """Collects what a browser would send of ``<form id="form">``."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.text, self.chosen = False, "", ""
        self.sent: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.inside = found.get("id") == "form"
        if not self.inside or "name" not in found:
            if tag == "option" and self.inside and "selected" in found:
                self.sent[self.chosen] = found.get("value", "")
            return
        if tag == "textarea":
            self.text, self.sent[found["name"]] = found["name"], ""
        elif tag == "select":
            self.chosen = found["name"]
        elif tag == "input" and (found.get("type") != "radio" or "checked" in found):
            self.sent[found["name"]] = found.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.text:
            self.sent[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A line end right after the tag is no part of the text.
            self.sent[self.text] = self.sent[self.text].lstrip("\r\n")
            self.text = ""
        if tag == "form":
            self.inside = False


def fields(page: str) -> dict[str, str]:
    """Return what a browser sends of the form of a page, as it stands there."""
    form = _Form()
    form.feed(page)
    form.sent.pop("csrf_token", None)
    return form.sent


class Stored:
    """The files of a draft as they are now."""

    def __init__(self, app: Flask, draft: Draft, person: Cast) -> None:
        self.app, self.draft, self.person = app, draft, person

    def all(self) -> dict[str, bytes]:
        with self.app.app_context():
            return queries.contents(reading(), self.person.viewer, self.draft)

    def __getitem__(self, path: str) -> str:
        return self.all()[path].decode()

    def kinds(self, path: str) -> list[str]:
        """Return how each version of a file came to be."""
        with self.app.app_context():
            return list(
                reading().scalars(
                    select(DraftVersion.kind)
                    .where(DraftVersion.path == path)
                    .order_by(DraftVersion.number)
                )
            )

    def put(self, person: Cast, path: str, data: bytes) -> None:
        """Let somebody save a file."""
        with self.app.app_context(), transaction() as session:
            seen = queries.file(session, person.viewer, self.draft, path).number
            actions.save(
                session, person.viewer, self.draft.id, path, data, seen=seen, now=clock.now()
            )


@pytest.fixture
def stored(app: Flask, draft: Draft, writers: Writers) -> Stored:
    """Return the files of the draft."""
    return Stored(app, draft, writers.nadia)

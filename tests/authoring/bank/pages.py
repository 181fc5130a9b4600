"""What tests of the question pages share: addresses, what a page's form would send."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

from flask import Flask

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.db import reading
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
BANK = "en/bank/AB-1.md"


def address(draft: Draft, rest: str = "") -> str:
    return f"/en/write/{draft.id}/questions{rest}"


def stored(app: Flask, person: Cast, draft: Draft, path: str = BANK) -> str:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, path).text


class _Form(HTMLParser):
    """Collects what a browser would send of the form with the id ``form``."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.fields: dict[str, str] = {}
        self.several: dict[str, list[str]] = {}
        self.select = self.area = self.first = ""
        self.chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("id") == "form"
        if not self.inside:
            return
        name, kind = said.get("name", ""), said.get("type", "")
        if tag == "input" and kind in {"radio", "checkbox"}:
            if "checked" in said:
                self.several.setdefault(name, []).append(said["value"])
        elif tag == "input":
            self.fields[name] = said.get("value", "")
        elif tag == "select":
            self.select, self.chosen = name, False
            self.fields[name] = ""
        elif tag == "option" and self.select:
            self.first = "" if "value" in said else "?"
            value = said.get("value", "")
            if "selected" in said:
                self.fields[self.select] = value
                self.first = "text" if "value" not in said else ""
            else:
                self.first = ""
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data
        elif self.select and self.first == "text":
            self.fields[self.select] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # HTML leaves out the first line break of a text field.
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "option":
            self.first = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.inside = False


def form_of(page: str) -> dict[str, object]:
    """Return what a browser would send of a page's form, untouched, pressing Save."""
    reader = _Form()
    reader.feed(page)
    fields: dict[str, object] = {**reader.fields, **reader.several, "go": "save"}
    return {name: value for name, value in fields.items() if name != "csrf_token"}

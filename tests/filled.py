"""A form of a page as a person fills it: what their browser sends, and by which button."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LANGUAGE_BUTTON = re.compile(r"<button [^>]*value=\"language-ar\"[^>]*>")


class Filled(HTMLParser):
    """The form with the id ``form`` of a page, every field filled with a word of its own.

    sent   name -> value, as it goes to the server.
    typed  what a person has written or chosen in it, without passwords.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.method, self.inside = "", False
        self.sent: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("id") == "form":
            self.method, self.inside = values.get("method", "get"), True
        name = values.get("name", "")
        if not self.inside or (tag == "input" and not name):
            return
        if tag == "input" and values.get("type") == "hidden":
            self.sent[name] = values.get("value", "")
        elif tag == "input" and values.get("type") == "password":
            self.sent[name] = "a secret of a person"
        elif tag == "input" and values.get("type") in {"radio", "checkbox"}:
            self.sent[name] = self.typed[name] = values["value"]
        elif tag in {"input", "textarea"}:
            self.sent[name] = self.typed[name] = f"words for {name}"[:40]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.sent[self.select] = self.typed[self.select] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = ""


class Shown(HTMLParser):
    """The values that a page shows in its fields: name -> value, only what is chosen or written."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = str(values.get("name"))
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area, self.values[name] = name, ""
        elif tag == "option" and "selected" in values:
            self.values[self.select] = str(values.get("value"))
        elif tag == "input" and (
            values.get("type") not in {"radio", "checkbox"} or "checked" in values
        ):
            self.values[name] = values.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.area:
            # The first line end belongs to the tag.
            self.values[self.area] += data.lstrip("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def language_address(page: str) -> str | None:
    """Return where the language menu sends the form of a page for Arabic; None without a form."""
    button = LANGUAGE_BUTTON.search(page)
    if button is None:
        return None
    found = re.search(r'formaction="([^"]*)"', button[0])
    return found[1] if found else None

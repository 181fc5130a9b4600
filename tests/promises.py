"""What every page keeps: valid HTML, one h1, labels, unique ids, language, no foreign host.

And a change of the language loses nothing that was typed: see docs/design.md.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
     "source", "track", "wbr"}
)  # fmt: skip
# Elements whose end tag HTML lets one leave out; our templates never do, except these.
LABELLED = frozenset({"text", "password", "search", "number", "checkbox", "radio", "file", "tel"})
FOREIGN = re.compile(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)


class Page(HTMLParser):
    """One parsed page with what is wrong in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.forms: list[dict[str, str | None]] = []
        self.buttons_elsewhere: list[str] = []  # the forms that buttons outside of them send
        self.landmarks: list[str] = []  # what names the regions of the page
        self.language_links = False
        self.rooms: list[bool] = []  # lines of the menu of administration: whether one is here
        self.root: dict[str, str | None] = {}
        self.title = False
        self.doctype = False
        self._label_depth = 0
        self._in_rooms = False
        self.feed(html)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl.lower() == "doctype html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"attribute twice in <{tag}>")
        values = dict(attrs)
        if tag == "html":
            self.root = values
        if tag == "title" and "svg" not in self.open:
            self.title = True
        if "style" in values or any(name.startswith("on") for name in names):
            self.faults.append(f"inline style or script in <{tag}>")
        if tag == "style" or (tag == "script" and "src" not in values):
            self.faults.append(f"inline <{tag}>")
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and "alt" not in values:
            self.faults.append("img without alt")
        if (tag == "section" or values.get("role") == "region") and values.get("aria-labelledby"):
            self.landmarks.append(str(values["aria-labelledby"]))
        if tag == "form":
            self.forms.append(values)
        if tag == "button" and values.get("form"):
            self.buttons_elsewhere.append(str(values["form"]))
        if tag == "nav":
            self._in_rooms = values.get("class") == "rooms"
        if tag == "a" and "nav" in self.open and self._in_rooms:
            self.rooms.append(values.get("aria-current") == "true")
        if tag == "a" and "lang" in values:
            self.language_links = self.language_links or "header" in self.open
        if tag == "label":
            if values.get("for"):
                self.labels.add(str(values["for"]))
            self._label_depth += 1
        if tag in {"select", "textarea"} or (
            tag == "input" and (values.get("type") or "text") in LABELLED
        ):
            values["inside-label"] = "yes" if self._label_depth else None
            sent = "form" in self.open and self.forms[-1].get("method") != "dialog"
            values["sent"] = "yes" if sent else None
            self.controls.append(values)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_depth -= 1
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            return
        self.open.pop()


def broken_promises(html: str, language: str | None = None) -> list[str]:
    """Return what is wrong with a page, in words; an empty list for a good one."""
    page = Page(html)
    faults = list(page.faults)
    if not page.doctype:
        faults.append("no <!doctype html>")
    if not page.title:
        faults.append("no title")
    if page.headings.count(1) != 1:
        faults.append(f"{page.headings.count(1)} h1 headings")
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        if after > before + 1:
            faults.append(f"heading h{after} after h{before}")
    repeated = {found for found in page.ids if page.ids.count(found) > 1}
    if repeated:
        faults.append(f"ids used twice: {sorted(repeated)}")
    named_twice = {found for found in page.landmarks if page.landmarks.count(found) > 1}
    if named_twice:
        faults.append(f"regions of the same name: {sorted(named_twice)}")
    if not page.root.get("lang") or page.root.get("dir") not in {"ltr", "rtl"}:
        faults.append("html without lang and dir")
    if language and page.root.get("lang") != language:
        faults.append(f"lang is {page.root.get('lang')}, not {language}")
    for control in page.controls:
        named = control.get("id") in page.labels or control.get("inside-label")
        if not named and not control.get("aria-label") and not control.get("aria-labelledby"):
            faults.append(f"no label for {control.get('name')}")
    strangers = set(page.buttons_elsewhere) - {str(form.get("id")) for form in page.forms}
    if strangers:
        faults.append(f"buttons for forms that are not there: {sorted(strangers)}")
    # No page can send a file back that was chosen: menu links then spare the line its way here.
    typed = [control for control in page.controls if control.get("type") != "file"]
    if page.language_links and any(control["sent"] for control in typed):
        faults.append("the language menu is links and would lose what is typed in the form")
    if page.rooms and page.rooms.count(True) != 1:
        faults.append(f"{page.rooms.count(True)} lines of the menu of administration are lit")
    if FOREIGN.search(re.sub(r'<a [^>]*rel="[^"]*external[^"]*"[^>]*>', "", html)):
        faults.append("a foreign host")
    return faults

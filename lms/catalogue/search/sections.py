"""A compiled lesson as the texts that can be found: one for each part, and each explained word.

Pure: it reads the HTML that ``lms.content.html`` wrote, so that an edition which was published
before there was a search can be found too, without its course folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

SECTION, WORD = "section", "word"
# A question shows its answer only when it is opened: a search would give it away. A box that the
# country has not filled says nothing of what somebody looks for.
LEFT_OUT = frozenset({"check", "box empty"})
_BLOCKS = frozenset({"p", "li", "td", "th", "h3", "h2", "br", "tr", "div", "section"})
_VOID = frozenset({"br"})


@dataclass(slots=True)
class Section:
    """One place of a lesson that can be found.

    block                its id: the anchor of the page.
    heading_in, said_in  the language of heading and text where it is not that of the page.
    """

    kind: str
    block: str
    heading: str = ""
    text: str = ""
    heading_in: str | None = None
    said_in: str | None = None


def sections(html: str) -> list[Section]:
    """Return the parts of a lesson in order, without markup; parts without words are left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = []
    for each in reader.found:
        section = each.section
        section.heading = _line(each.heading)
        section.text = _line(each.text)
        if section.kind == WORD:
            section.text = section.text.removeprefix(":").strip()
        if section.heading or section.text:
            found.append(section)
    return found


def _line(pieces: Iterable[str]) -> str:
    return " ".join("".join(pieces).split())


@dataclass(slots=True)
class _Open:
    section: Section
    heading: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Open] = []
        self.open: list[tuple[str, str, str | None]] = []  # element, class, language
        self.in_heading = False
        self.quiet = 0  # how many elements around this place are not read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS:
            self._say(" ")
        if tag in _VOID:
            return
        name, block = values.get("class") or "", values.get("id")
        before = self.open[-1] if self.open else ("", "", None)
        # Above a part in another language stands a line that says so.
        notice = before[1] == "fallback" and name == "meta"
        self.open.append((tag, name, values.get("lang") or before[2]))
        self.quiet += name in LEFT_OUT or notice
        if self.quiet:
            return
        if tag == "h2" and block:
            self._begin(SECTION, block)
        elif tag == "p" and block and any(each[1] == "glossary" for each in self.open):
            self._begin(WORD, block)
        if tag == "h2" or (tag == "strong" and self.found and self._names_the_word()):
            self.in_heading = True

    def _begin(self, kind: str, block: str) -> None:
        language = self.open[-1][2]
        self.found.append(_Open(Section(kind, block, heading_in=language)))

    def _names_the_word(self) -> bool:
        last = self.found[-1]
        return last.section.kind == WORD and not last.heading

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self.open:
            return
        _, name, _ = self.open.pop()
        notice = name == "meta" and bool(self.open) and self.open[-1][1] == "fallback"
        self.quiet -= name in LEFT_OUT or notice
        if tag in {"h2", "strong"}:
            self.in_heading = False
        if tag in _BLOCKS:
            self._say(" ")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, data: str) -> None:
        if not self.found or self.quiet:
            return
        last = self.found[-1]
        (last.heading if self.in_heading else last.text).append(data)
        if not self.in_heading and data.strip() and self.open:
            last.section.said_in = last.section.said_in or self.open[-1][2]

"""The words of a text file as a reader sees them, line by line, without marks and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.markdown import plain
from lms.content.media import FIGURE
from lms.content.model import Block, Document

# Vowels and the stretching line belong to an Arabic word, although they are no letters.
MARKS = "\u064b-\u0652\u0670\u0640"
WORD = re.compile(rf"[^\W_][\w{MARKS}’'-]*")
_FACTS = re.compile(r"\{[^}]*\}\s*")
_HEAD = re.compile(r'\s*[\w"-]+ *= *"(?P<text>.*)"\s*')
_MARK = re.compile(
    r"\s*(?:>\s?|### s[1-9]\s*$|###\s+|= |(?:[-*+]|\d{1,3}\.)\s+)*"
    r"(?:\[[ xX]\]\s+)?(?:[a-z]\. ?(?=\S))?"
)
_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words.

    block  the block it stands in; None for a title in the front matter.
    text   without the marks of Markdown, addresses, letters of choices; cells of a table are
           parted by ``|``.
    """

    file: str
    number: int
    block: Block | None
    text: str


def lines_of(document: Document) -> Iterator[Line]:
    """Yield every line of a file that has words, its titles first."""
    for number, raw in enumerate(document.lead.splitlines(), 1):
        if raw.strip() in {"[from]", "[reviewed_blocks]"}:
            break
        if (found := _HEAD.fullmatch(raw)) and found["text"].strip():
            yield Line(document.path, number, None, found["text"])
    is_bank = "/bank/" in document.path
    for block in document.blocks:
        yield from lines_in(document.path, block, titled=not is_bank)


def lines_in(file: str, block: Block, *, titled: bool = True) -> Iterator[Line]:
    """Yield the lines of one block that have words; its heading first, unless it is a code."""
    if titled and block.title:
        yield Line(file, block.line, block, plain(block.title))
    for number, raw in enumerate(block.body.splitlines(), block.line + 1):
        if _FACTS.fullmatch(raw) or _RULE.fullmatch(raw):
            continue
        if shown := FIGURE.fullmatch(raw):
            yield Line(file, number, block, shown["alt"].strip())
            continue
        said = plain(raw[len(found[0]) :] if (found := _MARK.match(raw)) else raw)
        if said:
            yield Line(file, number, block, said)


def words_in(text: str) -> list[str]:
    """Return the words and numbers of a line in order."""
    return WORD.findall(text)

"""What readers need who hear a page or go through it by its headings, links and tables.

Of pictures ``media`` asks what they show. What this cannot see: words of a link that are long and
say nothing, a sentence before a table that is not about it.

No Markdown is loaded here: the editor says the same beside the line while somebody writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lms.content.model import Block, Course, Document
from lms.content.quality.findings import Finding, finding
from lms.content.quality.texts import texts_of
from lms.kernel.names import folded

# Of a link that a screen reader names without its sentence, these say nothing; in any language,
# since nobody writes English into an Arabic text to be clear.
POINTING = frozenset(
    folded(words)
    for words in (
        "here",
        "click here",
        "see here",
        "click",
        "link",
        "this link",
        "follow this link",
        "more",
        "read more",
        "learn more",
        "this page",
        "ici",
        "cliquez ici",
        "cliquer ici",
        "voir ici",
        "lien",
        "ce lien",
        "le lien",
        "en savoir plus",
        "lire la suite",
        "lire plus",
        "cette page",
        "هنا",
        "اضغط هنا",
        "انقر هنا",
        "اضغطوا هنا",
        "انقروا هنا",
        "انظر هنا",
        "الرابط",
        "رابط",
        "هذا الرابط",
        "المزيد",
        "اقرأ المزيد",
        "لمعرفة المزيد",
        "للمزيد",
        "هذه الصفحة",
        "здесь",
        "тут",
        "сюда",
        "нажмите здесь",
        "нажмите сюда",
        "смотрите здесь",
        "см. здесь",
        "ссылка",
        "эта ссылка",
        "по ссылке",
        "по этой ссылке",
        "подробнее",
        "читать далее",
        "узнать больше",
        "эта страница",
        "осында",
        "мұнда",
        "мына жерде",
        "мұнда басыңыз",
        "осында басыңыз",
        "осы жерді басыңыз",
        "мына жерді басыңыз",
        "сілтеме",
        "осы сілтеме",
        "мына сілтеме",
        "сілтеме бойынша",
        "толығырақ",
        "толық оқу",
        "осы бет",
    )
)
_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(")
_MARKS = re.compile(r"[*_\\\s]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*|[a-z0-9.-]+\.[a-z]{2,}/\S*", re.IGNORECASE)
# Before the signs of a heading stand spaces, quotes and the beginnings of list items.
_HEADING = re.compile(r"(?P<before>[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*)(?P<signs>#{1,6})(?= |$)")
_JOINED = re.compile(r"#{2,6}[^# ]")
_STEP = re.compile(r"### s[1-9]\s*")
_INSIDE = "###"
_RULE_CELL = re.compile(r":?-+:?")


def access_findings(course: Course) -> Iterator[Finding]:
    """Yield what stands in the way of readers, in every text, those of countries included."""
    for _, document in texts_of(course):
        yield from access_findings_in(document)


def access_findings_in(document: Document) -> Iterator[Finding]:
    """Yield what stands in the way of readers in one text."""
    for block in document.blocks:
        lines = block.body.splitlines()
        yield from _headings(document, block, lines)
        yield from _links(document, block, lines)
        yield from _tables(document, block, lines)


def _headings(document: Document, block: Block, lines: Sequence[str]) -> Iterator[Finding]:
    name = document.path.partition("/")[2]
    # Only a part of a lesson has a heading of its own above the smaller ones: the stem of an item
    # stands below the title of its page, a word of the glossary is one line.
    has_none = name.startswith("bank/") or name in {"course.md", "glossary.md"}
    for number, line in enumerate(lines, block.line + 1):
        found = _HEADING.match(line)
        if found is None:
            if _JOINED.match(line):
                yield finding("heading.level", document.path, number)
        elif not line[found.end() :].strip(" #"):
            yield finding("heading.empty", document.path, number)
        elif found["signs"] != _INSIDE:
            yield finding("heading.level", document.path, number)
        elif has_none and not _STEP.fullmatch(line):
            yield finding("heading.place", document.path, number)


def _links(document: Document, block: Block, lines: Sequence[str]) -> Iterator[Finding]:
    for number, line in enumerate([block.title, *lines], block.line):
        for written in _LINK.findall(line):
            words = _MARKS.sub(" ", written).strip()
            if not folded(words):
                yield finding("link.empty", document.path, number)
            elif _ADDRESS.fullmatch(words):
                yield finding("link.address", document.path, number, words=words)
            elif folded(words) in POINTING:
                yield finding("link.here", document.path, number, words=words)


def _tables(document: Document, block: Block, lines: Sequence[str]) -> Iterator[Finding]:
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _cells(lines[end]):
            end += 1
        rows = [_cells(line) for line in lines[start:end]]
        if rows and (_bare(lines[start]).startswith("|") or any(map(_is_rule, rows))):
            yield from _table(document, block.line + 1 + start, rows, lines[:start])
        start = end + 1


def _table(
    document: Document, number: int, rows: Sequence[Sequence[str]], before: Sequence[str]
) -> Iterator[Finding]:
    if _is_rule(rows[0]) or len(rows) < 2 or not _is_rule(rows[1]) or len(rows[0]) != len(rows[1]):
        yield finding("table.head", document.path, number)
    elif not all(_MARKS.sub("", cell) for cell in rows[0]):
        yield finding("table.column", document.path, number)
    last = next((line for line in reversed(before) if line.strip()), "")
    if not last or _HEADING.match(last) or "![" in last or _cells(last):
        yield finding("table.alone", document.path, number)


def _cells(line: str) -> list[str]:
    """Return the cells of a line with bars, none of any other line."""
    bare = _bare(line).replace(r"\|", "")
    if "|" not in bare:
        return []
    return [cell.strip() for cell in bare.removeprefix("|").removesuffix("|").split("|")]


def _bare(line: str) -> str:
    return line.lstrip(" >").rstrip()


def _is_rule(cells: Sequence[str]) -> bool:
    return all(_RULE_CELL.fullmatch(cell) for cell in cells)

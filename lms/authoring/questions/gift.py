"""GIFT: questions as Moodle's plain text format writes them, read in the order of its own rules.

First lines are cut into items, then escaped signs are put aside, then the structure is read, and
only then the signs come back. Source: docs.moodle.org, "GIFT format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lms.authoring.questions.gift_answers import READERS, Item, aside, plain, text_of
from lms.authoring.questions.understood import (
    DESCRIPTION,
    ESSAY,
    MATCHING,
    MOODLE,
    NUMERIC,
    SHORT,
    SINGLE,
    TRUEFALSE,
    Notes,
    Text,
    Understood,
    default_name,
    levels_of,
    lines_of,
    with_warnings,
)
from lms.kernel.messages import msg

BLANK = "_____"
CATEGORY = "$CATEGORY:"
# What stands before the path of a category and says only where Moodle would put it.
PLACES = frozenset({"$course$", "$module$", "$system$", "$coursecat$", "$cat1$", "top"})

_NEVER = re.compile("[\ud800-\udfff]")
_ID = re.compile(r"\[id:((?:\\\]|[^\]\n]){1,255})\]")
_TAGGED = re.compile(r"\[tag:((?:\\\]|[^\]\n]){1,255})\]")
_TRUE_OR_FALSE = frozenset({"T", "TRUE", "F", "FALSE"})


@dataclass(slots=True)
class _Lines:
    """The lines of one item: number of the first, lines without comments, comments."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read_gift(text: str, notes: Notes) -> Iterator[Understood]:
    """Yield the questions of a GIFT file in order; what is wrong goes into ``notes``.

    text  with line ends LF.
    """
    category: tuple[str, ...] = ()
    for found in _items(_NEVER.sub("\ufffd", text)):
        if notes.full:
            return
        body = aside("\n".join(found.lines)).strip()
        if body.startswith(CATEGORY):
            category = _category(body[len(CATEGORY) :], found.line, notes)
            continue
        question = _question(body, found, category, notes)
        if question is not None:
            yield question


def _items(text: str) -> Iterator[_Lines]:
    """Cut the text at blank lines, also inside braces, and put comments aside."""
    item = _Lines()
    for number, line in lines_of(text):
        if line.startswith("//"):
            item.comments.append(line)
        elif line:
            item.line = item.line or number
            item.lines.append(line)
        else:
            if item.lines:
                yield item
            if item.lines or item.comments:
                item = _Lines()
    if item.lines:
        yield item


def _category(raw: str, line: int, notes: Notes) -> tuple[str, ...]:
    """Return the levels of a path: ``/`` separates them, ``//`` is a slash."""
    if "{" in raw or "}" in raw:
        notes.error(
            "category",
            line,
            "",
            msg(
                "The category goes on to the next empty line, so the question below it was lost. "
                "Put an empty line between them."
            ),
        )
        raw = raw.strip().partition("\n")[0]
    levels = levels_of(plain(raw))
    while levels and levels[0] in PLACES:
        levels = levels[1:]
    return levels


def _question(
    body: str, found: _Lines, category: tuple[str, ...], notes: Notes
) -> Understood | None:
    own = Notes()
    name, rest = _name(body, found.line, own)
    start, end = rest.find("{"), rest.find("}")
    shown = name or default_name(Text(plain(rest if start < 0 else rest[:start]), MOODLE))
    question: Understood | None = None
    braces = rest.count("{", end + 1) + rest.count("}", end + 1) if end > 0 else 0
    if start < 0 and end < 0:
        question = Understood(DESCRIPTION, shown, text_of(rest, MOODLE))
    elif start < 0 or end < start:
        _brace(own, found.line, shown)
    elif braces:
        own.error(
            "brace",
            found.line,
            shown,
            msg("A question has one pair of braces only. Write other braces as \\{ and \\}."),
        )
    else:
        after = rest[end + 1 :]
        stem = text_of(rest[:start] + (BLANK + after if after.strip() else ""), MOODLE)
        shown = name or default_name(stem)
        question = _answered(rest[start + 1 : end].strip(), stem, shown, found.line, own)
    warnings = tuple(own.warnings)
    for note in own:
        notes.add(note.severity, note.code, note.line, note.question or shown, note.message)
    if question is None:
        return None
    return with_warnings(_placed(question, name, shown, category, found), warnings)


def _placed(
    question: Understood, name: str, shown: str, category: tuple[str, ...], found: _Lines
) -> Understood:
    comments = "\n".join(found.comments)
    number = _ID.search(comments)
    tags = dict.fromkeys(_bracketed(each) for each in _TAGGED.findall(comments))
    return replace(
        question,
        name=name or shown,
        category=category,
        line=found.line,
        idnumber=_bracketed(number[1]) if number else "",
        tags=tuple(tag for tag in tags if tag),
    )


def _bracketed(text: str) -> str:
    return text.replace("\\]", "]").strip()


def _name(body: str, line: int, notes: Notes) -> tuple[str, str]:
    """Return the name between ``::`` and ``::``, and the rest."""
    if not body.startswith("::"):
        return "", body
    name, closed, rest = body[2:].partition("::")
    if closed:
        return " ".join(plain(name).split()), rest.strip()
    notes.warn(
        "name", line, "", msg("The name begins with :: and has no end, so it counts as text.")
    )
    return "", body[2:].strip()


def _brace(notes: Notes, line: int, shown: str) -> None:
    notes.error(
        "brace",
        line,
        shown,
        msg(
            "A brace is missing, or an empty line stands between { and }. Write a brace that "
            "belongs to the text as \\{ or \\}."
        ),
    )


def _answered(answers: str, stem: Text, name: str, line: int, notes: Notes) -> Understood | None:
    """Return the question whose braces hold ``answers``; the first row that fits is its type."""
    before, sign, general = answers.rpartition("####")
    feedback = text_of(general, stem.format) if sign else Text("", stem.format)
    answers = before.strip() if sign else answers
    item = Item(answers, stem, name, feedback, line, notes)
    kind = _kind(answers)
    if kind == ESSAY:
        return item.question(ESSAY)
    if not stem:
        notes.warn("stem", line, name, msg("The question has no text, only answers."))
    return READERS[kind](item)


def _kind(answers: str) -> str:
    if not answers:
        return ESSAY
    if answers.startswith("#"):
        return NUMERIC
    if "~" in answers:
        return SINGLE
    if "=" in answers and "->" in answers:
        return MATCHING
    if answers.partition("#")[0].strip() in _TRUE_OR_FALSE:
        return TRUEFALSE
    return SHORT

"""A report as a PDF: its tables, facts and notes on as many sheets as they need.

``page_data`` decides what is said; ``lms/certificates/layout/report.typ`` decides how it looks.
The same facts always give the same bytes. Only the worker calls ``render``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.certificates import pdf, printed
from lms.certificates.glyphs import isolated, require_glyphs
from lms.installation import Installation
from lms.kernel.messages import Message
from lms.kernel.names import ARABIC, script_of
from lms.reports.figures import HIDDEN, LEGEND, SIGN, Kind, Label, Line, Table, Value
from lms.reports.sheet import spelled
from lms.web.language import say

LAYOUT = "report.typ"
WIDE_FROM = 7  # columns
NOTHING = "–"
WORDS = frozenset({Kind.TEXT, Kind.WORD, Kind.DAY})

Parts = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a paper: the drawing of a code, and sentences beside it."""

    svg: str  # empty: sentences alone
    size: int  # millimetres
    alt: str
    lines: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF, from which what is printed was made."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed.

    languages  one or two; the first decides the direction of the page.
    about      label and value of each fact above the tables; a plain text is the same in both.
    foot       said at the foot of every sheet, such as a digest; Latin letters and digits.
    """

    title: Message
    languages: Sequence[str]
    about: Sequence[tuple[Message, Message | str]]
    tables: Sequence[Table]
    day: date
    foot: str = ""
    proof: Proof | None = None
    attachment: Attachment | None = None
    wide: bool = field(default=False)


def render(paper: Paper, site: Installation) -> bytes:
    """Return the PDF/A. raises MissingGlyph naming a character that cannot be printed."""
    data = page_data(paper, site)
    require_glyphs(printed.printed_texts({**data, "attachment": None}))
    standard = pdf.WITH_FILES if paper.attachment else pdf.STANDARD
    return pdf.typeset(json.dumps(data, ensure_ascii=False), paper.day, LAYOUT, standard)


def page_data(paper: Paper, site: Installation) -> dict[str, Any]:
    """Return everything that the layout places, as plain JSON."""
    first = paper.languages[0]

    def said(message: Message | str) -> Parts:
        return _parts(_value(message), paper.languages)

    return {
        "brand": site.brand,
        "band": site.band,
        "languages": list(paper.languages),
        "wide": paper.wide or any(len(each.columns) >= WIDE_FROM for each in paper.tables),
        "issuer": _parts(lambda each: site.issuers.get(each) or site.name(each), paper.languages),
        "title": said(paper.title),
        "about": [{"label": said(label), "value": said(value)} for label, value in paper.about],
        "tables": [_table(each, paper.languages) for each in paper.tables],
        "foot": paper.foot,
        "proof": None
        if paper.proof is None
        else {
            "svg": paper.proof.svg,
            "size": paper.proof.size,
            "alt": paper.proof.alt,
            "lines": [said(each) for each in paper.proof.lines],
        },
        "attachment": None
        if paper.attachment is None
        else {"name": paper.attachment.name, "text": paper.attachment.text},
        "document": {
            "title": str(say(paper.title, first)),
            "author": site.issuers.get(first) or site.name(first),
            "day": [paper.day.year, paper.day.month, paper.day.day],
        },
    }


def _table(table: Table, languages: Sequence[str]) -> dict[str, Any]:
    notes = [*table.notes, *([Message(LEGEND)] if table.hides else [])]
    heads = [Message(table.head), *(column.head for column in table.columns)]
    shares = [False, *(column.kind is Kind.SHARE for column in table.columns)]
    return {
        "title": _parts(_value(table.title), languages),
        "head": [
            _parts(_head(head, share), languages) for head, share in zip(heads, shares, strict=True)
        ],
        "numeric": [False, *(column.kind not in WORDS for column in table.columns)],
        "widths": [3, *(2 if column.kind is Kind.TEXT else 1 for column in table.columns)],
        "rows": [
            *(_row(line, languages, total=False) for line in table.lines),
            *([_row(table.total, languages, total=True)] if table.total else []),
        ],
        "notes": [_parts(_value(note), languages) for note in notes],
    }


def _head(head: Message, share: bool) -> Callable[[str], str]:
    return lambda each: f"{_text(head, each)} (%)" if share else _text(head, each)


def _row(line: Line, languages: Sequence[str], *, total: bool) -> dict[str, Any]:
    return {
        "total": total,
        "cells": [
            _parts(_label(line.label), languages),
            *(_parts(_value(value), languages) for value in line.values),
        ],
    }


def _label(label: Label) -> Callable[[str], str]:
    return lambda each: spelled(label, each)


def _value(value: Value) -> Callable[[str], str]:
    if value is HIDDEN:
        return lambda _: SIGN
    if value is None:
        return lambda _: NOTHING
    if isinstance(value, Message):
        return lambda each: _text(value, each)
    return lambda _: value.isoformat() if isinstance(value, date) else str(value)


def _text(message: Message | str, language: str) -> str:
    return str(say(message, language)) if isinstance(message, Message) else message


def _parts(text_in: Callable[[str], str], languages: Sequence[str]) -> Parts:
    """Return a text in each language; what reads the same in both is written once."""
    found: list[tuple[str, str]] = []
    for language in languages:
        text = text_in(language)
        if text not in {known for _, known in found}:
            found.append((language, text))
    return [{"language": _script(text, code), "text": isolated(text, code)} for code, text in found]


def _script(text: str, language: str) -> str:
    """Return the language under which a text is set: Arabic names need their own letters."""
    letter = next((sign for sign in text if sign.isalpha()), "a")
    return "ar" if script_of(letter) == ARABIC else language

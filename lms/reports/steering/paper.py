"""A steering sheet on paper: one A4 page, in one language or two, the figures once.

``page_data`` decides what is said; ``lms/certificates/layout/steering.typ`` decides how it looks.
The same figures always give the same bytes. Only the worker calls ``render``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.certificates import pdf, printed
from lms.certificates.glyphs import isolated, require_glyphs
from lms.installation import Installation
from lms.kernel.messages import Message, msg
from lms.kernel.names import ARABIC, script_of
from lms.reports.figures import HIDDEN, LEGEND, SIGN, Label, Line, Table, Value
from lms.reports.sheet import spelled
from lms.reports.steering.rules import Body
from lms.reports.steering.tables import ALL, COLUMNS, TITLE, programme_label, quarter_of, tables
from lms.web.language import day_in, say

LAYOUT = "steering.typ"
Parts = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed.

    languages  one or two; the first decides the direction of the page.
    day        of the figures.
    about      more facts: label and value, which is the same in both languages.
    foot       said at the foot, such as a digest; Latin letters and digits.
    """

    body: Body
    languages: Sequence[str]
    day: date
    about: Sequence[tuple[str, str]] = ()
    foot: str = ""


def render(sheet: Sheet, site: Installation) -> bytes:
    """Return the PDF/A. raises MissingGlyph naming a character that cannot be printed."""
    data = page_data(sheet, site)
    require_glyphs(printed.printed_texts(data))
    return pdf.typeset(json.dumps(data, ensure_ascii=False), sheet.day, LAYOUT)


def page_data(sheet: Sheet, site: Installation) -> dict[str, Any]:
    """Return everything that the layout places, as plain JSON."""
    first, body = sheet.languages[0], sheet.body
    in_each = [(each, tables(body, each)) for each in sheet.languages]
    shown = in_each[0][1]
    total = Line(Label(Message(ALL)), [HIDDEN if n is None else n for n in body.total])
    return {
        "brand": site.brand,
        "band": site.band,
        "languages": list(sheet.languages),
        "issuer": [
            _part(site.issuers.get(each) or site.name(each), each) for each in sheet.languages
        ],
        "title": _parts(Message(TITLE), sheet.languages),
        "about": [
            {
                "label": _parts(Message(label), sheet.languages),
                "value": [_part(spelled(value, each), each) for value, each in values],
            }
            for label, values in _facts(sheet, site)
        ],
        "columns": [_parts(column.head, sheet.languages) for column in COLUMNS],
        "total": _row([(total, each) for each in sheet.languages]),
        "groups": [
            {
                "title": _parts(table.title, sheet.languages),
                "rows": [
                    _row([(made[at].lines[number], each) for each, made in in_each])
                    for number in range(len(table.lines))
                ],
            }
            for at, table in enumerate(shown)
        ],
        "notes": [_parts(note, sheet.languages) for note in _notes(shown)],
        "foot": sheet.foot,
        "document": {
            "title": f"{say(Message(TITLE), first)} {body.quarter}",
            "author": site.issuers.get(first) or site.name(first),
            "day": [sheet.day.year, sheet.day.month, sheet.day.day],
        },
    }


def _facts(sheet: Sheet, site: Installation) -> list[tuple[str, list[tuple[Label, str]]]]:
    """Return what stands above the table: label, and its value for each language."""
    body = sheet.body
    quarter = quarter_of(body.quarter).words

    def of_days(language: str) -> Label:
        first, last = (day_in(language, day, site) for day in (body.first, body.last))
        # Translators: a quarter with its first and last day, each in words.
        said = msg("%(quarter)s: %(first)s to %(last)s")
        return Label(Message(said, {"quarter": quarter, "first": first, "last": last}))

    in_words = [(Label(day_in(each, sheet.day, site)), each) for each in sheet.languages]
    return [
        (msg("Programme"), [(programme_label(body, each), each) for each in sheet.languages]),
        (msg("Quarter"), [(of_days(each), each) for each in sheet.languages]),
        (msg("State of"), in_words),
        *(
            (label, [(Label(value), each) for each in sheet.languages])
            for label, value in sheet.about
        ),
    ]


def _row(lines: Sequence[tuple[Line, str]]) -> dict[str, Any]:
    """Return a line that is given once for each language: the labels, and the figures once."""
    return {
        "labels": [_part(spelled(line.label, each), each) for line, each in lines],
        "figures": [_figure(value) for value in lines[0][0].values],
    }


def _parts(message: Message, languages: Sequence[str]) -> Parts:
    return [_part(str(say(message, each)), each) for each in languages]


def _notes(shown: Sequence[Table]) -> list[Message]:
    legend = [Message(LEGEND)] if any(table.hides for table in shown) else []
    return [*(note for table in shown for note in table.notes), *legend]


def _figure(value: Value) -> str:
    return SIGN if value is HIDDEN else str(value)


def _part(text: str, language: str) -> dict[str, str]:
    """Return a text with the language under which it is set: Arabic names need their letters."""
    letter = next((sign for sign in text if sign.isalpha()), "a")
    script = "ar" if script_of(letter) == ARABIC else language
    return {"language": script, "text": isolated(text, language)}

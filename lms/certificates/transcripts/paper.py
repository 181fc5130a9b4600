"""The training record as a PDF: the same facts always give the same bytes.

``page_data`` decides what is said, in which language and in which order; ``layout/transcript.typ``
decides how it looks. Only the worker calls ``render``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from lms.certificates import pdf, printed
from lms.certificates.glyphs import isolated, require_glyphs
from lms.certificates.transcripts.rules import Line, State, Transcript
from lms.kernel.ids import grouped
from lms.signing import qr

# In millimetres, with the quiet zone: a full sheet has about a hundred modules across.
CODE = 46
NOTHING = "–"

Labels = Mapping[str, Mapping[str, str]]  # language -> key of labels.LABELS -> words


def render(
    transcript: Transcript, codes: Sequence[str], address: str, labels: Labels, *, day: date
) -> bytes:
    """Return the PDF/A.

    codes    what the QR code of each sheet says, in order.
    address  of the page that checks without a network.
    day      the document's own date.
    raises   MissingGlyph naming a character that cannot be printed; Refused when the texts do
             not fit on a sheet.
    """
    data = page_data(transcript, codes, address, labels)
    require_glyphs(printed.printed_texts(data))
    return pdf.typeset(json.dumps(data, ensure_ascii=False), day, pdf.TRANSCRIPT)


def page_data(
    transcript: Transcript, codes: Sequence[str], address: str, labels: Labels
) -> dict[str, Any]:
    """Return everything that the layout places, as plain JSON; parameters as in ``render``."""
    first = transcript.languages[0]
    sheets = transcript.sheets()
    return {
        "brand": transcript.brand,
        "band": transcript.band,
        "languages": [_language(transcript, each, labels[each]) for each in transcript.languages],
        "names": [
            {"text": name, "language": printed.language_of_name(name, transcript.languages)}
            for name in transcript.names
        ],
        "facts": _facts(transcript, labels),
        "sheets": [
            {
                "place": [
                    _place(transcript, each, number, len(sheets), labels[each])
                    for each in transcript.languages
                ],
                "rows": [_row(transcript, line, labels) for line in lines],
                "code": {
                    "svg": qr.svg(code).decode(),
                    "size": CODE,
                    "alt": labels[first]["alt_proof"],
                },
            }
            for number, (lines, code) in enumerate(zip(sheets, codes, strict=True), 1)
        ],
        "address": address.partition("://")[2] or address,
        "document": {
            "title": f"{labels[first]['heading']}: {transcript.names[0]}",
            "author": transcript.issuers[first],
            "day": [transcript.day.year, transcript.day.month, transcript.day.day],
        },
    }


def _language(transcript: Transcript, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    first = transcript.languages[0]
    issuer = transcript.issuers[language]
    columns = ("course", "state", "valid_through", "hours", "result", "certificate")
    return {
        "code": language,
        "heading": words["heading"],
        # What reads the same in both languages is written once.
        "issuer": None
        if language != first and issuer == transcript.issuers[first]
        else isolated(issuer, language),
        "columns": [words[key] for key in columns],
        "about": [words[key] for key in ("about", "what_hours", "check")],
    }


def _facts(transcript: Transcript, labels: Labels) -> list[list[dict[str, str | None]]]:
    """Return the row of facts: label and value in each language.

    A value that is the same in both languages (a number) is written once.
    """
    passed = str(sum(line.state is State.PASSED for line in transcript.lines))
    rows: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("as_of", lambda each: _day(transcript, transcript.day, each)),
        ("passed_courses", lambda each: printed.in_digits(passed, each, transcript.digits)),
        ("total", lambda each: _hours(transcript, transcript.hours, each)),
    )
    first = transcript.languages[0]
    return [
        [
            {
                "language": each,
                "label": labels[each][key],
                "value": None
                if each != first and value_in(each) == value_in(first)
                else isolated(value_in(each), each),
            }
            for each in transcript.languages
        ]
        for key, value_in in rows
    ]


def _place(
    transcript: Transcript, language: str, number: int, count: int, words: Mapping[str, str]
) -> dict[str, str]:
    text = words["sheet"] % {"number": number, "count": count}
    shown = printed.in_digits(text, language, transcript.digits)
    return {"language": language, "text": isolated(shown, language)}


def _row(transcript: Transcript, line: Line, labels: Labels) -> dict[str, Any]:
    """Return the cells of a line. Days and numbers are written once, in the paper's own language.

    Each cell is a list of {language, text, weight}; ``strong`` or ``small``.
    """
    first = transcript.languages[0]

    def in_each(texts: Mapping[str, str], own: str = "strong") -> list[dict[str, str]]:
        shown: list[dict[str, str]] = []
        for each in transcript.languages:
            if not shown or texts[each] != texts[first]:
                weight = "small" if shown else own
                text = isolated(texts[each], each)
                shown.append({"language": each, "text": text, "weight": weight})
        return shown

    def once(text: str, weight: str = "plain", language: str = first) -> dict[str, str]:
        return {"language": language, "text": isolated(text, language), "weight": weight}

    named = " · ".join(part for part in (line.course, line.edition) if part)
    state = in_each({each: labels[each][f"state_{line.state}"] for each in transcript.languages})
    valid = [once(NOTHING)]
    if line.completed_on is not None:
        state.append(once(_day(transcript, line.completed_on, first)))
        last = line.valid_through
        endless = {each: labels[each]["without_end"] for each in transcript.languages}
        valid = [once(_day(transcript, last, first))] if last else in_each(endless, "plain")
    percent = NOTHING if line.percent is None else f"{line.percent} %"
    certificate = [once(NOTHING)]
    if line.number:
        certificate = [once(line.number, "strong", "en"), once(grouped(line.code), "plain", "en")]
    return {
        "course": [*in_each(line.titles), once(named, "small", "en")],
        "state": state,
        "valid_through": valid,
        "hours": [once(_hours(transcript, line.hours, first) if line.hours else NOTHING)],
        "result": [once(printed.in_digits(percent, first, transcript.digits))],
        "certificate": certificate,
    }


def _day(transcript: Transcript, day: date, language: str) -> str:
    return printed.shown_day(day, language, transcript.country, transcript.digits)


def _hours(transcript: Transcript, hours: float, language: str) -> str:
    return printed.shown_hours(hours, language, transcript.country, transcript.digits)

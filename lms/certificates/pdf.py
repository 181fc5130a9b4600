"""The certificate as a PDF: a view of its snapshot and the holder's names, always the same bytes.

``page_data`` decides what is said, in which language and in which order; ``layout/certificate.typ``
decides how it looks. Only the worker calls ``render``: it alone loads typst and segno.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers

from lms.certificates.glyphs import isolated, require_glyphs
from lms.certificates.snapshot import CertificateSnapshot, Texts
from lms.kernel.errors import Refused
from lms.kernel.ids import grouped
from lms.kernel.messages import Message, msg
from lms.kernel.names import ARABIC, CYRILLIC, script_of
from lms.signing import qr
from lms.web.language import locale_of

LAYOUT = Path(__file__).parent / "layout"
PAGE, TRANSCRIPT, BLANK = "certificate.typ", "transcript.typ", "blank.typ"
PAGES_REMEMBERED = 10
# PDF/A, tagged: fonts embedded, colours defined; it can be read in thirty years. Part 3 is the same
# with files inside.
STANDARD, WITH_FILES = "a-2a", "a-3a"

# In millimetres, with the quiet zone of four modules. The large code of a full payload has 89
# modules across: 38 mm of drawing are 35 mm of code.
LARGE_CODE, SMALL_CODE = 38, 21
LOGO_HEIGHT = 17

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PART = re.compile(r"TOO-LONG (\w*)")
_PNG = b"\x89PNG\r\n\x1a\n"

Labels = Mapping[str, Mapping[str, str]]  # language -> key of labels.LABELS -> words


class TooLong(Refused):
    """The texts do not fit on the page. ``part``: ``upper``, ``signatures`` or another one, ""."""

    def __init__(self, message: Message, part: str) -> None:
        """Keep the part of the page beside the sentence."""
        super().__init__(message)
        self.part = part


def render(
    snapshot: CertificateSnapshot,
    names: Sequence[str],
    labels: Labels,
    logos: Sequence[bytes] = (),
    *,
    preview: bool = False,
    least: float | None = None,
) -> bytes:
    """Return the PDF/A of one certificate; the same arguments always give the same bytes.

    names    the holder's name in one to three scripts.
    labels   the words of ``labels.LABELS`` in every language of the snapshot.
    logos    the SVG or PNG files that ``snapshot.logos`` names, in that order.
    preview  whether "Preview" stands across the page.
    least    how small the texts may be set, as a part of their size, while a layout is chosen; no
             word is then wider than its column. None prints whatever can be printed.
    raises   MissingGlyph naming a character that cannot be printed; TooLong when the texts do
             not fit on the page.
    """
    data = page_data(snapshot, names, labels, logos, preview=preview)
    if least is not None:
        data["least"] = least
    require_glyphs(printed_texts(data))
    return typeset(json.dumps(data, ensure_ascii=False), snapshot.issued_on)


_TOO_LONG = {
    PAGE: msg(
        "The texts of this certificate do not fit on its page. Shorten the title of "
        "the course, the issuer's name or the list of partners."
    ),
    TRANSCRIPT: msg(
        "The texts of this training record do not fit on its page. Shorten the titles of the "
        "courses or the issuer's name."
    ),
}


# The page that was set last is kept: a certificate is tried out before it gets its number, and
# when it did get the number with which it was tried out, its paper is there already.
@lru_cache(maxsize=1)
def typeset(data: str, day: date, layout: str = PAGE, standard: str = STANDARD) -> bytes:
    """Return the PDF of what ``page_data`` gave, as JSON.

    day     the document's own date. By the clock each copy would be another file.
    layout  the file that decides how it looks.
    standard  the part of PDF/A: ``STANDARD`` or ``WITH_FILES``.
    """
    import typst

    try:
        document = _compiler(layout).compile(
            format="pdf",
            sys_inputs={"paper": data},
            pdf_standards=[standard],
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as error:
        found = _PART.search(error.message)
        if found is None:
            raise
        raise TooLong(Message(_TOO_LONG[layout]), found[1]) from error
    finally:
        _forget()
    return bytes(document)


def _forget() -> None:
    """Let typst forget what it has computed for this page: it would keep that for ten pages more.

    Nothing of it serves the next page, and it costs 30 MiB. typst drops what was not used for more
    than ten pages; there is no other way to ask for it, so eleven empty ones are set (1 ms).
    """
    for _ in range(PAGES_REMEMBERED + 1):
        _compiler(BLANK).compile(format="svg")


def page_data(
    snapshot: CertificateSnapshot,
    names: Sequence[str],
    labels: Labels,
    logos: Sequence[bytes] = (),
    *,
    preview: bool = False,
) -> dict[str, Any]:
    """Return everything that the layout places, as plain JSON; parameters as in ``render``."""
    first = snapshot.language
    code = grouped(snapshot.code)
    words = labels[first]
    return {
        "brand": snapshot.brand,
        "band": snapshot.band,
        "languages": [_language(snapshot, code, labels[code]) for code in snapshot.languages],
        "names": [
            {"text": name, "language": language_of_name(name, snapshot.languages)} for name in names
        ],
        "facts": _facts(snapshot, labels),
        "signatories": [
            [
                {"language": language, "text": isolated(texts[language], language)}
                for texts in (person.name, person.title)
                for language in snapshot.languages
                if texts.get(language)
                # A name that reads the same in both languages is written once.
                and (language == first or texts[language] != texts.get(first))
            ]
            for person in snapshot.signatories
        ],
        "logos": [
            {"svg": _as_svg(logo), "height": LOGO_HEIGHT, "alt": words["alt_logo"]}
            for logo in logos
        ],
        "large": {
            "svg": qr.svg(snapshot.qr_text).decode(),
            "size": LARGE_CODE,
            "alt": words["alt_proof"] % {"code": code},
        },
        "small": {
            "svg": qr.svg(snapshot.check_url).decode(),
            "size": SMALL_CODE,
            "alt": words["alt_address"] % {"address": snapshot.check_url},
        },
        "code": code,
        "address": snapshot.check_url.partition("://")[2] or snapshot.check_url,
        "document": {
            "title": f"{words['heading']} {snapshot.number}",
            "author": snapshot.issuers[first],
            "day": [snapshot.issued_on.year, snapshot.issued_on.month, snapshot.issued_on.day],
        },
        "preview": words["preview"] if preview else None,
    }


def language_of_name(name: str, printed: Sequence[str]) -> str:
    """Return the language under which a name is set: that of its script.

    printed  the languages of the certificate; a Cyrillic name is Kazakh or Russian by them.
    """
    letter = next((char for char in name if char.isalpha()), "a")
    script = script_of(letter)
    if script == ARABIC:
        return "ar"
    fitting = ("kk", "ru") if script == CYRILLIC else ("en", "fr")
    return next((language for language in printed if language in fitting), fitting[-1])


def shown_day(day: date, language: str, country: str, digits: str) -> str:
    """Return a day in words as a certificate prints it: 14 March 2026."""
    text = dates.format_date(day, "long", locale=locale_of(language, country))
    return in_digits(text, language, digits)


def shown_hours(hours: float, language: str, country: str, digits: str) -> str:
    """Return hours of learning as a paper prints them: 3.5, or ٣٫٥."""
    text = numbers.format_decimal(hours, locale=locale_of(language, country))
    shown = in_digits(text, language, digits)
    return shown if shown == text else shown.replace(",", "٫").replace(".", "٫")


def _language(
    snapshot: CertificateSnapshot, language: str, words: Mapping[str, str]
) -> dict[str, Any]:
    support = [
        f"{words[key]}: {texts[language]}"
        for key, texts in (
            ("programme", snapshot.programme),
            ("partners", snapshot.partners),
            ("funders", snapshot.funders),
        )
        if texts.get(language)
    ]

    def said(text: str) -> str:
        return isolated(in_digits(text, language, snapshot.digits), language)

    return {
        "code": language,
        "labels": {key: words[key] for key in ("heading", "certifies", "completed", "code",
                                               "check")},
        "issuer": _unless_printed(snapshot.issuers, language, snapshot.language),
        "title": _unless_printed(snapshot.titles, language, snapshot.language),
        "rule": said(snapshot.rules[language]),
        "notes": [said(note) for note in snapshot.notes.get(language, ())],
        "support": [isolated(line, language) for line in support],
    }  # fmt: skip


def _unless_printed(texts: Texts, language: str, first: str) -> str | None:
    """Return the text, or None where the first language has printed the same words already."""
    if language != first and texts[language] == texts[first]:
        return None
    return isolated(texts[language], language)


def _facts(snapshot: CertificateSnapshot, labels: Labels) -> list[dict[str, Any]]:
    """Return the row of facts: width, and label and value in each language.

    A value that is the same in both languages (a number) is written once.
    """

    def day(value: date | None, language: str) -> str:
        if value is None:
            return labels[language]["without_end"]
        return shown_day(value, language, snapshot.country, snapshot.digits)

    def hours(language: str) -> str:
        return shown_hours(snapshot.hours, language, snapshot.country, snapshot.digits)

    rows = (
        ("completed_on", 3.0, lambda language: day(snapshot.completed_on, language)),
        ("valid_through", 3.0, lambda language: day(snapshot.valid_through, language)),
        ("hours", 2.0, hours),
        ("edition", 2.0, lambda _: snapshot.edition),
        ("number", 2.6, lambda _: snapshot.number),
    )
    facts = []
    for key, width, value_in in rows:
        parts: list[dict[str, str | None]] = []
        for language in snapshot.languages:
            value = value_in(language)
            shown = None if parts and value == parts[0]["plain"] else isolated(value, language)
            parts.append(
                {
                    "language": language,
                    "label": labels[language][key],
                    "value": shown,
                    "plain": value,
                }
            )
        facts.append({"width": width, "parts": parts})
    return facts


def in_digits(text: str, language: str, digits: str) -> str:
    """Return a text with the digits in which a paper prints Arabic."""
    return text.translate(ARABIC_DIGITS) if language == "ar" and digits == "arab" else text


def _as_svg(logo: bytes) -> str:
    """Return a logo as SVG: the layout places text only, so a PNG goes inside a drawing."""
    if not logo.startswith(_PNG):
        return logo.decode()
    width, height = struct.unpack(">II", logo[16:24])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{base64.b64encode(logo).decode()}"/></svg>'
    )


# What the layout never prints as text: drawings, the words of screen readers, colours.
_NOT_PRINTED = frozenset({"svg", "alt", "brand", "band", "document"})


def printed_texts(data: object) -> Iterator[str]:
    """Yield every text that the page prints."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key not in _NOT_PRINTED:
                yield from printed_texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from printed_texts(value)


@cache
def _compiler(layout: str) -> Any:  # noqa: ANN401 -- typst has no types
    """Return the one compiler of a layout in this process, with our fonts and no others."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[LAYOUT / "fonts"],
    )
    return typst.Compiler(
        LAYOUT / layout,
        root=LAYOUT,
        font_paths=fonts,
        ignore_system_fonts=True,
    )

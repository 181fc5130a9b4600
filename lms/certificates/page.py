"""What the page of a certificate says, in which language and in which order.

The page is a view of the snapshot and the holder's names. How it looks is decided by
``layout/certificate.typ``; ``lms.certificates.pdf`` makes the file.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lms.certificates.glyphs import isolated
from lms.certificates.printed import in_digits, language_of_name, shown_day, shown_hours
from lms.certificates.snapshot import CertificateSnapshot, Texts
from lms.kernel.ids import grouped
from lms.signing import qr

# In millimetres, with the quiet zone of four modules. The large code of a full payload has 89
# modules across: 38 mm of drawing are 35 mm of code.
LARGE_CODE, SMALL_CODE = 38, 21
LOGO_HEIGHT = 17
_PNG = b"\x89PNG\r\n\x1a\n"
Labels = Mapping[str, Mapping[str, str]]  # language -> key of labels.LABELS -> words


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
        "labels": {
            key: words[key] for key in ("heading", "certifies", "completed", "code", "check")
        },
        "issuer": _unless_printed(snapshot.issuers, language, snapshot.language),
        "title": _unless_printed(snapshot.titles, language, snapshot.language),
        "rule": said(snapshot.rules[language]),
        "notes": [said(note) for note in snapshot.notes.get(language, ())],
        "support": [isolated(line, language) for line in support],
    }


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

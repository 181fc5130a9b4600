"""Signs that a writer overlooks and a reader meets: spaces, dots, quotes, marks of direction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

OFFLINE = Path(__file__).resolve().parent.parent / "lms/certificates/offline/words.json"

CYRILLIC = (
    ("write « »", re.compile("[“”„]")),
    ("put U+00A0 before it", re.compile(r"(?:\d|\)s) [кМГ]Б")),
)
RULES: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "fr": (
        ("put U+00A0 before it", re.compile(r"(?<=[^\s:]) [:;?!»](?=[\s).,]|$)")),
        ("put U+00A0 after «", re.compile("« ")),
        ("write ’", re.compile(r"[^\W\d_]'[^\W\d_]")),
    ),
    "ar": (
        ("write no U+064B", re.compile("\u064b")),
        ("write ، ؛ ؟", re.compile("[\u0621-\u064a][,;?](?=\\s|$)")),
        # In U+2066 a day or a title in Arabic would stand with its parts the wrong way round.
        (
            "put U+2068 before what may be Arabic",
            re.compile("\u2066%\\((?:day|moment|when|name|title|country|language|reason)\\)s\u2069"),
        ),
    ),
    "ru": CYRILLIC,
    "kk": CYRILLIC,
}  # fmt: skip
EVERYWHERE = (
    ("no space before …", re.compile(r"(?<=\w) …")),
    ("write …", re.compile(r"\.\.\.")),
    ("put U+00A0 before %", re.compile(r"(?<=\S) %%")),
)


def faults(language: str, text: str) -> list[str]:
    """Say what is wrong with the signs of a sentence."""
    wrong = [said for said, sign in (*RULES[language], *EVERYWHERE) if sign.search(text)]
    if len(re.findall("[\u2066-\u2068]", text)) != text.count("\u2069"):
        wrong.append("U+2069 must close each of U+2066 to U+2068")
    return wrong


def offline_faults(language: str, said: Mapping[str, str]) -> Iterator[str]:
    """Say where the page that works without a network says a sentence in other words.

    ``said`` is the catalogue: sentence in English -> sentence. Short labels may differ, as they
    stand in other places.
    """
    words = json.loads(OFFLINE.read_text(encoding="utf-8"))
    for key, english in words["en"].items():
        here = words[language][key]
        yield from (f"{language}: words.json, {key}: {fault}" for fault in faults(language, here))
        if english.endswith(".") and said.get(english, here) != here:
            yield f"{language}: words.json, {key}: the catalogue says: {said[english]}"

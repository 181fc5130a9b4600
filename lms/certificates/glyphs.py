"""Which characters our certificate fonts have, and how Arabic keeps numbers in order.

A typesetter drops a character that no font has without a word. A certificate with a hole in the
name is worse than none, so every text is checked here first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg

FONTS = Path(__file__).parent / "layout" / "fonts"
COVERAGE = FONTS / "coverage.txt"

# A run of digits, Latin or Cyrillic letters inside Arabic: it begins and ends with one of them (or
# a percent sign) and may hold what stands inside dates, codes, addresses and names.
_LETTER = r"0-9A-Za-z\u00c0-\u024f\u0400-\u052f\u1e00-\u1eff"
_LEFT_TO_RIGHT = re.compile(
    rf"[{_LETTER}](?:[{_LETTER}%.,:;/\\_@&'’+#?=\-–\u00a0\u202f ]*[{_LETTER}%])?"
)
_ARABIC = re.compile(r"[\u0600-\u06ff]")
LEFT_TO_RIGHT, FIRST_STRONG, POP = "\u2066", "\u2068", "\u2069"


class MissingGlyph(LmsError):  # noqa: N818 -- a refusal, named like the others of the kernel
    """A text has a character that the certificate's fonts cannot print; the message names it."""

    status = 422


def missing_glyphs(text: str) -> list[str]:
    """Return the characters of ``text`` that no certificate font has, in order, each once."""
    known = _covered()
    return [letter for letter in dict.fromkeys(text) if ord(letter) not in known]


def require_glyphs(texts: Iterable[str]) -> None:
    """Do nothing if every character of ``texts`` can be printed.

    raises   MissingGlyph, naming the first character that cannot.
    """
    for text in texts:
        for letter in missing_glyphs(text):
            name = unicodedata.name(letter, "no name").lower()
            raise MissingGlyph(
                Message(
                    msg(
                        "The certificate cannot print the character “%(character)s” "
                        "(%(code)s, %(name)s) in “%(text)s”. Write it in another way."
                    ),
                    {
                        "character": letter,
                        "code": f"U+{ord(letter):04X}",
                        "name": name,
                        "text": text,
                    },
                )
            )


def isolated(text: str, language: str) -> str:
    """Return ``text`` with each number, code, date or Latin name in Arabic kept in its own order.

    Without the marks (U+2066 … U+2069) 2026-00417 is printed 00417-2026 in an Arabic line.
    Of a text without any Arabic letter all is kept so, its last full stop too.
    Source: Unicode Standard Annex 9, section 2.4. Other languages, and text that has such marks
    already, stay as they are.
    """
    if language != "ar" or LEFT_TO_RIGHT in text or FIRST_STRONG in text:
        return text
    if _LEFT_TO_RIGHT.match(text) and not _ARABIC.search(text):
        return f"{LEFT_TO_RIGHT}{text}{POP}"
    return _LEFT_TO_RIGHT.sub(lambda run: f"{LEFT_TO_RIGHT}{run[0]}{POP}", text)


@cache
def _covered() -> frozenset[int]:
    """Return the code points that the fonts have; ``coverage.txt`` holds ranges, see README."""
    points: set[int] = set()
    for row in COVERAGE.read_text("ascii").splitlines():
        if row and not row.startswith("#"):
            first, _, last = row.partition("-")
            points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)

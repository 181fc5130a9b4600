"""Text in Unicode form NFC, in a time that grows with its length and not with its square."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# No letter of any language has more marks on it. Source: UAX 15, Stream-Safe Text Format.
MOST_MARKS = 30
_LAST = 0x20000  # no mark with a class of its own stands behind

_BEYOND = re.compile("[\U00010000-\U0001ffff]")


def composed(text: str) -> str:
    """Return ``text`` in form NFC; of more than 30 marks on one letter only the first 30.

    Putting marks in order takes the square of their number: a file of nothing but marks would
    keep the reader busy for hours.
    """
    if text.isascii():
        return text
    # A class of signs with one beyond U+FFFF in it is looked through forty times more slowly.
    last = _LAST if _BEYOND.search(text) else 0x10000
    return unicodedata.normalize("NFC", _too_many(last).sub(lambda run: run[0][:MOST_MARKS], text))


@cache
def _too_many(last: int) -> re.Pattern[str]:
    marks = "".join(char for char in map(chr, range(0x300, last)) if unicodedata.combining(char))
    return re.compile(f"[{marks}]{{{MOST_MARKS + 1},}}")

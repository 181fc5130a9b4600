"""In which encoding a text file was written: known, or guessed among six."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from lms.kernel.names import ARABIC, CYRILLIC, LATIN, script_of

UTF_8, UTF_16 = "utf-8", "utf-16"
# What spreadsheet programs of our countries write when they do not write Unicode. Of two that
# read a file equally well the earlier one is taken. KZ-1048 (the standard ST RK 1048) and PTCP154
# are windows-1251 with Kazakh letters in place of Serbian and Ukrainian ones, each at other places.
CHOICES = ("windows-1252", "windows-1251", "windows-1256", "kz-1048", "ptcp154", "iso-8859-1")
# The name that Python's decoders have for each: a byte-order mark is not part of the text.
CODECS: Mapping[str, str] = {
    UTF_8: "utf-8-sig", UTF_16: "utf-16", **{name: name for name in CHOICES}, "kz-1048": "kz1048",
}  # fmt: skip
# The Cyrillic letters of Russian and Kazakh. A Ukrainian or Serbian one more often is a Kazakh one
# that was read in the wrong encoding than a name from there; the preview shows which.
_CYRILLIC_OF_OURS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")

_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16), (codecs.BOM_UTF16_BE, UTF_16))
_CHUNK = 1 << 16
_SAMPLE = 1 << 18  # bytes that a guess looks at
_WORD = re.compile(r"[^\W\d_]+")
_SIGN_IN_A_WORD = re.compile(r"(?<=[^\W\d_])[¡¢£¤¥¦§¬°±¶¿†‡‰€](?=[^\W\d_])")


def known(path: Path) -> str | None:
    """Return ``utf-8`` or ``utf-16`` where the bytes leave no doubt, else None.

    A byte-order mark decides; without one a file that is valid UTF-8 from its first byte to its
    last is UTF-8, since text in another encoding is not so by chance.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        for mark, name in _MARKS:
            if chunk.startswith(mark):
                return name
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return UTF_8


def guessed(path: Path) -> str:
    """Return which of ``CHOICES`` makes the fewest impossible words of this file."""
    with path.open("rb") as file:
        sample = b"\n".join(_telling_lines(file.read(_SAMPLE)))
    return min(CHOICES, key=lambda name: _strangeness(sample.decode(CODECS[name], "replace")))


def _telling_lines(data: bytes) -> Iterator[bytes]:
    return (line for line in data.splitlines() if not line.isascii())


def _strangeness(text: str) -> float:
    """Return which share of the words beyond ASCII no language writes so.

    No word mixes scripts, goes on with a capital after a small letter, stands beside a control
    character, or has the sign of a currency in it; Latin languages put no three accented letters
    side by side; Russian and Kazakh words have their own letters alone.
    """
    words = [found for found in _WORD.finditer(text) if not found[0].isascii()]
    strange = sum(_is_strange(found[0]) for found in words)
    hidden = sum(1 for char in text if char == "\ufffd" or "\x80" <= char <= "\x9f")
    hidden += len(_SIGN_IN_A_WORD.findall(text))
    return (strange + 2 * hidden) / (len(words) + 1)


def _is_strange(word: str) -> bool:
    scripts = {script_of(char) for char in word} & {ARABIC, CYRILLIC, LATIN}
    if len(scripts) > 1 or any(a.islower() and b.isupper() for a, b in pairwise(word)):
        return True
    if CYRILLIC in scripts:
        return not _CYRILLIC_OF_OURS.issuperset(word.lower())
    return LATIN in scripts and re.search(r"[^\x00-\x7f]{3}", word) is not None

"""Which options are right: a sheet says it with letters, with numbers, or with their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lms.authoring.questions.aiken import LOOK_ALIKE

TWO_MEANINGS, NO_OPTION = "two-meanings", "no-option"

_TOKENS = re.compile(r"[\s,;/|+&،؛]+")
_LETTERS = "ABCDEFGHIJ"
_BETWEEN = ("", "\n", ";", "|", ",")


class Key(NamedTuple):
    """The numbers of the right options, from 1.

    fault       why there are none: the key means two things, or none of the options.
    look_alike  whether its letters were Cyrillic.
    """

    numbers: frozenset[int]
    fault: str = ""
    look_alike: bool = False


def key_of(options: Sequence[tuple[int, str]], said: str) -> Key:
    """Return which of the options (number and text) are right.

    A key that is the text of one option and the place of another is no key: ``3`` where the
    second option is ``3``. Nobody may guess which of them is right.
    """
    placed = _placed(said)
    if not placed <= {number for number, _ in options}:
        placed = frozenset()
    named = _named(options, said)
    if placed and named and placed != named:
        return Key(frozenset(), TWO_MEANINGS)
    if not placed and not named:
        return Key(frozenset(), NO_OPTION)
    return Key(placed or named, "", bool(placed) and said.translate(LOOK_ALIKE) != said)


def _placed(said: str) -> frozenset[int]:
    """Return what ``A,C`` or ``1,3`` says; nothing where it says something else."""
    found = set()
    for token in filter(None, _TOKENS.split(said.upper().translate(LOOK_ALIKE))):
        plain = token.rstrip(".)")
        if len(plain) == 1 and plain in _LETTERS:
            found.add(_LETTERS.index(plain) + 1)
        elif plain.isdecimal() and len(plain) <= 2:
            found.add(int(plain))
        else:
            return frozenset()
    return frozenset(found)


def _named(options: Sequence[tuple[int, str]], said: str) -> frozenset[int]:
    by_text = {" ".join(text.casefold().split()): number for number, text in options}
    for separator in _BETWEEN:
        parts = said.split(separator) if separator else [said]
        wanted = [" ".join(part.casefold().split()) for part in parts if part.strip()]
        if wanted and all(part in by_text for part in wanted):
            return frozenset(by_text[part] for part in wanted)
    return frozenset()

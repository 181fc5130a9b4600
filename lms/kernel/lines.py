"""One line of text that somebody typed: the name of a place or a service, a number, a reason."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.names import LONGEST, MOST_MARKS, SCRIPTS, script_of


class LineRefusedError(Refused):
    """A text cannot be stored as it was typed; the message says what is in the way."""

    status = 422


@dataclass(frozen=True, slots=True)
class Line:
    """A text that was checked. Only ``Line.of`` makes one."""

    text: str

    @classmethod
    def of(cls, typed: str, longest: int = LONGEST) -> Line:
        """Return what was typed, in Unicode form NFC with single spaces.

        raises  LineRefusedError when it is empty or too long; when it holds a character that
                nobody sees (controls, marks that turn the direction of writing, spaces of no
                width), more than two marks on a letter, or a word in letters of two scripts:
                text that looks like another, or moves what stands beside it.

        Signs like ``<`` and ``%`` are text; every page escapes what it shows.
        """
        text = unicodedata.normalize("NFC", " ".join(typed.split()))
        if not text:
            raise LineRefusedError(Message(msg("Write something here.")))
        if len(text) > longest:
            raise LineRefusedError(
                Message(msg("Use at most %(count)s characters."), {"count": longest})
            )
        for word in text.split():
            _check(word)
        return cls(text)


def _check(word: str) -> None:
    scripts: set[str] = set()
    marks = 0
    for char in word:
        kind = unicodedata.category(char)
        if kind[0] == "C" or kind == "Me":
            raise LineRefusedError(
                Message(
                    msg("This text cannot hold the character %(code)s. Leave it out."),
                    {"code": f"U+{ord(char):04X}"},
                )
            )
        marks = marks + 1 if kind == "Mn" else 0
        if marks > MOST_MARKS:
            raise LineRefusedError(Message(msg("A letter has too many marks on it.")))
        if kind[0] == "L":
            scripts |= {script_of(char)} & SCRIPTS
        elif kind != "Mn":
            scripts.clear()
        if len(scripts) > 1:
            raise LineRefusedError(
                Message(
                    msg("The word “%(word)s” mixes letters of two scripts. Type it again in one."),
                    {"word": word},
                )
            )

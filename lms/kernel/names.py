"""Names of people as a value: what may be stored and printed, and how two names are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg

LONGEST = 100  # characters
# A letter with shadda and a vowel has two marks; more are a way to draw over the line above.
MOST_MARKS = 2
JOINERS = frozenset(" -'’ʼ.·")
ARABIC, CYRILLIC, LATIN = "ARABIC", "CYRILLIC", "LATIN"
SCRIPTS = frozenset({ARABIC, CYRILLIC, LATIN})
_TATWEEL = "\u0640"


class NameRefusedError(LmsError):
    """A name cannot be stored as it was typed; the message says which character is in the way."""

    status = 422


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name that was checked. Only ``PersonName.of`` makes one."""

    text: str

    @classmethod
    def of(cls, typed: str, scripts: Collection[str] = SCRIPTS) -> PersonName:
        """Return the name that was typed, in Unicode form NFC with single spaces.

        typed    anything; spaces at the ends and doubled ones are taken away.
        scripts  the scripts whose letters may appear: ARABIC, CYRILLIC, LATIN.
        raises   NameRefusedError when it is empty or longer than 100 characters, when it holds
                 anything but letters, their marks and ``- ' ’ ʼ . ·``, or when one word mixes
                 scripts: a Cyrillic "а" among Latin letters looks right and is another name.

        Invisible characters that change the direction of writing are refused by the same rule.
        """
        text = unicodedata.normalize("NFC", " ".join(typed.split()))
        if not text:
            raise NameRefusedError(Message(msg("Write the name.")))
        if len(text) > LONGEST:
            raise NameRefusedError(
                Message(msg("A name has at most %(count)s characters."), {"count": LONGEST})
            )
        for word in text.split():
            _check_word(word, scripts)
        if not any(char.isalpha() for char in text):
            raise NameRefusedError(Message(msg("A name has at least one letter.")))
        return cls(text)

    @property
    def folded(self) -> str:
        """The form under which names are compared: no marks, one case, letters only."""
        return folded(self.text)


def folded(text: str) -> str:
    """Return letters and digits of ``text`` without marks and in one case.

    "Ben Salah" finds "BEN-SALÂH"; digits of any script are the same digit.
    """
    split = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in split if char.isalnum())
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)


def script_of(letter: str) -> str:
    """Return the script of one letter as the first word of its Unicode name: ``LATIN``."""
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def _check_word(word: str, scripts: Collection[str]) -> None:
    found: set[str] = set()
    marks = most_marks = 0
    for char in word:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind == "Mn" else 0
        most_marks = max(most_marks, marks)
        if kind[0] == "L" and char not in JOINERS and char != _TATWEEL:
            found.add(script_of(char))
        elif kind != "Mn" and char not in JOINERS:
            raise NameRefusedError(
                Message(
                    msg("A name cannot hold the character “%(character)s”. Write letters only."),
                    {"character": _shown(char)},
                )
            )
    if most_marks > MOST_MARKS:
        raise NameRefusedError(Message(msg("A letter of the name has too many marks on it.")))
    if found - set(scripts):
        raise NameRefusedError(
            Message(msg("Write the word “%(word)s” in the letters asked for."), {"word": word})
        )
    if len(found) > 1:
        raise NameRefusedError(
            Message(
                msg("The word “%(word)s” mixes letters of two scripts. Type it again in one."),
                {"word": word},
            )
        )


def _shown(char: str) -> str:
    """Return the character, or its number where it cannot be seen: ``1``, ``U+200B``."""
    return char if char.isprintable() else f"U+{ord(char):04X}"

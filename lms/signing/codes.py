"""The public code and the number of a certificate: what a person reads from paper and types.

The code has eleven random letters of an alphabet without look-alikes and vowels (47 bits) and a
twelfth that checks them. With the value of a letter being its place in the alphabet (0 to 19) and
the places counted from 1 to 12, the sum of place times value is divisible by 23.

23 is prime and larger than the alphabet and than the number of places, therefore one wrong letter,
and any two letters exchanged (neighbours above all), always break the sum: the construction of
ISBN-10, with 23 for 11. The price: about one in eight draws of eleven letters has no check letter
among the twenty and is drawn again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from lms.kernel import ids
from lms.kernel.messages import Message, msg
from lms.signing.refusals import Unreadable

ALPHABET = ids.TYPING_ALPHABET
LENGTH = 12
MODULUS = 23

# Digits of Arabic keyboards, and the four Cyrillic capitals that look exactly like letters of the
# alphabet: whoever reads the paper with a Russian or Kazakh keyboard types these.
SAME_LOOKS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹СМРХ", "01234567890123456789CMPX")

NUMBER_FORM = re.compile(r"([A-Z]{2,3})-(\d{4})-(\d{5,9})")


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """Return a new random code: 12 letters, no dashes.

    below   returns a random number from 0 up to, not including, its argument
    """
    while True:
        letters = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(LENGTH - 1))
        last = check_letter(letters)
        if last is not None:
            return letters + last


def check_letter(letters: str) -> str | None:
    """Return the letter that closes eleven ``letters``, or None where there is none."""
    # Place 12 weighs 12, and 12 * 2 = 24 = 1 (mod 23): multiplying by 2 divides by 12.
    value = -_weighted_sum(letters) * 2 % MODULUS
    return ALPHABET[value] if value < len(ALPHABET) else None


def is_code(code: str) -> bool:
    """Return whether ``code`` is 12 letters of the alphabet whose sum is right."""
    return (
        len(code) == LENGTH
        and all(letter in ALPHABET for letter in code)
        and _weighted_sum(code) % MODULUS == 0
    )


def shown(code: str) -> str:
    """Return ``code`` as printed: ``CQ7M-4F2X-9HRW``."""
    return ids.grouped(code)


def read_code(typed: str) -> str:
    """Return the code that a person typed, without dashes.

    Capitals and small letters, spaces, dashes of any length and digits of Arabic keyboards are
    accepted.
    raises   Unreadable, saying what to look at: a letter that no code has; too few or too many;
             a slip somewhere.
    """
    code = ids.typed_code(re.sub(r"[\u2010-\u2015\u2212\u200e\u200f\u2066-\u2069]", "", typed))
    code = code.translate(SAME_LOOKS)
    stranger = next((letter for letter in code if letter not in ALPHABET), None)
    if stranger is not None:
        raise Unreadable(
            Message(
                msg(
                    "“%(letter)s” is in no code: codes have the digits 2 to 9 and the letters "
                    "C F G H J M P Q R V W X. Please look at the paper again."
                ),
                {"letter": stranger},
            )
        )
    if len(code) != LENGTH:
        raise Unreadable(
            Message(
                msg("A code has 12 letters in three groups of four; here are %(count)s."),
                {"count": len(code)},
            )
        )
    if not is_code(code):
        raise Unreadable(
            Message(
                msg("One or more letters of this code are mistyped. Please compare with the paper.")
            )
        )
    return code


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """The number of a certificate: prefix of the installation, year, counter from 1."""

    prefix: str
    year: int
    counter: int

    def __post_init__(self) -> None:
        """Refuse parts that could not be read back."""
        if not (NUMBER_FORM.fullmatch(str(self)) and self.counter > 0):
            raise ValueError(f"not a certificate number: {self}")

    def __str__(self) -> str:
        """Return the number as printed: ``TN-2026-00417``; at least five digits, more when needed.

        It begins with a Latin letter, which keeps its order in Arabic text without marks.
        """
        return f"{self.prefix}-{self.year:04d}-{self.counter:05d}"


def read_number(typed: str) -> CertificateNumber:
    """Return the number that a person typed.

    raises   Unreadable if it has another form.
    """
    text = "".join(typed.split()).upper().translate(SAME_LOOKS)
    found = NUMBER_FORM.fullmatch(re.sub("[\u2010-\u2015\u2212]", "-", text))
    if found is None or int(found[3]) == 0:
        raise Unreadable(Message(msg("A certificate number looks like TN-2026-00417.")))
    return CertificateNumber(found[1], int(found[2]), int(found[3]))


def _weighted_sum(letters: str) -> int:
    return sum(place * ALPHABET.index(letter) for place, letter in enumerate(letters, start=1))

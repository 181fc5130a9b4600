"""Passwords and one-time codes: hashing, checking, and which passwords are too easy to guess.

Argon2id with 19 MiB, two passes, one lane: the least that OWASP's password storage sheet names,
27 ms on a small server. At most two are computed at once, since each takes its 19 MiB; with the
library's defaults fifty sign-ins at once took 3 GB. Whoever calls in here gives the database
connection back first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from lms.kernel.ids import TYPING_ALPHABET, typed_code
from lms.kernel.messages import Message, msg

SHORTEST, LONGEST = 10, 128
CODE_LENGTH = 12
# What must remain of a password when the words that everybody here knows are taken out.
OWN_PART = 8
FEWEST_DIFFERENT = 5
# A common word stays common with so many digits and signs behind it.
LONGEST_TAIL = 6
COMMON = Path(__file__).resolve().parent / "common_passwords.txt"

_hasher = PasswordHasher(
    time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
_two_at_once = BoundedSemaphore(2)


def hashed(secret: str) -> str:
    """Return the Argon2id hash of a password or code, with its parameters and salt."""
    with _two_at_once:
        return _hasher.hash(secret)


def is_right(stored: str | None, typed: str) -> bool:
    """Return whether ``typed`` is what ``stored`` was made from.

    Without a stored hash the same work is done against one that nothing fits, so that an
    unknown name cannot be told from a wrong password by the time it takes.
    """
    against = stored or _fits_nothing()
    with _two_at_once:
        try:
            return _hasher.verify(against, typed) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def way_in(typed: str, *, password: str | None, code: str | None, spare: str | None) -> str | None:
    """Return which stored hash ``typed`` opens: "password", "code", "spare", or None.

    How much work that is follows from what was typed alone, never from what is stored: text in
    the shape of a one-time code is tried three times, any other once.
    """
    as_typed_code = as_code(typed)
    ways = [("password", password, typed)]
    if as_typed_code is not None:
        ways += [("code", code, as_typed_code), ("spare", spare, as_typed_code)]
    right = [way for way, stored, text in ways if is_right(stored, text)]
    return right[0] if right else None


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def as_code(typed: str) -> str | None:
    """Return the one-time code that ``typed`` may be, in its stored form; None for other text."""
    code = typed_code(typed)
    right = len(code) == CODE_LENGTH and all(char in TYPING_ALPHABET for char in code)
    return code if right else None


def fault_of(password: str, known_words: Iterable[str] = ()) -> Message | None:
    """Return why this password is refused, None when it is good enough.

    password     10 to 128 characters, any of them, taken unchanged.
    known_words  words that everybody here knows: the organisation's name, the person's own
                 names and service number. They may appear, but not make up the password.

    No rule about capitals and signs: they make passwords hard to type and not hard to guess
    (NIST SP 800-63B, 3.1.1.2).
    """
    if len(password) < SHORTEST:
        return Message(msg("Use at least %(count)s characters."), {"count": SHORTEST})
    if len(password) > LONGEST:
        return Message(msg("Use at most %(count)s characters."), {"count": LONGEST})
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < FEWEST_DIFFERENT or _is_common(plain):
        return Message(
            msg("Many people use this password, so it is easy to guess. Choose another.")
        )
    rest = plain
    for word in sorted(_words(known_words), key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != plain and len(rest) < OWN_PART:
        return Message(
            msg("This is mostly your own name or that of your service. Add other words.")
        )
    return None


@cache
def _fits_nothing() -> str:
    return _hasher.hash("\0 no password has a null character at its start")


def _words(names: Iterable[str]) -> set[str]:
    plain = " ".join(names).casefold()
    split = "".join(
        char if char.isalnum() else " " for char in unicodedata.normalize("NFKC", plain)
    )
    return {word for word in split.split() if len(word) >= 4}


def _is_common(plain: str) -> bool:
    # Read from the disk each time: a password is chosen once a year, the list would be 400 kB.
    wanted = {plain, "".join(plain.split())}
    word = plain.rstrip("0123456789!?.@#$*_-")
    if len(plain) - len(word) <= LONGEST_TAIL:
        wanted.add(word)
    with COMMON.open(encoding="utf-8") as lines:
        return any(line.rstrip("\n") in wanted for line in lines if not line.startswith("# "))

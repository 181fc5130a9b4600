"""Pure decisions about people: initials, folded service numbers, what a name may hold."""

from __future__ import annotations

import unicodedata


def initials(name: str) -> str:
    """Return up to two initials of ``name``: "Amina Ben Salah" -> "AS".

    Initials of the first and the last word; a name of one word gives one letter.
    """
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words[:1]
    return "".join(word[0] for word in picked).upper()


def folded_service_number(typed: str) -> str:
    """Return the form under which service numbers are compared: no spaces or dashes, one case.

    Digits of any script count as the same digit, so that a number typed on an Arabic keyboard
    is found.
    """
    plain = unicodedata.normalize("NFKC", typed)
    kept = (char for char in plain if char.isalnum())
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept).casefold()

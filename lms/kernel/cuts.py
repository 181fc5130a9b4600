"""Texts that are too long for a line which cannot wrap: a choice of a closed menu."""

from __future__ import annotations

from collections.abc import Sequence

# What a closed menu shows of a choice on a telephone of 360 px, and how much of a longer one.
LONGEST, BEGINNING = 26, 22


def beginning(text: str, most: int = BEGINNING) -> str:
    """Return the first words of a text, at most so many characters and the sign of a cut."""
    if len(text) <= most:
        return text
    head = text[: most + 1].rpartition(" ")[0] or text[:most]
    return f"{head.rstrip(' ,;:.–')}…"


def in_menu(texts: Sequence[str]) -> list[str] | None:
    """Return texts as a menu shows them, numbered, each cut; None where all fit as they are.

    Whoever gets numbers shows the whole texts as a list with the same numbers beside the menu.
    """
    if all(len(text) <= LONGEST for text in texts):
        return None
    return [f"{number}. {beginning(text)}" for number, text in enumerate(texts, 1)]

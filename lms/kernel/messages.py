"""Sentences that pure code returns and that somebody else says in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One whole sentence with named values, not yet translated.

    msgid    the English sentence, as in the catalogues, with ``%(name)s`` for each value.
    values   what stands for each name. A value may itself be a Message, a text in a language of
             its own (``Words``), a moment or a day, an amount of bytes (``Size``), or a tuple of
             values: those are listed with a dot between them. Pages show moments on the clocks of
             the country and amounts with the reader's units.
    many     where the form depends on the value ``num``: the English one for more than one.
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)
    many: str = ""

    def __str__(self) -> str:
        """Return the English sentence: what a log or a command without a locale prints."""
        said = self.many if self.many and self.values["num"] != 1 else self.msgid
        return said % {name: _plain(value) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """A text that stays in its own language inside a sentence of another: a title."""

    text: str
    language: str

    def __str__(self) -> str:
        """Return the text alone."""
        return self.text


@dataclass(frozen=True, slots=True)
class Size:
    """An amount of bytes inside a sentence."""

    bytes: int

    @property
    def parts(self) -> tuple[float, str]:
        """The number that people read, and its unit."""
        return (self.bytes / 1e9, "GB") if self.bytes >= 1e9 else (self.bytes / 1e6, "MB")

    def __str__(self) -> str:
        """Return it as a command prints it: ``1.2 GB``, ``340.0 MB``."""
        number, unit = self.parts
        # The space does not break: at the end of a line a number keeps its unit.
        return f"{number:.1f}\N{NO-BREAK SPACE}{unit}"


# Titles hold commas, and a semicolon is another one in Arabic: a dot separates them.
BETWEEN = " · "


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return BETWEEN.join(map(_plain, value))
    return minute_of(value) if isinstance(value, datetime) else str(value)


def minute_of(moment: datetime) -> str:
    """Return a moment as a log writes it: ``2026-11-24 14:32 UTC``.

    One that comes with a time zone is told as on the watches there, with UTC behind it:
    ``2026-11-24 17:32 (14:32 UTC)``.
    """
    at = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M}" + (f" ({at:%H:%M} UTC)" if moment.utcoffset() else " UTC")


def msg(text: str) -> str:
    """Mark ``text`` for extraction into the catalogues and return it unchanged."""
    return text


def counted(one: str, many: str, num: int) -> Message:
    """Return a part of a sentence that counts: ``counted("%(num)s day", "%(num)s days", 30)``.

    It stands as a value in a whole sentence. Each language has its own forms of it, and its own
    words around it: the part holds whatever the number changes.
    """
    return Message(one, {"num": num}, many)

"""Sentences that pure code returns and that somebody else says in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One whole sentence with named values, not yet translated.

    msgid    the English sentence, as in the catalogues, with ``%(name)s`` for each value.
    values   what stands for each name. A value may itself be a Message, a text in a language of
             its own (``Words``), or a tuple of values: those are listed with a dot between them.
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


# Titles hold commas, and a semicolon is another one in Arabic: a dot separates them.
BETWEEN = " · "


def _plain(value: object) -> str:
    return BETWEEN.join(map(_plain, value)) if isinstance(value, tuple) else str(value)


def msg(text: str) -> str:
    """Mark ``text`` for extraction into the catalogues and return it unchanged."""
    return text


def counted(one: str, many: str, num: int) -> Message:
    """Return a part of a sentence that counts: ``counted("%(num)s day", "%(num)s days", 30)``.

    It stands as a value in a whole sentence. Each language has its own forms of it, and its own
    words around it: the part holds whatever the number changes.
    """
    return Message(one, {"num": num}, many)

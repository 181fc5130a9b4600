"""Sentences that pure code returns and that somebody else says in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One whole sentence with named values, not yet translated.

    msgid    the English sentence, as in the catalogues, with ``%(name)s`` for each value.
    values   what stands for each name; a value may itself be a Message.
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English sentence: what a log or a command without a locale prints."""
        return self.msgid % {name: str(value) for name, value in self.values.items()}


def msg(text: str) -> str:
    """Mark ``text`` for extraction into the catalogues and return it unchanged."""
    return text

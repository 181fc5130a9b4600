"""Sentences that a job keeps as JSON values, for a page that says them in its reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms.kernel.messages import Message


def kept(message: Message) -> list[Any]:
    """Return a sentence as JSON values; a value that is a sentence itself is a list, too."""
    values = {name: _kept(value) for name, value in message.values.items()}
    return [message.msgid, values, message.many]


def _kept(value: object) -> object:
    if isinstance(value, Message):
        return kept(value)
    return value if isinstance(value, int) else str(value)


def told(stored: Sequence[Any]) -> Message:
    """Return the sentence that ``kept`` stored, or one without a plural: [msgid, values]."""
    msgid, values, *many = stored
    said = {
        name: told(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Message(msgid, said, *many)

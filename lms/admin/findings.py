"""What the doctor says of one part of the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.kernel.messages import Message

GOOD, NOTE, WRONG = "good", "note", "wrong"
STATES = {GOOD: "good", NOTE: "to know", WRONG: "TO DO"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one part: good, something to know, or something to do."""

    state: str
    sentence: Message


def good(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return that a part is good, in a sentence marked with ``msg`` and what stands in it."""
    return Finding(GOOD, Message(msgid, values or {}))


def note(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return something to know about a part."""
    return Finding(NOTE, Message(msgid, values or {}))


def wrong(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return what to do about a part."""
    return Finding(WRONG, Message(msgid, values or {}))

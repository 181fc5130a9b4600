"""What the doctor says of one part of the server."""

from __future__ import annotations

from dataclasses import dataclass

from lms.kernel.messages import Message

GOOD, NOTE, WRONG = "good", "note", "wrong"
STATES = {GOOD: "good", NOTE: "to know", WRONG: "TO DO"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one part: good, something to know, or something to do."""

    state: str
    sentence: Message

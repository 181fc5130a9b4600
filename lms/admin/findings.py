"""What the doctor says of one part of the server.

Each sentence begins with the name of the part and a colon, in every language: a command prints it
whole, a page shows the name and the rest apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lms.kernel.json_value import Json
from lms.kernel.messages import Message, Size, msg

GOOD, NOTE, WRONG = "good", "note", "wrong"
STATES = {GOOD: "good", NOTE: "to know", WRONG: "TO DO"}

# The same on a page: the class of its mark, its sign and its word, never colour alone.
MARKS = {
    GOOD: ("ok", "✓", msg("good")),
    # Translators: the state of a part of the server: not wrong, but somebody should read it.
    NOTE: ("warn", "!", msg("to know")),
    WRONG: ("bad", "✕", msg("to do")),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one part: good, something to know, or something to do."""

    state: str
    sentence: Message

    @property
    def part(self) -> str:
        """The part in English, by which the program knows it: what stands before the colon."""
        return self.sentence.msgid.partition(":")[0]


def apart(said: str) -> tuple[str, str]:
    """Return the name of the part and what is said of it, from a sentence in any language."""
    part, _, rest = said.partition(":")
    rest = rest.strip()
    return part.strip(), rest[:1].upper() + rest[1:]


def to_facts(finding: Finding) -> dict[str, Any]:
    """Return a finding as values that JSON keeps."""
    return {"state": finding.state, "sentence": message_facts(finding.sentence)}


def from_facts(facts: Mapping[str, Any]) -> Finding:
    """Return the finding that ``to_facts`` has kept."""
    return Finding(facts["state"], message_from(facts["sentence"]))


def message_facts(sentence: Message) -> dict[str, Any]:
    """Return a sentence as values that JSON keeps.

    Its own are texts, numbers, moments, days, amounts of bytes and sentences.
    """
    values = {name: _value_facts(value) for name, value in sentence.values.items()}
    return {"msgid": sentence.msgid, "values": values}


def _value_facts(value: object) -> object:
    if isinstance(value, Message):
        return message_facts(value)
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Size):
        return {"bytes": value.bytes}
    return value if isinstance(value, int) else str(value)


def message_from(facts: Mapping[str, Any]) -> Message:
    """Return the sentence that ``message_facts`` has kept."""
    return Message(
        facts["msgid"], {name: _value_from(value) for name, value in facts["values"].items()}
    )


def _value_from(value: Json) -> object:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "day" in value:
        return date.fromisoformat(value["day"])
    return Size(value["bytes"]) if "bytes" in value else message_from(value)


def good(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return that a part is good, in a sentence marked with ``msg`` and what stands in it."""
    return Finding(GOOD, Message(msgid, values or {}))


def note(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return something to know about a part."""
    return Finding(NOTE, Message(msgid, values or {}))


def wrong(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return what to do about a part."""
    return Finding(WRONG, Message(msgid, values or {}))

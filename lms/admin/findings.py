"""What the doctor says of one part of the server.

Each sentence begins with the name of the part and a colon, in every language: a command prints it
whole, a page shows the name and the rest apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.kernel.messages import Message, msg

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
    """Return a sentence as values that JSON keeps; its values are texts, numbers, sentences."""
    values = {
        name: message_facts(value) if isinstance(value, Message)
        else value if isinstance(value, int) else str(value)
        for name, value in sentence.values.items()
    }  # fmt: skip
    return {"msgid": sentence.msgid, "values": values}


def message_from(facts: Mapping[str, Any]) -> Message:
    """Return the sentence that ``message_facts`` has kept."""
    values = facts["values"].items()
    return Message(
        facts["msgid"],
        {name: message_from(value) if isinstance(value, dict) else value for name, value in values},
    )


def good(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return that a part is good, in a sentence marked with ``msg`` and what stands in it."""
    return Finding(GOOD, Message(msgid, values or {}))


def note(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return something to know about a part."""
    return Finding(NOTE, Message(msgid, values or {}))


def wrong(msgid: str, values: Mapping[str, object] | None = None) -> Finding:
    """Return what to do about a part."""
    return Finding(WRONG, Message(msgid, values or {}))

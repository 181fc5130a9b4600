"""Between what a browser sends and what an answer stores: every choice under a code of its attempt.

A question's controls are named by the item and a *part*: nothing for a single control, ``claim``
and ``reason``, a scenario's step, the code of a line to order or to match. Their values are codes,
a place in an order, or typed text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lms.assessment.drawing import choice_codes, letters_of
from lms.assessment.marking import Choice

Fields = Mapping[str, Sequence[str]]  # part -> the values sent for it
LONGEST_TEXT = 100
MOST_PARTS = 20


class Codes:
    """The codes of one item in one attempt."""

    def __init__(self, secret: bytes, item: str, kind: str, key: Mapping[str, Any]) -> None:
        """Make the codes of every letter that this item has."""
        self.kind, self.key = kind, key
        self.offered = letters_of(kind, key)
        letters = list(self.offered)
        if kind == "truefalse-reason":
            letters = ["true", "false", *letters]
        if kind == "matching":
            letters = [*key["pairs"], *letters]
        self.code = choice_codes(secret, item, letters)
        self.letter = {code: letter for letter, code in self.code.items()}

    def choice(self, fields: Fields) -> Choice:
        """Return the choice that the sent fields mean, None when nothing was chosen.

        What is no code of this item in its place is passed over.
        """
        if self.kind == "single":
            return self._letter(fields, "")
        if self.kind == "multiple":
            found = {self.letter.get(code) for code in fields.get("", ())}
            return [letter for letter in self.key["choices"] if letter in found] or None
        if self.kind == "truefalse-reason":
            both = {
                "claim": self._letter(fields, "claim", ("true", "false")),
                "reason": self._letter(fields, "reason"),
            }
            return both if any(both.values()) else None
        if self.kind == "ordering":
            places = {}
            for letter in self.key["order"]:
                typed = _first(fields, self.code[letter])
                if typed:
                    places[letter] = typed[:4]
            return places or None
        if self.kind == "matching":
            pairs = {left: self._letter(fields, self.code[left]) for left in self.key["pairs"]}
            return {left: right for left, right in pairs.items() if right} or None
        if self.kind == "scenario":
            steps = {}
            for step in self.key["steps"]:
                letter = self._letter(fields, step["id"])
                if letter and letter.startswith(step["id"] + "."):
                    steps[step["id"]] = letter.partition(".")[2]
            return steps or None
        return _first(fields, "")[:LONGEST_TEXT].strip() or None

    def fields(self, choice: Choice) -> dict[str, list[str]]:
        """Return the fields that mean ``choice``: what a page shows as chosen."""
        if not choice:
            return {}
        if isinstance(choice, str):
            return {"": [self.code[choice] if self.kind == "single" else choice]}
        if not isinstance(choice, Mapping):
            return {"": [self.code[letter] for letter in choice]}
        if self.kind == "truefalse-reason":
            return {part: [self.code[letter]] for part, letter in choice.items() if letter}
        if self.kind == "ordering":
            return {self.code[letter]: [str(place)] for letter, place in choice.items()}
        if self.kind == "matching":
            return {self.code[left]: [self.code[right]] for left, right in choice.items() if right}
        return {step: [self.code[f"{step}.{letter}"]] for step, letter in choice.items()}

    def _letter(
        self, fields: Fields, part: str, offered: Collection[str] | None = None
    ) -> str | None:
        letter = self.letter.get(_first(fields, part))
        return letter if letter in (offered or self.offered) else None


def _first(fields: Fields, part: str) -> str:
    values = fields.get(part) or [""]
    return str(values[0])

"""What an invented person answers: the right choice of an item, or one that earns nothing."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lms.assessment.marking import Choice, Key, number


def right_choice(kind: str, key: Key) -> Choice:
    """Return the choice that earns every point of an item."""
    if kind == "single":
        return str(key["right"])
    if kind == "multiple":
        return list(key["right"])
    if kind == "truefalse-reason":
        return {"claim": key["claim"], "reason": key["right"]}
    if kind == "ordering":
        return {letter: str(place) for place, letter in enumerate(key["order"], 1)}
    if kind == "matching":
        return dict(key["pairs"])
    if kind == "scenario":
        return {step["id"]: step["right"] for step in key["steps"]}
    return str(key["value"])


def wrong_choice(kind: str, key: Key) -> Choice:
    """Return a choice that earns nothing, complete where the item has enough wrong ones."""
    if kind == "single":
        return _other(key["choices"], key["right"])
    if kind == "multiple":
        wrong = [letter for letter in key["choices"] if letter not in key["right"]]
        # Each wrong one takes a right one's point away, so at most as many right ones beside them.
        count = min(len(key["right"]), len(wrong))
        return [*wrong[:count], *list(key["right"])[: min(len(key["right"]) - count, count)]]
    if kind == "truefalse-reason":
        claim = "false" if key["claim"] == "true" else "true"
        return {"claim": claim, "reason": _other(key["reasons"], key["right"])}
    if kind == "ordering":
        return {letter: str(place) for place, letter in enumerate(reversed(key["order"]), 1)}
    if kind == "matching":
        return {left: _other(key["rights"], right) for left, right in key["pairs"].items()}
    if kind == "scenario":
        return {step["id"]: _other(step["choices"], step["right"]) for step in key["steps"]}
    return str((number(str(key["value"])) or Fraction(0)).__ceil__() + 1000)


def _other(letters: Iterable[str], right: str) -> str:
    return next(letter for letter in letters if letter != right)

"""Marking: exact, pure, and the same in a test, a report and an audit.

An item's *key* is the compiled JSON of ``edition_item.key``; a *choice* is what an answer stores:

==================  ======================================================  =====================
kind                key                                                     choice
==================  ======================================================  =====================
single              choices [letters], right letter                         letter
multiple            choices [letters], right [letters], choose k            [letters]
truefalse-reason    claim "true"/"false", reasons [letters], right letter   {claim, reason}
ordering            order [letters] as it is right                          {letter: position}
matching            pairs {left letter: right letter}, rights [letters]     {left: right}
numeric             value, tolerance (decimal strings), unit                text as typed
scenario            steps [{id, choices, right}]                            {step id: letter}
==================  ======================================================  =====================

Anything missing from a choice is simply not right: an incomplete answer is never refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from lms.kernel.messages import Message, msg

Key = Mapping[str, Any]
# What ``Codes.choice`` makes of a page. ``mark`` takes any JSON value: another earns nothing.
Choice: TypeAlias = str | Sequence[str] | Mapping[str, str | None] | None
ZERO, ONE = Fraction(0), Fraction(1)


def most_points(kind: str, key: Key) -> int:
    """Return what an item is worth: one point, a scenario one for each of its decisions."""
    return len(key["steps"]) if kind == "scenario" else 1


def mark(kind: str, key: Key, choice: object) -> Fraction:
    """Return the points that ``choice`` earns, from 0 to ``most_points``, exactly.

    raises KeyError for a kind of item that this program does not know.
    """
    if choice is None:
        return ZERO
    points = _RULES[kind](key, choice)
    return max(ZERO, min(points, Fraction(most_points(kind, key))))


def same_question(kind: str, key: Key, other: Key) -> bool:
    """Return whether two keys of an item differ in nothing that a person sees when answering."""
    return _asked(kind, key) == _asked(kind, other)


def key_now(kind: str, key: Key, corrected: Key | None) -> Key:
    """Return the key that counts: the ``corrected`` one where it answers the same question."""
    return corrected if corrected and same_question(kind, key, corrected) else key


def _asked(kind: str, key: Key) -> object:
    if kind == "scenario":
        return [(step["id"], sorted(step["choices"])) for step in key["steps"]]
    if kind == "matching":
        return sorted(key["pairs"]), sorted(key["rights"])
    letters = key.get("choices") or key.get("reasons") or key.get("order") or ()
    return sorted(letters), key.get("choose")


def _single(key: Key, choice: object) -> Fraction:
    return ONE if choice == key["right"] else ZERO


def _multiple(key: Key, choice: object) -> Fraction:
    """max(0, right − wrong) / k, so that ticking everything earns nothing."""
    if not isinstance(choice, Sequence) or isinstance(choice, str):
        return ZERO
    chosen, right = set(map(str, choice)), set(key["right"])
    return Fraction(max(0, len(chosen & right) - len(chosen - right)), len(right))


def _true_false_reason(key: Key, choice: object) -> Fraction:
    """Both the claim and its reason, or nothing: a right guess without a reason is a guess."""
    if not isinstance(choice, Mapping):
        return ZERO
    both = choice.get("claim") == key["claim"] and choice.get("reason") == key["right"]
    return ONE if both else ZERO


def _ordering(key: Key, choice: object) -> Fraction:
    """Right neighbour pairs / (n − 1). A position given twice counts for nobody."""
    if not isinstance(choice, Mapping):
        return ZERO
    order: list[str] = list(key["order"])
    given: dict[int, list[str]] = {}
    for letter in order:
        place = whole_number(choice.get(letter))
        if place is not None:
            given.setdefault(place, []).append(letter)
    at = {place: letters[0] for place, letters in given.items() if len(letters) == 1}
    following = dict(pairwise(order))
    right = sum(
        1
        for place in range(1, len(order))
        if place in at and place + 1 in at and following.get(at[place]) == at[place + 1]
    )
    return Fraction(right, len(order) - 1)


def _matching(key: Key, choice: object) -> Fraction:
    """Right pairs / n."""
    if not isinstance(choice, Mapping):
        return ZERO
    pairs: Mapping[str, str] = key["pairs"]
    return Fraction(sum(choice.get(one) == other for one, other in pairs.items()), len(pairs))


def _numeric(key: Key, choice: object) -> Fraction:
    given = number(str(choice))
    value, tolerance = number(str(key["value"])), number(str(key.get("tolerance", "0")))
    if given is None or value is None or tolerance is None:
        return ZERO
    return ONE if abs(given - value) <= tolerance else ZERO


def _scenario(key: Key, choice: object) -> Fraction:
    """One point for each decision."""
    if not isinstance(choice, Mapping):
        return ZERO
    return Fraction(sum(choice.get(step["id"]) == step["right"] for step in key["steps"]))


_RULES: Mapping[str, Callable[[Key, object], Fraction]] = {
    "single": _single,
    "multiple": _multiple,
    "truefalse-reason": _true_false_reason,
    "ordering": _ordering,
    "matching": _matching,
    "numeric": _numeric,
    "scenario": _scenario,
}


def is_answered(kind: str, key: Key, choice: Choice) -> bool:
    """Return whether every part of an item has an answer, right or wrong."""
    if not choice:
        return False
    if kind == "multiple":
        return len(choice) >= int(key["choose"])
    parts = choice if isinstance(choice, Mapping) else {}
    if kind == "truefalse-reason":
        return bool(parts.get("claim") and parts.get("reason"))
    if kind == "ordering":
        return all(whole_number(parts.get(letter)) is not None for letter in key["order"])
    if kind == "matching":
        return all(parts.get(left) for left in key["pairs"])
    if kind == "scenario":
        return all(parts.get(step["id"]) for step in key["steps"])
    return True


def unclear(kind: str, key: Key, choice: Choice) -> Message | None:
    """Return why a whole answer earns less than its owner may think, None where it is clear.

    Told before a test is handed in; it tells nothing about what is right.
    """
    if not choice or not is_answered(kind, key, choice):
        return None
    if kind == "multiple" and len(choice) > int(key["choose"]):
        return Message(
            msg(
                "%(chosen)s are chosen, %(choose)s are asked for. Each wrong one lowers the result."
            ),
            {"chosen": len(choice), "choose": key["choose"]},
        )
    if kind == "ordering" and isinstance(choice, Mapping):
        places = {whole_number(choice[letter]) for letter in key["order"]}
        if len(places) < len(key["order"]):
            return Message(msg("The same place was given more than once."))
    if kind == "numeric" and number(str(choice)) is None:
        return Message(msg("This is not a number."))
    return None


def number(text: str) -> Fraction | None:
    """Return the number that a person typed, None when it is none.

    Takes digits of any script, comma or dot (also the Arabic ones) before decimals, and spaces
    between thousands: "1 234,5", "٢٢", "22.0".
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u066b", ".").replace(",", ".")
    plain = re.sub(r"[\s\u066c\u00a0\u202f]", "", plain)
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in plain)
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", plain):
        return None
    return Fraction(plain)


def whole_number(value: object) -> int | None:
    """Return the whole number in ``value``, None when it holds none."""
    found = number(str(value)) if value is not None else None
    return int(found) if found is not None and found.denominator == 1 else None

"""Drawing a test: which items, in which order, with which order of choices. Pure and repeatable.

The same seed and the same bank give the same form, so that a form can be printed, drawn again
for an audit, and named by a short code.
"""

from __future__ import annotations

import hmac
import random
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.catalogue.structure import Structure, TestPlan

# None of the small letters that authors give to choices, a to h: a code is never taken for one.
_CODES = "zyxwvutsrqponmlkji" + string.digits + string.ascii_uppercase


@dataclass(frozen=True, slots=True)
class BankItem:
    """What the draw needs to know of an item."""

    id: str
    module: str
    lesson: str
    kind: str
    critical: str | None
    key: Mapping[str, Any]


class BankTooSmallError(Exception):
    """The bank cannot fill the blueprint; the text names what is missing."""


def shares(structure: Structure, items: int) -> dict[str, int]:
    """Return how many of ``items`` each module gets: by minutes of study, largest remainder.

    No module gets fewer than its lessons while ``items`` suffices, since every lesson is asked
    about.
    """
    modules = structure.modules
    lessons = {module.code: len(module.lessons) for module in modules}
    floor = lessons if sum(lessons.values()) <= items else dict.fromkeys(lessons, 0)
    total = sum(module.minutes for module in modules)
    ideal = {module.code: items * module.minutes / total for module in modules}
    given = {code: max(floor[code], int(ideal[code])) for code in ideal}
    while sum(given.values()) < items:
        code = max(ideal, key=lambda each: ideal[each] - given[each])
        given[code] += 1
    while sum(given.values()) > items:
        code = min(
            (each for each in given if given[each] > floor[each]),
            key=lambda each: ideal[each] - given[each],
        )
        given[code] -= 1
    return given


def draw(
    structure: Structure,
    plan: TestPlan,
    bank: Sequence[BankItem],
    seed: str,
    *,
    avoid: Collection[str] = (),
) -> list[BankItem]:
    """Return the items of a form, module by module in teaching order.

    One item from each critical slot first, then one from each lesson not yet asked about, then
    scenarios up to the plan, then the rest, all within each module's share. A second item of a
    slot is drawn only where the bank has nothing else: every form has the same number of
    questions that must be right, so none is harder to pass than another.

    avoid   items not to draw (the pre-test's): used only where the bank has nothing else, except
            that critical slots and lessons go before avoidance.
    raises  BankTooSmallError where the blueprint cannot be filled.
    """
    dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose; the seed is the secret
    deck = sorted(bank, key=lambda item: item.id)
    dice.shuffle(deck)
    deck.sort(key=lambda item: item.id in set(avoid))
    room = dict(plan.modules) or shares(structure, plan.items)
    drawn: list[BankItem] = []

    def take(item: BankItem) -> None:
        drawn.append(item)
        deck.remove(item)
        room[item.module] -= 1

    def scenarios() -> int:
        return sum(item.kind == "scenario" for item in drawn)

    for slot in structure.critical:
        fitting = [item for item in deck if item.critical == slot and room[item.module] > 0]
        fitting = [i for i in fitting if i.kind != "scenario" or scenarios() < plan.scenarios]
        if not fitting:
            raise BankTooSmallError(f"no item for the critical slot {slot}")
        take(fitting[0])
    deck.sort(key=lambda item: item.critical in structure.critical)
    for lesson in structure.lessons():
        if plan.items < len(structure.codes()) or any(i.lesson == lesson.code for i in drawn):
            continue
        fitting = [item for item in deck if item.lesson == lesson.code and room[item.module] > 0]
        fitting.sort(key=lambda item: (item.critical in structure.critical,
                                       item.kind == "scenario"))  # fmt: skip
        if not fitting:
            raise BankTooSmallError(f"no item for lesson {lesson.code}")
        take(fitting[0])
    while scenarios() < plan.scenarios:
        fitting = [item for item in deck if item.kind == "scenario" and room[item.module] > 0]
        if not fitting:
            _make_room_for_scenario(drawn, deck, room, structure)
            continue
        take(fitting[0])
    for module in structure.modules:
        while room[module.code] > 0:
            fitting = [i for i in deck if i.module == module.code and i.kind != "scenario"]
            if not fitting:
                raise BankTooSmallError(f"too few items for module {module.code}")
            take(fitting[0])
    order = {module.code: place for place, module in enumerate(structure.modules)}
    dice.shuffle(drawn)
    return sorted(drawn, key=lambda item: order[item.module])


def _make_room_for_scenario(
    drawn: list[BankItem], deck: list[BankItem], room: dict[str, int], structure: Structure
) -> None:
    """Give a plain item back where a scenario of the same lesson can stand in for it."""
    for item in drawn:
        if item.kind == "scenario" or item.critical in structure.critical:
            continue
        if any(other.kind == "scenario" and other.lesson == item.lesson for other in deck):
            drawn.remove(item)
            room[item.module] += 1
            return
    raise BankTooSmallError("too few scenarios")


def choice_order(item: BankItem, seed: str) -> list[str]:
    """Return the letters of an item's choices in the order in which this form shows them."""
    dice = random.Random(f"{seed}:{item.id}")  # noqa: S311 -- repeatable on purpose
    letters = letters_of(item.kind, item.key)
    dice.shuffle(letters)
    return letters


def letters_of(kind: str, key: Mapping[str, Any]) -> list[str]:
    """Return every letter of an item that a person can choose; of a scenario those of its steps.

    A scenario's letters are ``step.letter``; its steps keep their order.
    """
    if kind in {"single", "multiple"}:
        return list(key["choices"])
    if kind == "truefalse-reason":
        return list(key["reasons"])
    if kind == "ordering":
        return list(key["order"])
    if kind == "matching":
        return list(key["rights"])
    if kind == "scenario":
        return [f"{step['id']}.{letter}" for step in key["steps"] for letter in step["choices"]]
    return []


def choice_codes(secret: bytes, item: str, letters: Collection[str]) -> dict[str, str]:
    """Return letter -> the code under which it goes to one attempt's browser.

    secret   of the attempt; who has it can compute the codes.
    letters  every letter of the item, at most 54.

    The codes are z, y, x …, dealt anew for each attempt and item. They tell nothing: every deal
    is equally likely, whatever the letters mean and however they are ordered in the key. One
    sign each, because a page of a test holds some two hundred of them.
    """
    dealt = int.from_bytes(hmac.digest(secret, item.encode(), "sha256"), "big")
    rest = list(_CODES[: len(letters)])
    codes = {}
    # Sorted: the order in which a key lists its letters may itself be the solution.
    for letter in sorted(letters):
        dealt, place = divmod(dealt, len(rest))
        codes[letter] = rest.pop(place)
    return codes

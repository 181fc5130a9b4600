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
    form = _Form(structure, plan, deck)
    form.draw_critical()
    form.draw_lessons()
    form.draw_scenarios()
    form.draw_rest()
    order = {module.code: place for place, module in enumerate(structure.modules)}
    dice.shuffle(form.drawn)
    return sorted(form.drawn, key=lambda item: order[item.module])


class _Form:
    """A form that is being drawn: the items it has, those left to draw, the room in each module."""

    def __init__(self, structure: Structure, plan: TestPlan, deck: list[BankItem]) -> None:
        self.structure, self.plan, self.deck = structure, plan, deck
        self.room = dict(plan.modules) or shares(structure, plan.items)
        self.drawn: list[BankItem] = []

    def draw_critical(self) -> None:
        """Draw one item from each slot; whatever else these slots hold comes last from then on."""
        for slot in self.structure.critical:
            fitting = [item for item in self.fitting() if item.critical == slot]
            if self.scenarios() >= self.plan.scenarios:
                fitting = [item for item in fitting if item.kind != "scenario"]
            self.take_first(fitting, f"no item for the critical slot {slot}")
        self.deck.sort(key=self.is_critical)

    def draw_lessons(self) -> None:
        """Draw one item from each lesson not yet asked about, where the form is large enough."""
        if self.plan.items < len(self.structure.codes()):
            return
        for lesson in self.structure.lessons():
            if any(item.lesson == lesson.code for item in self.drawn):
                continue
            fitting = [item for item in self.fitting() if item.lesson == lesson.code]
            fitting.sort(key=lambda item: (self.is_critical(item), item.kind == "scenario"))
            self.take_first(fitting, f"no item for lesson {lesson.code}")

    def draw_scenarios(self) -> None:
        """Draw scenarios up to the plan."""
        while self.scenarios() < self.plan.scenarios:
            fitting = [item for item in self.fitting() if item.kind == "scenario"]
            if fitting:
                self.take(fitting[0])
            else:
                self.swap_for_scenario()

    def draw_rest(self) -> None:
        """Fill each module with what is no scenario."""
        for module in self.structure.modules:
            while self.room[module.code] > 0:
                fitting = [
                    item
                    for item in self.deck
                    if item.module == module.code and item.kind != "scenario"
                ]
                self.take_first(fitting, f"too few items for module {module.code}")

    def fitting(self) -> list[BankItem]:
        return [item for item in self.deck if self.room[item.module] > 0]

    def scenarios(self) -> int:
        return sum(item.kind == "scenario" for item in self.drawn)

    def is_critical(self, item: BankItem) -> bool:
        return item.critical in self.structure.critical

    def take_first(self, fitting: Sequence[BankItem], otherwise: str) -> None:
        if not fitting:
            raise BankTooSmallError(otherwise)
        self.take(fitting[0])

    def take(self, item: BankItem) -> None:
        self.drawn.append(item)
        self.deck.remove(item)
        self.room[item.module] -= 1

    def swap_for_scenario(self) -> None:
        """Take a scenario in place of a plain item of the same lesson, which stays asked about."""
        for item in self.drawn:
            if item.kind == "scenario" or self.is_critical(item):
                continue
            for other in self.deck:
                if other.kind == "scenario" and other.lesson == item.lesson:
                    self.drawn.remove(item)
                    self.room[item.module] += 1
                    self.take(other)
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

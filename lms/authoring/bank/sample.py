"""A sample test of a draft, drawn as a real one is drawn and kept nowhere. Pure.

``shown`` loads Markdown, so whoever calls it does so only when a writer looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessment.codes import Codes
from lms.assessment.controls import controls
from lms.assessment.drawing import BankItem, BankTooSmallError, choice_order, draw
from lms.assessment.marking import most_points
from lms.authoring.bank.glance import Glance
from lms.authoring.bank.rules import places
from lms.content.model import CourseFacts, Question

Order = Sequence[str] | Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as a page shows it.

    words     safe HTML, see ``item_words``.
    controls  as learners see them; order: the letters in that order, a scenario's by step.
    """

    item: Question
    words: Mapping[str, Any]
    controls: str
    order: Order
    points: int


def drawn(facts: CourseFacts, items: Iterable[Glance], test: str, seed: str) -> list[Glance] | None:
    """Return the items of a test that is drawn with a seed; None where the bank is too small.

    test  ``pre`` or ``post``: a name of ``facts.tests``.
    """
    structure = places(facts)
    known = {item.code: item for item in items if item.kind and item.lesson in facts.codes()}
    bank = [
        BankItem(item.code, item.module, item.lesson, item.kind, item.critical or None, {})
        for item in known.values()
    ]
    try:
        return [known[item.id] for item in draw(structure, structure.tests[test], bank, seed)]
    except BankTooSmallError:
        return None


def shown(item: Question, seed: str, translate: Callable[[str], str]) -> Shown:
    """Return an item as a learner sees it in a test drawn with ``seed``.

    translate  says a sentence of the interface in the reader's language.
    """
    from lms.content.html import item_words

    key, words = item.key(), item_words(item)
    bank_item = BankItem(item.id, "", "", item.kind, None, key)
    order = _order(item.kind, choice_order(bank_item, seed))
    codes = Codes(seed.encode(), item.id, item.kind, key).code
    html = controls(item.id, item.kind, words, codes, order, {}, translate)
    return Shown(item, words, html, order, most_points(item.kind, key))


def _order(kind: str, letters: Sequence[str]) -> Order:
    if kind != "scenario":
        return letters
    steps: dict[str, list[str]] = {}
    for each in letters:
        step, _, letter = each.partition(".")
        steps.setdefault(step, []).append(letter)
    return steps

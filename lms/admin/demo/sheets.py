"""Answered tests to hand out: a country's many attempts share some hundred drawn forms.

A form names no person, so that it may be sat by many; here each one is answered in some ways that
pass and some that fail, and every way is marked once, by the same rules as everybody's test.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.admin.demo.choices import right_choice, wrong_choice
from lms.assessment import actions as tests
from lms.assessment import queries, rules
from lms.assessment.rules import FormItem, Outcome
from lms.catalogue.structure import PassRule, Structure

FORMS, WAYS = 40, 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form with its answers and what they earn; ``points`` as ``attempt.points`` keeps it."""

    form_id: UUID
    answers: tuple[tuple[str, Any], ...]  # item, choice
    outcome: Outcome
    points: str


@dataclass(frozen=True, slots=True)
class Pile:
    """The sheets of one test: those that pass, and those that do not."""

    passed: Sequence[Sheet]
    failed: Sequence[Sheet]


def pile(
    session: Session,
    structure: Structure,
    edition_id: int,
    test: str,
    rule: PassRule,
    dice: random.Random,
    *,
    now: datetime,
) -> Pile:
    """Draw forms of a test and answer each of them in several ways.

    rule    the one that counts on this installation.
    """
    made: dict[bool, list[Sheet]] = {True: [], False: []}
    for _ in range(FORMS):
        form = tests.make_form(session, structure, edition_id, test, (), now=now)
        items = queries.form_items(session, form.id)
        for missed in _ways(items, structure, dice):
            sheet = _sheet(form.id, items, missed, rule, structure.critical)
            made[sheet.outcome.passed].append(sheet)
    return Pile(made[True], made[False])


def _ways(
    items: Sequence[FormItem], structure: Structure, dice: random.Random
) -> Iterator[set[str]]:
    """Yield which items are answered wrong: a few harmless ones, or a critical one and more."""
    harmless = [item.id for item in items if item.critical is None and item.kind != "scenario"]
    critical = [item.id for item in items if item.critical in structure.critical]
    for _ in range(WAYS):
        yield set(dice.sample(harmless, min(len(harmless), dice.randint(0, 3))))
        unlucky = {item.id for item in items if dice.randrange(5) < 2}
        yield unlucky | set(dice.sample(critical, min(len(critical), 1)))


def _sheet(
    form_id: UUID,
    items: Sequence[FormItem],
    missed: Collection[str],
    rule: PassRule,
    critical: Collection[str],
) -> Sheet:
    answers = tuple(
        (item.id, (wrong_choice if item.id in missed else right_choice)(item.kind, item.key))
        for item in items
    )
    earned = rules.outcome(items, dict(answers), rule, critical)
    # Not reduced: 18 of 20 points stay "18/20", as in every other attempt.
    most = earned.most * earned.points.denominator
    return Sheet(form_id, answers, earned, f"{earned.points.numerator}/{most}")

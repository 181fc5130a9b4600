"""A drawn test keeps its blueprint, whatever the seed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessment.drawing import (
    BankItem,
    BankTooSmallError,
    choice_codes,
    choice_order,
    draw,
    letters_of,
    shares,
)
from lms.catalogue.structure import TestPlan
from tests.courses import structure

PLAN = TestPlan(items=20, scenarios=4)


def bank() -> list[BankItem]:
    items = []
    for lesson in structure(critical=("torture-ban", "valid-order")).lessons():
        for number in range(5):
            slot = {"MR-1.1": "torture-ban", "MR-2.1": "valid-order"}.get(lesson.code)
            items.append(
                BankItem(
                    f"{lesson.code}-{number}",
                    lesson.module,
                    lesson.code,
                    "scenario" if number == 4 else "single",
                    slot if number < 3 else None,
                    {"choices": ["a", "b", "c", "d"], "right": "a"},
                )
            )
    return items


COURSE = structure(critical=("torture-ban", "valid-order"))
SEEDS = st.text("0123456789abcdef", min_size=4, max_size=8)


@settings(max_examples=60)
@given(SEEDS)
def test_every_form_keeps_the_blueprint(seed: str) -> None:
    form = draw(COURSE, PLAN, bank(), seed)

    assert len(form) == len({item.id for item in form}) == 20
    assert sum(item.kind == "scenario" for item in form) == 4
    assert {item.lesson for item in form} == set(COURSE.codes())
    assert {item.critical for item in form} >= {"torture-ban", "valid-order"}
    per_module = {m.code: sum(i.module == m.code for i in form) for m in COURSE.modules}
    assert per_module == shares(COURSE, 20)


@settings(max_examples=60)
@given(SEEDS)
def test_a_form_without_room_for_its_scenarios_still_asks_about_every_lesson(seed: str) -> None:
    # As many items as lessons: each scenario can only stand in for an item of its own lesson.
    form = draw(COURSE, TestPlan(items=len(COURSE.codes()), scenarios=4), bank(), seed)

    assert sum(item.kind == "scenario" for item in form) == 4
    assert {item.lesson for item in form} == set(COURSE.codes())


@settings(max_examples=60)
@given(SEEDS)
def test_every_form_has_one_item_of_each_critical_slot_and_no_second_one(seed: str) -> None:
    before = draw(COURSE, TestPlan(items=12), bank(), seed + "pre")
    for avoid in (set(), {item.id for item in before}):
        form = draw(COURSE, PLAN, bank(), seed, avoid=avoid)
        slots = [item.critical for item in form if item.critical]

        assert sorted(slots) == ["torture-ban", "valid-order"]


@given(SEEDS)
def test_the_same_seed_gives_the_same_form(seed: str) -> None:
    assert draw(COURSE, PLAN, bank(), seed) == draw(COURSE, PLAN, bank()[::-1], seed)


@settings(max_examples=30)
@given(SEEDS)
def test_the_first_post_test_shares_no_item_with_the_pre_test(seed: str) -> None:
    before = draw(COURSE, TestPlan(items=12), bank(), seed + "pre")
    after = draw(COURSE, PLAN, bank(), seed, avoid={item.id for item in before})

    assert not {item.id for item in before} & {item.id for item in after}


def test_a_bank_without_a_critical_item_is_refused_with_the_slot() -> None:
    without = [item for item in bank() if item.critical != "valid-order"]
    with pytest.raises(BankTooSmallError, match="valid-order"):
        draw(COURSE, PLAN, without, "1")


def test_shares_follow_minutes_and_forget_no_lesson() -> None:
    assert sum(shares(COURSE, 20).values()) == 20
    assert all(
        given >= len(module.lessons)
        for module, given in zip(COURSE.modules, shares(COURSE, 20).values(), strict=True)
    )


@given(SEEDS)
def test_the_order_of_choices_holds_every_letter_once(seed: str) -> None:
    item = bank()[0]
    assert sorted(choice_order(item, seed)) == letters_of(item.kind, item.key)


def test_codes_are_no_letters_of_choices_and_each_is_given_once() -> None:
    codes = choice_codes(b"1", "x", ["d", "b", "a", "c"])
    assert sorted(codes) == ["a", "b", "c", "d"]
    assert sorted(codes.values()) == ["w", "x", "y", "z"]
    assert choice_codes(b"1", "x", []) == {}
    most = choice_codes(b"1", "x", [str(n) for n in range(54)]).values()
    assert len(set(most)) == 54
    assert not set(most) & set("abcdefgh")

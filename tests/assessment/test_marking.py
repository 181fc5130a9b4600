"""Marking is exact, and no answer can earn more than its item is worth."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.marking import is_answered, mark, most_points, number, unclear

SINGLE = {"choices": ["a", "b", "c", "d"], "right": "b"}
MULTIPLE = {"choices": ["a", "b", "c", "d", "e"], "right": ["a", "c", "e"], "choose": 3}
REASON = {"claim": "false", "reasons": ["a", "b", "c"], "right": "c"}
ORDERING = {"order": ["a", "b", "c", "d"]}
MATCHING = {"pairs": {"a": "1", "b": "2", "c": "3"}, "rights": ["1", "2", "3", "4"]}
NUMERIC = {"value": "22", "tolerance": "0.5", "unit": "h"}
SCENARIO = {
    "steps": [
        {"id": "1", "choices": ["a", "b"], "right": "a"},
        {"id": "2", "choices": ["a", "b"], "right": "b"},
        {"id": "3", "choices": ["a", "b", "c"], "right": "c"},
    ]
}
KEYS: dict[str, Any] = {
    "single": SINGLE, "multiple": MULTIPLE, "truefalse-reason": REASON, "ordering": ORDERING,
    "matching": MATCHING, "numeric": NUMERIC, "scenario": SCENARIO,
}  # fmt: skip
RIGHT: dict[str, Any] = {
    "single": "b", "multiple": ["e", "a", "c"],
    "truefalse-reason": {"claim": "false", "reason": "c"},
    "ordering": {"a": "1", "b": "2", "c": "3", "d": "4"},
    "matching": {"a": "1", "b": "2", "c": "3"}, "numeric": "22",
    "scenario": {"1": "a", "2": "b", "3": "c"},
}  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abcde12345.,-", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.text("abcde123", min_size=1, max_size=6), inner, max_size=6)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_the_right_answer_earns_everything(kind: str) -> None:
    assert mark(kind, KEYS[kind], RIGHT[kind]) == most_points(kind, KEYS[kind])
    assert is_answered(kind, KEYS[kind], RIGHT[kind])


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_no_answer_earns_nothing(kind: str) -> None:
    assert mark(kind, KEYS[kind], None) == 0
    assert not is_answered(kind, KEYS[kind], None)


@given(st.sampled_from(sorted(KEYS)), JSON)
def test_whatever_arrives_earns_between_nothing_and_everything(kind: str, choice: Any) -> None:
    assert 0 <= mark(kind, KEYS[kind], choice) <= most_points(kind, KEYS[kind])


@given(st.sets(st.sampled_from("abcde")))
def test_multiple_is_right_minus_wrong_never_below_zero(chosen: set[str]) -> None:
    right = len(chosen & {"a", "c", "e"})
    expected = Fraction(max(0, right - (len(chosen) - right)), 3)
    assert mark("multiple", MULTIPLE, sorted(chosen)) == expected


def test_ticking_everything_earns_less_than_choosing() -> None:
    assert mark("multiple", MULTIPLE, list("abcde")) == Fraction(1, 3)


@given(st.permutations("abcd"))
def test_ordering_counts_right_neighbours(order: list[str]) -> None:
    places = {letter: str(place) for place, letter in enumerate(order, 1)}
    right = sum(a + b in {"ab", "bc", "cd"} for a, b in pairwise(order))
    assert mark("ordering", ORDERING, places) == Fraction(right, 3)


def test_a_position_given_twice_counts_for_nobody() -> None:
    assert mark("ordering", ORDERING, {"a": "1", "b": "2", "c": "2", "d": "3"}) == 0


def test_matching_is_right_pairs_of_all() -> None:
    assert mark("matching", MATCHING, {"a": "1", "b": "3"}) == Fraction(1, 3)


@pytest.mark.parametrize(
    "choice",
    [{"claim": "false"}, {"reason": "c"}, {"claim": "true", "reason": "c"}],
)
def test_half_of_true_false_with_reason_is_nothing(choice: dict[str, str]) -> None:
    assert mark("truefalse-reason", REASON, choice) == 0


def test_a_scenario_earns_a_point_for_each_decision() -> None:
    assert mark("scenario", SCENARIO, {"1": "a", "2": "a", "3": "c"}) == 2


@pytest.mark.parametrize("typed", ["22", " 22,4 ", "٢٢", "22.5", "+21,5"])
def test_a_number_is_understood_as_people_type_it(typed: str) -> None:
    assert mark("numeric", NUMERIC, typed) == 1


@pytest.mark.parametrize("typed", ["22.6", "", "twenty-two", "1e9", "22h", "9" * 30])
def test_what_is_no_such_number_earns_nothing(typed: str) -> None:
    assert mark("numeric", NUMERIC, typed) == 0


def test_numbers_of_several_scripts_are_the_same_number() -> None:
    assert number("١٢٣٫٥") == number("123,5") == number("123.5") == Fraction(247, 2)


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_a_right_answer_and_none_at_all_are_clear(kind: str) -> None:
    assert unclear(kind, KEYS[kind], RIGHT[kind]) is None
    assert unclear(kind, KEYS[kind], None) is None


def test_what_costs_points_without_its_owner_knowing_is_said() -> None:
    every = KEYS["multiple"]["choices"]
    said = str(unclear("multiple", KEYS["multiple"], every))
    assert said.startswith(f"{len(every)} are chosen, {KEYS['multiple']['choose']} are asked for.")
    same = dict.fromkeys(KEYS["ordering"]["order"], "1")
    assert "more than once" in str(unclear("ordering", KEYS["ordering"], same))
    assert "not a number" in str(unclear("numeric", KEYS["numeric"], "many"))

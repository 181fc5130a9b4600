"""Between browser and answer: a choice comes back as it was, and foreign codes mean nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product
from math import factorial, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.codes import LONGEST_TEXT, Codes
from lms.assessment.marking import mark, most_points
from tests.assessment.test_marking import KEYS, RIGHT

KINDS = sorted(KEYS)
SECRET = st.binary(min_size=16, max_size=16)


def codes(kind: str, secret: bytes = b"0" * 16, item: str = "MR-1-001") -> Codes:
    return Codes(secret, item, kind, KEYS[kind])


@st.composite
def choices(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a kind and a choice that a person can make of it, complete or not, or none."""
    kind = draw(st.sampled_from(KINDS))
    key: Mapping[str, Any] = KEYS[kind]

    def some(names: list[str], values: list[str]) -> dict[str, str]:
        return {name: draw(st.sampled_from(values)) for name in names if draw(st.booleans())}

    if kind == "single":
        return kind, draw(st.sampled_from([*key["choices"], None]))
    if kind == "multiple":
        return kind, [letter for letter in key["choices"] if draw(st.booleans())] or None
    if kind == "truefalse-reason":
        both = {
            "claim": draw(st.sampled_from(["true", "false", None])),
            "reason": draw(st.sampled_from([*key["reasons"], None])),
        }
        return kind, both if any(both.values()) else None
    if kind == "ordering":
        return kind, some(key["order"], ["1", "2", "3", "4", "٤"]) or None
    if kind == "matching":
        return kind, some(list(key["pairs"]), key["rights"]) or None
    if kind == "scenario":
        return kind, {
            step["id"]: draw(st.sampled_from(step["choices"]))
            for step in key["steps"]
            if draw(st.booleans())
        } or None
    typed = draw(st.text(max_size=LONGEST_TEXT)).strip()
    return kind, typed or None


@given(choices(), SECRET)
def test_a_choice_comes_back_as_it_was(made: tuple[str, Any], secret: bytes) -> None:
    kind, choice = made
    of = codes(kind, secret)
    assert of.choice(of.fields(choice)) == choice


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_fields_earn_everything(kind: str) -> None:
    of = codes(kind)
    choice = of.choice(of.fields(RIGHT[kind]))
    assert mark(kind, KEYS[kind], choice) == most_points(kind, KEYS[kind])


def test_a_code_means_another_letter_in_another_attempt_and_each_is_as_likely() -> None:
    """What a neighbour chose under ``z`` tells nothing, and neither does the code of a letter."""
    letters = list(KEYS["single"]["choices"])
    seen = Counter(
        (letter, code)
        for attempt in range(4000)
        for letter, code in codes("single", attempt.to_bytes(16, "big")).code.items()
    )
    expected = 4000 / len(letters)
    assert set(seen) == set(product(letters, "zyxwvuts"[: len(letters)]))
    assert all(abs(found - expected) < 6 * sqrt(expected) for found in seen.values())


def test_a_code_means_another_letter_in_another_item() -> None:
    dealt = {
        tuple(codes("single", item=f"MR-1-{number:03}").code.values()) for number in range(200)
    }
    assert len(dealt) == factorial(len(KEYS["single"]["choices"]))


@given(SECRET)
def test_codes_do_not_depend_on_the_order_that_is_the_solution(secret: bytes) -> None:
    key = KEYS["ordering"]
    other = {**key, "order": key["order"][::-1]}
    assert codes("ordering", secret).code == Codes(secret, "MR-1-001", "ordering", other).code


FIELDS = st.dictionaries(
    st.text("abs123", max_size=6) | st.sampled_from(["", "claim", "reason", "1", "2", "3"]),
    st.lists(st.text(max_size=8), max_size=3),
    max_size=6,
)


@given(st.sampled_from(KINDS), FIELDS)
def test_whatever_is_sent_is_a_choice_that_can_be_shown_again(
    kind: str, fields: dict[str, list[str]]
) -> None:
    of = codes(kind)
    choice = of.choice(fields)
    assert of.choice(of.fields(choice)) == choice
    assert 0 <= mark(kind, KEYS[kind], choice) <= most_points(kind, KEYS[kind])


@given(st.sampled_from(KINDS), st.data())
def test_a_code_in_the_wrong_place_means_nothing(kind: str, data: st.DataObject) -> None:
    """Whatever of this item's codes stands where: only letters of that place are taken."""
    of = codes(kind)
    parts = ["", "claim", "reason", "1", "2", "3", *of.code.values()]
    values = st.sampled_from(list(of.code.values()) or [""])
    fields = data.draw(st.dictionaries(st.sampled_from(parts), st.lists(values, max_size=3)))
    choice: Any = of.choice(fields)
    key = KEYS[kind]
    if choice is None or kind == "numeric":
        return
    if kind == "single":
        assert choice in key["choices"]
    elif kind == "multiple":
        assert set(choice) <= set(key["choices"])
    elif kind == "truefalse-reason":
        assert choice["claim"] in {"true", "false", None}
        assert choice["reason"] in {*key["reasons"], None}
    elif kind == "matching":
        assert set(choice) <= set(key["pairs"])
        assert set(choice.values()) <= set(key["rights"])
    elif kind == "ordering":
        assert set(choice) <= set(key["order"])
    else:
        steps = {step["id"]: step["choices"] for step in key["steps"]}
        assert all(letter in steps[step] for step, letter in choice.items())


@given(SECRET)
def test_every_letter_of_an_item_has_its_own_code(secret: bytes) -> None:
    for kind in KINDS:
        of = codes(kind, secret)
        assert len(of.letter) == len(of.code)


def test_a_long_text_is_cut_and_spaces_are_taken_away() -> None:
    of = codes("numeric")
    assert of.choice({"": ["  22 "]}) == "22"
    assert of.choice({"": ["9" * 5000]}) == "9" * LONGEST_TEXT
    assert of.choice({"": ["   "]}) is None

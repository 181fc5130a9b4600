"""An invented person who knows the answer earns every point, one who does not earns none."""

from __future__ import annotations

from typing import Any

import pytest

from lms.admin.demo.choices import right_choice, wrong_choice
from lms.admin.demo.people import invented
from lms.assessment.marking import is_answered, mark, most_points
from lms.kernel.names import PersonName

KEYS: dict[str, dict[str, Any]] = {
    "single": {"choices": ["a", "b", "c"], "right": "b"},
    "multiple": {"choices": ["a", "b", "c", "d", "e"], "right": ["a", "d"], "choose": 2},
    "truefalse-reason": {"claim": "true", "reasons": ["a", "b"], "right": "a"},
    "ordering": {"order": ["c", "a", "d", "b"]},
    "matching": {"pairs": {"1": "x", "2": "y", "3": "z"}, "rights": ["x", "y", "z"]},
    "numeric": {"value": "22.5", "tolerance": "1", "unit": "hours"},
    "scenario": {
        "steps": [
            {"id": "s1", "choices": ["a", "b"], "right": "a"},
            {"id": "s2", "choices": ["a", "b", "c"], "right": "c"},
        ]
    },
}


@pytest.mark.parametrize("kind", KEYS)
def test_who_knows_earns_every_point(kind: str) -> None:
    key = KEYS[kind]
    assert mark(kind, key, right_choice(kind, key)) == most_points(kind, key)


@pytest.mark.parametrize("kind", KEYS)
def test_who_does_not_know_answers_completely_and_earns_nothing(kind: str) -> None:
    key = KEYS[kind]
    choice = wrong_choice(kind, key)
    assert is_answered(kind, key, choice)
    assert mark(kind, key, choice) == 0


def test_several_right_choices_with_few_wrong_ones_still_cost() -> None:
    key = {"choices": ["a", "b", "c"], "right": ["a", "b"], "choose": 2}
    assert mark("multiple", key, wrong_choice("multiple", key)) == 0


def test_the_same_seed_invents_the_same_people_with_names_that_may_be_stored() -> None:
    first = [person for person, _ in zip(invented(7), range(300), strict=False)]
    again = [person for person, _ in zip(invented(7), range(300), strict=False)]
    assert first == again
    assert len({person.name for person in first}) == 300
    for person in first:
        assert PersonName.of(person.name).text == person.name
        assert PersonName.of(person.name_latin, {"LATIN"}).text == person.name_latin
    assert {person.function for person in first} == {f"P{n}" for n in range(1, 8)}
    assert {person.rank_group for person in first} == {"G1", "G2", "G3", "G4"}
    assert {person.sex for person in first} == {"f", "m"}

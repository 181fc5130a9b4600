"""Marking again under another key, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from lms.assessment.marking import same_question
from lms.assessment.rules import FormItem, outcome, remarked
from lms.authoring.correcting.rules import Effect, counted, digest_of, effect_of
from lms.catalogue.structure import PassRule

OLD = {"choices": ["a", "b"], "right": "a"}
NEW = {"choices": ["a", "b"], "right": "b"}
RULE = PassRule(80, 3, 30, 24, None)


def items(critical: str | None = None) -> list[FormItem]:
    return [
        FormItem(f"X-{n}", "M", "L", "s", "single", critical if n == 1 else None, OLD)
        for n in range(1, 6)
    ]


def before(choices: dict[str, Any]) -> dict[str, Any]:
    return outcome(items(), choices, RULE, ()).to_facts()


def answered(first: str | None, others: int) -> dict[str, Any]:
    """Return answers: to the first item, and how many of the other four are right."""
    rest = {f"X-{n + 2}": "a" if n < others else "b" for n in range(4)}
    return rest if first is None else {"X-1": first, **rest}


@pytest.mark.parametrize(
    ("first", "others", "effect", "percent"),
    [
        ("b", 3, Effect.PASSED, 80),
        ("a", 3, Effect.FAILED, 60),
        ("b", 4, Effect.MARK, 100),
        ("a", 4, Effect.MARK, 80),
        ("b", 0, Effect.MARK, 20),
        (None, 4, Effect.SAME, 80),
    ],
)
def test_each_thing_that_another_key_does(
    first: str | None, others: int, effect: Effect, percent: int
) -> None:
    choices = answered(first, others)
    earned = outcome(items(), choices, RULE, ())
    found = effect_of(
        items(),
        earned.to_facts(),
        earned.passed,
        "X-1",
        NEW,
        choices.get("X-1"),
        RULE,
        (),
        decides=True,
    )

    assert found.effect is effect
    assert found.after is not None
    assert found.after.percent == percent


def test_a_first_test_is_never_passed_by_it() -> None:
    choices = answered("b", 3)
    found = effect_of(
        items(),
        before(choices),
        False,
        "X-1",
        NEW,
        "b",
        RULE,
        (),
        decides=False,
    )

    assert found.effect is Effect.MARK


def test_a_critical_question_counts_as_one() -> None:
    choices = answered("b", 4)
    facts = outcome(items("slot"), choices, RULE, ("slot",)).to_facts()
    assert facts["critical_missed"] == ["X-1"]
    after = remarked(items("slot"), facts, "X-1", NEW, "b", RULE, ("slot",))

    assert after is not None
    assert after.passed
    assert after.critical_missed == ()


def test_the_other_questions_keep_their_points_whatever_is_stored_of_them() -> None:
    choices = answered("b", 3)
    again = remarked(items(), before(choices), "X-1", NEW, "b", RULE, ())
    whole = outcome(
        [FormItem("X-1", "M", "L", "s", "single", None, NEW), *items()[1:]], choices, RULE, ()
    )

    assert again == whole


def test_nothing_is_said_where_the_answer_is_no_longer_kept() -> None:
    facts = before(answered("a", 4))

    assert (
        effect_of(items(), facts, True, "X-1", NEW, None, RULE, (), decides=True).effect
        is Effect.UNKNOWN
    )


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("single", OLD, NEW, True),
        ("single", OLD, {"choices": ["a", "b", "c"], "right": "a"}, False),
        (
            "multiple",
            {"choices": ["a", "b"], "right": ["a"], "choose": 1},
            {"choices": ["a", "b"], "right": ["b"], "choose": 1},
            True,
        ),
        (
            "multiple",
            {"choices": ["a", "b"], "right": ["a"], "choose": 1},
            {"choices": ["a", "b"], "right": ["a", "b"], "choose": 2},
            False,
        ),
        (
            "truefalse-reason",
            {"claim": "true", "reasons": ["a", "b"], "right": "a"},
            {"claim": "false", "reasons": ["b", "a"], "right": "b"},
            True,
        ),
        ("ordering", {"order": ["a", "b"]}, {"order": ["b", "a"]}, True),
        (
            "matching",
            {"pairs": {"a": "A", "b": "B"}, "rights": ["A", "B"]},
            {"pairs": {"a": "B", "b": "A"}, "rights": ["A", "B"]},
            True,
        ),
        (
            "matching",
            {"pairs": {"a": "A"}, "rights": ["A", "B"]},
            {"pairs": {"a": "A", "b": "B"}, "rights": ["A", "B"]},
            False,
        ),
        ("numeric", {"value": "20", "tolerance": "0"}, {"value": "22", "tolerance": "1"}, True),
        (
            "scenario",
            {"steps": [{"id": "s1", "choices": ["a", "b"], "right": "a"}]},
            {"steps": [{"id": "s1", "choices": ["a", "b"], "right": "b"}]},
            True,
        ),
        (
            "scenario",
            {"steps": [{"id": "s1", "choices": ["a", "b"], "right": "a"}]},
            {"steps": [{"id": "s2", "choices": ["a", "b"], "right": "a"}]},
            False,
        ),
    ],
)
def test_which_keys_answer_the_same_question(
    kind: str, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert same_question(kind, one, other) is same


def test_counts_add_up_over_portions() -> None:
    first = counted(None, [Effect.SAME, Effect.PASSED])

    assert counted(first, [Effect.PASSED])["passed"] == 2
    assert counted(first, [])["same"] == 1


def test_the_digest_tells_one_change_from_another() -> None:
    assert digest_of([1], [OLD], NEW) == digest_of([1], [dict(OLD)], dict(NEW))
    assert digest_of([1], [OLD], NEW) != digest_of([1, 2], [OLD, OLD], NEW)

"""Which answer counts: nothing vanishes, one counts, and what nobody had seen is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessment.rules import (
    GRACE,
    FormItem,
    Said,
    current,
    is_stale,
    lateness,
    outcome,
    percent_of,
)
from lms.catalogue.structure import PassRule

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Draw what two or three pages said to three items, stored as ``store_answer`` does."""
    said: list[Said] = []
    seen = dict.fromkeys("PQR", 0)
    for version in range(1, draw(st.integers(0, 14)) + 1):
        page = draw(st.sampled_from("PQR"))
        if draw(st.booleans()):  # the page was loaded again and shows everything
            seen[page] = version - 1
        item = draw(st.sampled_from("xyz"))
        late = draw(st.sampled_from([None, None, None, "late", "written-in-time"]))
        earlier = [(each.item, each.page, each.version) for each in said if not each.stale]
        stale = is_stale(item, page, seen[page], earlier)
        choice = draw(st.sampled_from(["a", "b", None]))
        said.append(Said(version, item, choice, page, seen[page], version, stale, late, NOW))
    return said


@settings(max_examples=300)
@given(histories())
def test_every_item_with_a_timely_answer_has_exactly_one_that_counts(said: list[Said]) -> None:
    held = current(said)
    timely = [each for each in said if not each.late]

    assert set(held) == {each.item for each in timely}
    for item, counted in held.items():
        plain = [each for each in timely if each.item == item and not each.stale]
        assert counted.said == (max(plain, key=lambda each: each.version) if plain else None)


@settings(max_examples=300)
@given(histories())
def test_nothing_vanishes(said: list[Said]) -> None:
    """Each timely answer counts, waits for a decision, or was followed by one that counts."""
    held = current(said)
    for each in said:
        if each.late:
            continue
        counted = held[each.item]
        assert (
            each == counted.said
            or each in counted.others
            or (counted.said is not None and counted.said.version > each.version)
        )


@given(histories())
def test_what_waits_for_a_decision_is_newer_than_what_counts(said: list[Said]) -> None:
    for counted in current(said).values():
        for other in counted.others:
            assert other.stale
            assert counted.said is None or other.version > counted.said.version


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_answers_are_read_does_not_matter(
    said: list[Said], dice: object
) -> None:
    shuffled = list(said)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert current(shuffled) == current(said)


@given(histories())
def test_a_late_answer_never_counts(said: list[Said]) -> None:
    assert current(said) == current([each for each in said if not each.late])


@given(histories(), st.sampled_from("xyz"), st.sampled_from("PQR"))
def test_who_has_seen_everything_is_never_stale(said: list[Said], item: str, page: str) -> None:
    earlier = [(each.item, each.page, each.version) for each in said if not each.stale]
    assert not is_stale(item, page, len(said), earlier)


@given(histories(), st.sampled_from("xyz"))
def test_a_page_never_contradicts_itself(said: list[Said], item: str) -> None:
    own = [(each.item, "P", each.version) for each in said]
    assert not is_stale(item, "P", 0, own)


@given(histories())
def test_a_decision_settles_an_item(said: list[Said]) -> None:
    for item in {each.item for each in said}:
        chosen = Said(99, item, "c", "S", len(said), len(said) + 1, False, None, NOW)
        counted = current([*said, chosen])[item]
        assert (counted.said, counted.others) == (chosen, ())


def test_an_answer_is_stale_only_when_another_page_changed_the_same_item_unseen() -> None:
    earlier = [("x", "P", 3)]
    assert is_stale("x", "Q", 2, earlier)
    assert not is_stale("x", "Q", 3, earlier)
    assert not is_stale("x", "P", 0, earlier)
    assert not is_stale("y", "Q", 0, earlier)


@pytest.mark.parametrize(
    ("closes", "claimed", "expected"),
    [
        (None, None, None),
        (timedelta(0), None, None),
        (-GRACE, None, None),
        (-GRACE - timedelta(seconds=1), None, "late"),
        (-timedelta(hours=1), -timedelta(hours=2), "written-in-time"),
        (-timedelta(hours=1), -timedelta(hours=1), "written-in-time"),
        (-timedelta(hours=1), -timedelta(minutes=59), "late"),
        (timedelta(hours=1), timedelta(hours=2), None),
    ],
)
def test_the_server_s_clock_decides_who_is_late(
    closes: timedelta | None, claimed: timedelta | None, expected: str | None
) -> None:
    closes_at = None if closes is None else NOW + closes
    claimed_at = None if claimed is None else NOW + claimed
    assert lateness(closes_at, claimed_at, NOW) == expected


# ---- What a test earns --------------------------------------------------------------------------

SINGLE = {"choices": ["a", "b"], "right": "a"}
ITEMS = [
    FormItem(
        f"{module}-{number}",
        module,
        f"{module}.1",
        "s",
        "single",
        "slot" if (module, number) == ("M1", 0) else None,
        SINGLE,
    )
    for module in ("M1", "M2")
    for number in range(5)
]
RULE = PassRule(percent=80)
CHOICES = st.dictionaries(
    st.sampled_from([item.id for item in ITEMS]), st.sampled_from(["a", "b", None])
)


@given(CHOICES)
def test_a_test_is_passed_with_enough_points_and_every_critical_item(
    choices: dict[str, str | None],
) -> None:
    earned = outcome(ITEMS, choices, RULE, ["slot"])
    right = sum(choice == "a" for choice in choices.values())
    assert earned.points == right
    assert earned.percent == right * 10
    assert earned.passed == (right >= 8 and choices.get("M1-0") == "a")
    assert set(earned.missed) == {item.id for item in ITEMS if choices.get(item.id) != "a"}
    assert set(earned.unanswered) == {item.id for item in ITEMS if not choices.get(item.id)}
    assert sum(earned.by_item.values()) == earned.points


@given(CHOICES)
def test_a_failed_test_names_a_module_to_read_again(choices: dict[str, str | None]) -> None:
    earned = outcome(ITEMS, choices, RULE, ["slot"])
    if not earned.passed:
        assert earned.failed_modules
    if choices.get("M1-0") != "a":
        assert "M1" in earned.failed_modules


@given(st.fractions(0, 1), st.integers(1, 50))
def test_nobody_passes_by_rounding(share: Fraction, most: int) -> None:
    percent = percent_of(share * most, most)
    assert percent <= share * 100 < percent + 1


def test_a_test_without_questions_earns_nothing() -> None:
    earned = outcome([], {}, RULE, ())
    assert (earned.percent, earned.passed, earned.missed) == (0, False, ())

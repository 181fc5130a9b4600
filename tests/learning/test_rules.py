"""When the final test opens, what is read again, and which mark counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.structure import PassRule
from lms.installation import Installation
from lms.learning.rules import (
    Gate,
    Sitting,
    effective_rule,
    gate_sentence,
    lessons_to_review,
    mark_fault,
    pass_sentence,
    post_test_gate,
    present_rule,
    review_mark,
)
from lms.learning.rules import TestGate as Decision
from tests.courses import structure

COURSE = structure()  # 80 %, three attempts in 30 days, 24 hours between two of them
ALL = COURSE.codes()
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def failed(number: int, ago: timedelta, *modules: str, granted: bool = False) -> Sitting:
    return Sitting(number, NOW - ago, False, modules, granted)


def reviewed(number: int, *lessons: str) -> list[str]:
    return [review_mark(number, lesson) for lesson in lessons]


def gate(
    *sittings: Sitting, done: tuple[str, ...] = ALL, again: tuple[str, ...] = (), granted: int = 0
) -> Decision:
    return post_test_gate(COURSE, done, again, sittings, granted, now=NOW)


def test_it_is_closed_while_a_lesson_is_unread_and_names_them_in_order() -> None:
    closed = gate(done=("MR-4.3", "MR-1.2"))
    assert closed.state is Gate.LESSONS
    assert closed.lessons == tuple(c for c in ALL if c not in {"MR-4.3", "MR-1.2"})
    assert closed.left == 3


def test_it_is_open_when_every_lesson_is_read_whatever_else_was() -> None:
    assert gate() == Decision(Gate.OPEN, 3)
    assert gate(done=(*reversed(ALL), "MR-9.9")) == Decision(Gate.OPEN, 3)


def test_a_running_test_is_gone_on_with() -> None:
    assert gate(Sitting(1, None, None)) == Decision(Gate.RUNNING, 2)
    assert gate(failed(1, 2 * DAY), Sitting(2, None, None)).state is Gate.RUNNING


def test_passed_is_passed_for_ever() -> None:
    long_ago = Sitting(1, NOW - 900 * DAY, True)
    assert gate(long_ago).state is Gate.PASSED
    assert gate(failed(1, 9 * DAY), Sitting(2, NOW, True)).state is Gate.PASSED
    assert gate(long_ago, done=()).state is Gate.PASSED


def test_after_a_failed_test_the_missed_modules_are_read_again_first() -> None:
    closed = gate(failed(1, 2 * DAY, "MR-2", "MR-3"))
    assert closed.state is Gate.REVIEW
    assert closed.lessons == ("MR-2.1", "MR-2.2", "MR-2.3", "MR-3.1", "MR-3.2", "MR-3.3")
    assert closed.opens_at is None


def test_who_has_to_read_again_hears_at_once_how_long_it_will_be_closed_anyway() -> None:
    soon = gate(failed(1, timedelta(hours=3), "MR-2"))
    assert (soon.state, soon.opens_at) == (Gate.REVIEW, NOW + timedelta(hours=21))
    used_up = gate(failed(1, 20 * DAY), failed(2, 10 * DAY), failed(3, 5 * DAY, "MR-2"))
    assert (used_up.state, used_up.opens_at) == (Gate.REVIEW, NOW + 10 * DAY)
    said = str(gate_sentence(soon, {}, "Monday"))
    assert said.startswith("The next attempt opens on Monday at the earliest. Before that, read")
    granted = gate(failed(1, timedelta(hours=3), "MR-2"), granted=1)
    assert (granted.state, granted.opens_at) == (Gate.REVIEW, None)


def test_what_was_read_again_after_an_earlier_failure_does_not_count_for_the_latest() -> None:
    marks = tuple(reviewed(1, "MR-2.1", "MR-2.2", "MR-2.3"))
    assert gate(failed(1, 4 * DAY, "MR-2"), again=marks).state is Gate.OPEN
    closed = gate(failed(1, 4 * DAY, "MR-2"), failed(2, 2 * DAY, "MR-2"), again=marks)
    assert closed.lessons == ("MR-2.1", "MR-2.2", "MR-2.3")


def test_between_two_attempts_lies_a_day() -> None:
    closed = gate(failed(1, timedelta(hours=3)))
    assert (closed.state, closed.left) == (Gate.PAUSE, 2)
    assert closed.opens_at == NOW + timedelta(hours=21)
    assert gate(failed(1, timedelta(hours=24))).state is Gate.OPEN
    assert gate(failed(1, timedelta(hours=23, minutes=59))).state is Gate.PAUSE


def test_three_attempts_in_thirty_days_then_it_waits_for_the_oldest_to_leave() -> None:
    closed = gate(failed(1, 20 * DAY), failed(2, 10 * DAY), failed(3, 5 * DAY))
    assert closed == Decision(Gate.USED_UP, 0, opens_at=NOW + 10 * DAY)
    later = gate(failed(1, 30 * DAY), failed(2, 10 * DAY), failed(3, 5 * DAY))
    assert (later.state, later.left) == (Gate.OPEN, 1)


def test_the_pause_counts_also_when_the_window_has_room_again() -> None:
    closed = gate(
        failed(1, 30 * DAY - timedelta(hours=1)), failed(2, 9 * DAY), failed(3, timedelta(hours=2))
    )
    assert closed == Decision(Gate.USED_UP, 0, opens_at=NOW + timedelta(hours=22))


def test_more_attempts_than_the_rule_allows_today_wait_until_there_is_room() -> None:
    """A course that allows fewer attempts than before does not open with the oldest alone."""
    many = [failed(number, (20 - number) * DAY) for number in range(1, 6)]
    closed = gate(*many)
    assert closed.state is Gate.USED_UP
    assert closed.opens_at == NOW - 17 * DAY + 30 * DAY


def test_a_granted_attempt_needs_neither_the_pause_nor_room() -> None:
    used = (failed(1, 20 * DAY), failed(2, 10 * DAY), failed(3, timedelta(hours=1)))
    assert gate(*used, granted=1) == Decision(Gate.OPEN, 1)
    assert gate(failed(1, timedelta(hours=1)), granted=1) == Decision(Gate.OPEN, 3)


def test_a_granted_attempt_still_needs_the_lessons() -> None:
    assert gate(failed(1, DAY, "MR-1"), granted=1).state is Gate.REVIEW
    assert gate(done=(), granted=1).state is Gate.LESSONS


def test_a_granted_attempt_that_was_used_takes_no_room_of_the_rule() -> None:
    after = gate(failed(1, 4 * DAY), failed(2, 3 * DAY, granted=True))
    assert (after.state, after.left) == (Gate.OPEN, 2)
    assert gate(failed(1, 4 * DAY), failed(2, timedelta(hours=3), granted=True)).state is Gate.PAUSE


SITTINGS = st.lists(
    st.tuples(
        st.integers(0, 60 * 24), st.sampled_from([(), ("MR-1",), ("MR-2", "MR-4")]), st.booleans()
    ),
    max_size=6,
)


@given(SITTINGS, st.sets(st.sampled_from(ALL)), st.integers(0, 2))
def test_a_closed_test_always_says_what_to_do(
    drawn: list[tuple[int, tuple[str, ...], bool]], done: set[str], granted: int
) -> None:
    hours = sorted((each[0] for each in drawn), reverse=True)
    sittings = [
        Sitting(number, NOW - timedelta(hours=ago), False, modules, given)
        for number, (ago, (_, modules, given)) in enumerate(zip(hours, drawn, strict=True), 1)
    ]
    found = post_test_gate(COURSE, done, (), sittings, granted, now=NOW)

    assert found.left >= granted
    if found.state in {Gate.LESSONS, Gate.REVIEW}:
        assert found.lessons
    elif found.state in {Gate.PAUSE, Gate.USED_UP}:
        assert found.opens_at is not None
        assert found.opens_at > NOW
        # When that moment comes, it is open: nobody is sent away twice.
        then = post_test_gate(COURSE, done, (), sittings, granted, now=found.opens_at)
        assert then.state is Gate.OPEN
    else:
        assert found.state is Gate.OPEN
        assert found.left >= 1
    said = str(gate_sentence(found, {}, "Monday"))
    assert "%(" not in said
    assert said.endswith(".")


def test_only_lessons_of_missed_modules_are_to_be_read_again() -> None:
    last = Sitting(2, NOW, False, ("MR-1",))
    assert lessons_to_review(COURSE, last, ()) == ("MR-1.1", "MR-1.2", "MR-1.3")
    assert lessons_to_review(COURSE, last, reviewed(2, "MR-1.2")) == ("MR-1.1", "MR-1.3")
    assert lessons_to_review(COURSE, last, reviewed(1, "MR-1.2")) == ("MR-1.1", "MR-1.2", "MR-1.3")
    assert lessons_to_review(COURSE, Sitting(2, NOW, False), ()) == ()


# ---- Which mark counts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "floor", "nation", "counts"),
    [
        (80, 70, 0, 80),
        (70, 75, 0, 75),
        (80, 70, 85, 85),
        (80, 70, 75, 80),
        (60, 70, 0, 70),
        (60, 70, 65, 70),
    ],
)
def test_the_strictest_mark_counts_and_nobody_goes_below_the_floor(
    course: int, floor: int, nation: int, counts: int
) -> None:
    rule = PassRule(percent=course, attempts=5, pause_hours=1)
    here = Installation(pass_floor=floor, pass_percent=nation)
    found = effective_rule(rule, floor=here.least_percent)
    assert found == PassRule(percent=counts, attempts=5, pause_hours=1)


@pytest.mark.parametrize(
    ("sittings", "renews", "percent"),
    [
        ((), False, 85),
        ((), True, 90),
        ((Sitting(1, None, None, needed=80),), False, 80),
        ((Sitting(1, None, None, needed=95),), True, 95),
        ((Sitting(1, NOW, True, needed=80),), False, 80),
        ((Sitting(1, NOW, False, needed=80),), False, 85),
        ((Sitting(1, NOW, False, needed=90),), True, 85),
        ((Sitting(1, NOW, False, needed=80), Sitting(2, None, None, needed=82)), False, 82),
        ((Sitting(1, None, None),), False, 85),
    ],
)
def test_a_test_that_runs_or_was_passed_keeps_its_mark_and_the_next_one_asks_for_the_present_one(
    sittings: tuple[Sitting, ...], renews: bool, percent: int
) -> None:
    assert present_rule(COURSE, sittings, renews=renews, floor=85).percent == percent


@pytest.mark.parametrize(
    ("percent", "fits"), [(-1, False), (69, False), (70, True), (100, True), (101, False)]
)
def test_a_mark_of_the_country_lies_between_its_floor_and_100(percent: int, fits: bool) -> None:
    assert (mark_fault(percent, floor=70) is None) is fits


def test_the_rule_is_one_sentence_with_its_figures() -> None:
    said = str(pass_sentence(PassRule(percent=85, attempts=2, window_days=14, pause_hours=48)))
    assert said == (
        "To pass, reach at least 85 % and answer every critical question right. You have "
        "2 attempts in 14 days, with at least 48 hours between two of them."
    )


def test_the_lessons_that_are_missing_are_named_by_their_titles_as_on_the_page() -> None:
    titles = {"MR-1.1": "Why we imprison", "MR-1.2": "Dignity, equality and needs"}
    closed = Decision(Gate.LESSONS, 3, lessons=("MR-1.1", "MR-1.2"))
    said = str(gate_sentence(closed, titles, ""))
    assert said.endswith("Still to read: Why we imprison · Dignity, equality and needs.")


def test_of_many_missing_lessons_the_first_is_named_and_the_others_are_counted() -> None:
    closed = Decision(Gate.LESSONS, 3, lessons=("MR-1.1", "MR-1.2", "MR-1.3", "MR-2.1"))
    said = str(gate_sentence(closed, {"MR-1.1": "Why we imprison"}, ""))
    assert said.endswith("Still to read: Why we imprison and others (4 in all).")

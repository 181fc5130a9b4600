"""How somebody stands towards what they must hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.days import months_later
from lms.requirements.rules import GRACES, INTERVALS, Duty, Status, held_since, next_step

TODAY = date(2026, 11, 30)
LONG_AGO = date(2020, 1, 1)
days = st.dates(date(2016, 1, 1), date(2036, 12, 31))


def ago(number: int) -> date:
    return TODAY - timedelta(days=number)


@pytest.mark.parametrize(
    ("duty", "status"),
    [
        (Duty(LONG_AGO), Status.OVERDUE),
        (Duty(TODAY), Status.NEVER),
        (Duty(ago(30), 30), Status.NEVER),
        (Duty(ago(31), 30), Status.OVERDUE),
        (Duty(TODAY, begun=True), Status.IN_PROGRESS),
        (Duty(ago(31), 30, begun=True), Status.OVERDUE),
        (Duty(ago(31), 30, begun=True, due_on=TODAY), Status.IN_PROGRESS),
        (Duty(ago(31), 30, due_on=ago(1)), Status.OVERDUE),
        (Duty(LONG_AGO, held_from=ago(10)), Status.VALID),
        (Duty(LONG_AGO, held_from=ago(10), valid_through=ago(-91)), Status.VALID),
        (Duty(LONG_AGO, held_from=ago(10), valid_through=ago(-90)), Status.DUE),
        (Duty(LONG_AGO, held_from=ago(10), valid_through=TODAY), Status.DUE),
        (Duty(LONG_AGO, held_from=ago(10), valid_through=ago(1)), Status.OVERDUE),
        (Duty(LONG_AGO, months=12, held_from=ago(400)), Status.OVERDUE),
        (Duty(LONG_AGO, months=12, held_from=ago(300)), Status.DUE),
        (Duty(LONG_AGO, months=12, held_from=ago(200)), Status.VALID),
        (Duty(LONG_AGO, exempt_until=TODAY), Status.EXEMPT),
        (Duty(LONG_AGO, exempt_until=ago(1)), Status.OVERDUE),
    ],
)
def test_each_state_is_told_apart(duty: Duty, status: Status) -> None:
    assert duty.status(TODAY) is status


@given(days, st.sampled_from(INTERVALS))
def test_the_earliest_pass_that_counts_is_the_inverse_of_adding_months(
    today: date, months: int
) -> None:
    earliest = held_since(today, months)
    assert months_later(earliest, months) >= today
    assert months_later(earliest - timedelta(days=1), months) < today


@given(days, st.sampled_from(GRACES), st.none() | days, st.none() | days)
def test_time_alone_never_makes_it_better(
    began: date, grace: int, held: date | None, through: date | None
) -> None:
    """From one day to the next the state may only get worse: nobody becomes valid by waiting."""
    order = [Status.VALID, Status.DUE, Status.NEVER, Status.OVERDUE]
    if held is not None and through is not None and through < held:
        through = held
    duty = Duty(began, grace, held_from=held, valid_through=through)
    seen = [order.index(duty.status(TODAY + timedelta(days=n * 30))) for n in range(24)]
    assert seen == sorted(seen)


def test_what_has_a_place_comes_in_its_order_and_first() -> None:
    path = [(None, Status.OVERDUE), (2, Status.NEVER), (1, Status.VALID), (3, Status.OVERDUE)]
    assert next_step(path) == 1
    assert next_step([(1, Status.VALID), (2, Status.EXEMPT)]) is None
    assert next_step([]) is None
    assert next_step([(None, Status.DUE), (None, Status.NEVER)]) == 0

"""Calendar quarters, the periods of reports"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from lms.reports.quarters import Quarter, latest

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS)
def test_every_day_lies_in_its_quarter_alone(day: date) -> None:
    found = Quarter.of(day)
    assert found.first <= day <= found.last
    assert found.following.first == found.last + timedelta(days=1)
    assert found.following.earlier == found


@given(DAYS, st.integers(1, 12))
def test_the_latest_follow_each_other_up_to_today(day: date, count: int) -> None:
    found = latest(day, count)
    assert len(found) == count
    assert found[-1] == Quarter.of(day)
    assert [each.following for each in found[:-1]] == found[1:]


def test_a_quarter_begins_by_the_clocks_of_the_country() -> None:
    almaty = timezone(timedelta(hours=5))
    assert Quarter(2026, 3).begins(almaty) == datetime(2026, 6, 30, 19, 0, tzinfo=UTC)
    assert Quarter(2026, 3).code == "2026-Q3"

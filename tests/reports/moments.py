"""Moments of the quarters that reports speak of."""

from __future__ import annotations

from datetime import UTC, datetime

from lms.kernel import clock
from lms.reports.quarters import Quarter


def before(quarters: int) -> datetime:
    """Return a moment in the middle of a quarter that lies so many before the present one."""
    found = Quarter.of(clock.now().date())
    for _ in range(quarters):
        found = found.earlier
    return datetime(found.year, 3 * found.number - 1, 15, 10, 0, tzinfo=UTC)

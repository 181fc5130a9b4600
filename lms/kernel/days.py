"""Calendar arithmetic with days that people know."""

from __future__ import annotations

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day of the month ``months`` (0 or more) later.

    The last day of that month where it has no such day: 31 August and six months are 28 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

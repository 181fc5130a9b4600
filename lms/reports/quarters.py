"""Calendar quarters: the periods of reports.

Fixed periods alone: from figures of days that somebody chooses freely, single days could be found
by subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from lms.kernel.messages import Message, msg

SHOWN = 8  # two years


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def following(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def earlier(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def code(self) -> str:
        """How an address names it: 2026-Q3."""
        return f"{self.year}-Q{self.number}"

    @property
    def words(self) -> Message:
        """How a page names it."""
        # Translators: a quarter of a year, short: Q3 2026. It stands under the marks of a chart.
        return Message(msg("Q%(number)s %(year)s"), {"number": self.number, "year": str(self.year)})

    def begins(self, zone: tzinfo) -> datetime:
        """Return its first moment on the clocks of ``zone``."""
        return datetime.combine(self.first, time.min, zone)


def latest(today: date, count: int = SHOWN) -> list[Quarter]:
    """Return the last quarters up to that of ``today``, the oldest first."""
    found = [Quarter.of(today)]
    while len(found) < count:
        found.append(found[-1].earlier)
    return found[::-1]

"""Pure decisions about who must hold what: how somebody stands, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from lms.kernel.days import months_later
from lms.kernel.messages import Message, msg

# So long before the last day people are reminded, and may renew.
REMIND = timedelta(days=90)
FOR_EVER = date.max
LONGEST_REASON = 500
# What a form offers, and what SQL compares: databases add months and days each in their own way.
INTERVALS = (6, 12, 18, 24, 36, 48, 60)  # months
GRACES = (0, 7, 14, 30, 60, 90, 120, 180, 270, 365)  # days
KINDS = ("initial", "refresher")


class Status(Enum):
    """How a person stands towards one requirement, from good to what needs somebody."""

    VALID = "valid"
    EXEMPT = "exempt"
    DUE = "due"
    IN_PROGRESS = "in-progress"
    NEVER = "never"
    OVERDUE = "overdue"


STATUS_WORDS: Mapping[Status, str] = {
    Status.VALID: msg("Valid"),
    Status.EXEMPT: msg("Exempt"),
    Status.DUE: msg("Due within 90 days"),
    Status.IN_PROGRESS: msg("In progress"),
    Status.NEVER: msg("Not started"),
    Status.OVERDUE: msg("Overdue"),
}
# Whose shift is covered: they may work on it today.
COVERED = frozenset({Status.VALID, Status.EXEMPT, Status.DUE})
# Where nothing is to be done.
SETTLED = frozenset({Status.VALID, Status.EXEMPT})


@dataclass(frozen=True, slots=True)
class Duty:
    """One person under one requirement, as the database knows it on a day.

    began_on       since when it counts for them: the later of requirement and posting.
    grace_days     how long they have from then on.
    months         interval of a refresher, None where the certificate's own end counts.
    held_from      the day of the newest pass or accepted certificate, None: never.
    valid_through  its last day, None with ``held_from``: without end.
    begun          whether an open enrolment has begun.
    due_on         the deadline of an open enrolment, which may have been extended.
    exempt_until   the last day of an exemption.
    """

    began_on: date
    grace_days: int = 0
    months: int | None = None
    held_from: date | None = None
    valid_through: date | None = None
    begun: bool = False
    due_on: date | None = None
    exempt_until: date | None = None

    @property
    def holds_through(self) -> date | None:
        """The last day on which what they hold counts; ``FOR_EVER`` without end, None: nothing."""
        if self.held_from is None:
            return None
        ends = [self.valid_through or FOR_EVER]
        if self.months is not None:
            ends.append(months_later(self.held_from, self.months))
        return min(ends)

    @property
    def deadline(self) -> date:
        """The last day on which not to hold it is still in order."""
        first = self.began_on + timedelta(days=self.grace_days)
        held = self.holds_through
        known = [first, *([self.due_on] if self.due_on else []), *([held] if held else [])]
        return max(known)

    def status(self, today: date) -> Status:
        """Return how the person stands on ``today``."""
        if self.exempt_until is not None and self.exempt_until >= today:
            return Status.EXEMPT
        held = self.holds_through
        if held is not None and held >= today:
            remind = held != FOR_EVER and held - today <= REMIND
            return Status.DUE if remind else Status.VALID
        if self.deadline < today:
            return Status.OVERDUE
        return Status.IN_PROGRESS if self.begun else Status.NEVER


def held_since(today: date, months: int) -> date:
    """Return the earliest day of a pass that still counts on ``today`` after ``months``.

    The inverse of ``months_later``: SQL compares days with it, since databases add months each in
    their own way.
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    if year < 1:
        return date.min
    day = max(date.min, date(year, month + 1, 1) - timedelta(days=1))
    while months_later(day, months) < today:
        day += timedelta(days=1)
    return day


# From good to bad: of two requirements for one course a person is shown the worse.
WORSE = (
    Status.EXEMPT, Status.VALID, Status.DUE, Status.NEVER, Status.IN_PROGRESS, Status.OVERDUE,
)  # fmt: skip


def next_step(path: Iterable[tuple[int | None, Status]]) -> int | None:
    """Return the index of the requirement to do next, None when nothing is open.

    path  (place, status) in any order. What has a place comes in that order and before the rest;
          among equals the first in the list.
    """
    waiting = [
        (place is None, place or 0, index)
        for index, (place, status) in enumerate(path)
        if status not in SETTLED
    ]
    return min(waiting)[2] if waiting else None


def who(function: str | None, words: Mapping[str, str]) -> Message:
    """Return whom a requirement concerns, in words."""
    if function is None:
        return Message(msg("Everybody"))
    return Message(words[function])

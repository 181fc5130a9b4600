"""What a training record says: pure values and decisions, one line for each course somebody took.

A training record is a paper about one person on one day. It is no certificate: it lists what the
learning records say, whether a course was passed or only begun, and the certificates that count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.catalogue.structure import Structure
from lms.installation import Installation
from lms.kernel.messages import Message, msg

# So many lines fit on a sheet, in two languages, above a code that can still be scanned.
LINES_ON_SHEET = 6
MOST_LINES = 300
# So many of one person are made for one reader in a day: nobody reads more.
MOST_A_DAY = 10

Texts = Mapping[str, str]  # language -> text


class State(StrEnum):
    """Where somebody stands in a course."""

    PASSED = "passed"
    BEGUN = "begun"
    ACCEPTED = "accepted"


STATE_WORDS: Mapping[State, str] = {
    State.PASSED: msg("passed"),
    State.BEGUN: msg("begun"),
    State.ACCEPTED: msg("accepted from elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One course as the paper lists it.

    course         its permanent id; empty for a restricted one, whose titles are neutral
    titles         in every printed language
    edition        number.revision
    completed_on   day of the pass, None while the course is only begun
    valid_through  last day on which that counts; None there: without end
    hours          of the lessons that learning records say were finished, in halves
    percent        best result of a final test, None without a pass
    number, code   of the certificate that counts, empty without one
    """

    course: str
    titles: Texts
    edition: str
    state: State
    completed_on: date | None
    valid_through: date | None
    hours: float
    percent: int | None
    number: str
    code: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that is printed.

    names      in one or two scripts
    day        on which all of it is true
    languages  one or two, the paper's own first
    issuers    who says so, in every printed language
    country, digits, brand, band   as for certificates
    """

    names: tuple[str, ...]
    day: date
    languages: tuple[str, ...]
    issuers: Texts
    lines: tuple[Line, ...]
    country: str = "xx"
    digits: str = "latn"
    brand: str = "#123f4d"
    band: str = "#d9a441"

    @property
    def hours(self) -> float:
        """The learning hours of all lines."""
        return sum(line.hours for line in self.lines)

    def sheets(self) -> list[Sequence[Line]]:
        """Return the lines of each sheet, in order."""
        starts = range(0, max(1, len(self.lines)), LINES_ON_SHEET)
        return [self.lines[start : start + LINES_ON_SHEET] for start in starts]


def hours_of(structure: Structure, finished: Collection[str]) -> float:
    """Return the hours of the finished lessons, in halves: of all of them, those of the course.

    Lessons that the edition does not have (any more) count nothing.
    """
    minutes = sum(lesson.minutes for lesson in structure.lessons() if lesson.code in finished)
    return round(minutes / 30) / 2


def state_of(*, passed: bool, held: bool) -> State:
    """Return where an enrolment stands: what counts without a pass was accepted from elsewhere."""
    if passed:
        return State.PASSED
    return State.ACCEPTED if held else State.BEGUN


def instead_of_transcript(site: Installation) -> Message | None:
    """Return what a station says, which has no key to sign with; None where papers are made."""
    if site.issues:
        return None
    return Message(msg("Training records come from the national server, not from this one."))

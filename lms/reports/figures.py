"""What a report says: tables of figures. Page, chart, CSV, XLSX and paper show the same ones.

A report makes its tables once; whatever shows them adds and leaves out nothing. That is why no
export can be wider than its page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from lms.kernel.messages import Message, msg

# What stands where a figure would point to single people.
SIGN = "*"
LEGEND = msg(
    "* Fewer than 5 people, or a number from which such a group could be found: not shown."
)


class Hidden(Enum):
    """The one value of a figure that is not told."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Value = int | float | str | date | Message | Hidden | None


class Kind(Enum):
    """What the figures of a column are.

    COUNT   people, tests, certificates: a whole number.
    SHARE   percent, 0 to 100, rounded half up to a whole number.
    MEAN    a mean of at least 10 people, with one decimal.
    NUMBER  another measure, with two decimals (difficulty 0 to 1, discrimination -1 to 1).
    TEXT    words; WORD one short word, such as yes or no; DAY a day.
    """

    COUNT = "count"
    SHARE = "share"
    MEAN = "mean"
    NUMBER = "number"
    TEXT = "text"
    WORD = "word"
    DAY = "day"

    @property
    def decimals(self) -> int | None:
        """How many decimals its figures are shown with, None where they are whole or words."""
        return DECIMALS.get(self)


DECIMALS = {Kind.MEAN: 1, Kind.NUMBER: 2}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``name`` stands for it in tests and files that machines read.

    words  its head: a msgid, or a message with values.
    """

    name: str
    words: str | Message
    kind: Kind = Kind.COUNT

    @property
    def head(self) -> Message:
        """Its head as a message."""
        return self.words if isinstance(self.words, Message) else Message(self.words)


@dataclass(frozen=True, slots=True)
class Label:
    """What a line is about.

    words  a message of ours, or a title or name of theirs.
    code   of the thing, such as a unit's code; empty where it has none.
    lang   the language of a title that is not in the reader's, else None.
    """

    words: Message | str
    code: str = ""
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a value for each column.

    leads_to  the filters of the same report that show what lies behind this line; None: nothing.
    """

    label: Label
    values: Sequence[Value]
    leads_to: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under columns.

    name    stands for the table in an address and in a file name.
    title   what it shows. head: the name of the first column, over the labels.
    total   the line of all of them together; None where adding makes no sense.
    bars    the column whose shares are drawn beside the figures; empty: no bars.
    series  the column that is drawn as a line in time; empty: none. The lines are then periods.
    running whether the last of these periods is not over.
    notes   sentences under the table.
    nothing what to do, or to wait for, where there are no lines: a msgid.
    """

    name: str
    title: Message
    head: str
    columns: Sequence[Column]
    lines: Sequence[Line]
    total: Line | None = None
    bars: str = ""
    series: str = ""
    running: bool = False
    notes: Sequence[Message] = field(default_factory=tuple)
    nothing: str = ""

    @property
    def hides(self) -> bool:
        """Whether a figure is not told, so that the legend is needed."""
        every = [*self.lines, *([self.total] if self.total else [])]
        return any(value is HIDDEN for line in every for value in line.values)

    def index(self, name: str) -> int:
        """Return which column is called ``name``; raises StopIteration for none."""
        return next(at for at, column in enumerate(self.columns) if column.name == name)


def percent(part: Value, whole: Value) -> Value:
    """Return the share of ``part`` in ``whole``, a whole number of percent, rounded half up.

    HIDDEN where one of them is; None of nobody.
    """
    if not (isinstance(part, int) and isinstance(whole, int)):
        return HIDDEN
    return (200 * part + whole) // (2 * whole) if whole else None

"""What a report is: a name, filters with their choices, and the tables that they lead to.

Pages, exports, the command and the worker all go through ``Report.tables``: the same figures for
the same filters and the same viewer, wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

from sqlalchemy.orm import Session

from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.reports.figures import Label, Table


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what: the viewer, their language, the day, and the filters of the address.

    zone  of the clocks of the country: days and quarters begin by them.
    by    name and service number of the viewer where they are known already, else empty.
    """

    session: Session
    viewer: Viewer
    language: str
    today: date
    filters: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    by: str = ""

    def get(self, name: str) -> str:
        """Return one filter, an empty string where it is not set."""
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Filter:
    """Something to choose above a report.

    choices  (code, what it is called); a choice that is not among them is not found.
    nothing  the msgid of "all of them"; None where something is always chosen.
    """

    name: str
    words: str
    choices: Sequence[tuple[str, Label]]
    nothing: str | None


@dataclass(frozen=True, slots=True)
class Second:
    """The same answer in a second language, which stands beside the first; figures stand once."""

    language: str
    title: Message
    tables: Sequence[Table]


@dataclass(frozen=True, slots=True)
class Answer:
    """A report for one question.

    filters  those above it, with their choices. chosen: what counts of what was asked.
    trail    from the widest place to the present one: (label, filters that lead there).
    names_at the page that names these people, for administrators: endpoint and values.
    facility the code of the one facility that is shown, whose list its administrators may open.
    second   its words in a second language, None for one language alone.
    """

    filters: Sequence[Filter]
    chosen: Mapping[str, str]
    tables: Sequence[Table]
    trail: Sequence[tuple[Label, Mapping[str, str]]] = ()
    names_at: tuple[str, Mapping[str, str]] | None = None
    second: Second | None = None
    facility: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``answer`` raises NotFound for filters that name what the viewer may not see.

    filters  the names that an address may carry.
    names    whether it names people: then it is for administrators alone.
    paper    whether it can be had as a PDF.
    sheet    makes that PDF of all its tables together; None: each table is a paper of its own.
    country  whether it is about the whole country: then it is for who reads figures of all of it.
    freezes  whether what it says of a finished quarter can be fixed for good.
    """

    name: str
    title: str
    about: str
    filters: Sequence[str]
    answer: Callable[[Question], Answer]
    names: bool = False
    paper: bool = False
    sheet: Callable[[Question, Answer], bytes] | None = None
    country: bool = False
    freezes: bool = False

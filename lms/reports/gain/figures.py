"""What people learn: results before and after each course."""

from __future__ import annotations

from lms.kernel.messages import Message, msg
from lms.reports.figures import HIDDEN, Column, Kind, Label, Line, Table, Value
from lms.reports.gain import queries
from lms.reports.gain.rules import Sums, gain
from lms.reports.protection import SMALLEST_FOR_MEANS
from lms.reports.queries import courses
from lms.reports.report import Answer, Question, Report

COLUMNS = (
    # Translators: head of a column: people who sat the test before a course and the one after it.
    Column("people", msg("Sat both tests")),
    Column("before", msg("Mean before, in percent"), Kind.MEAN),
    Column("after", msg("Mean after, in percent"), Kind.MEAN),
    Column("gain", msg("Mean gain"), Kind.MEAN),
    # Translators: heads of two columns: the ends of a confidence interval.
    Column("low", msg("Gain, at least"), Kind.MEAN),
    Column("high", msg("Gain, at most"), Kind.MEAN),
)
NOTES = (
    Message(
        msg(
            "“At least” and “at most” are the ends of a 95 %% confidence interval: found like "
            "this, such intervals hold the true mean gain 95 times out of 100."
        )
    ),
    Message(msg("Counted are people who work here today. Courses of fewer than 10 are not shown.")),
)


def answer(asked: Question) -> Answer:
    """Return the gain of each course, for all of the viewer's places together."""
    found = queries.sums(asked.session, asked.viewer, today=asked.today)
    lines = [
        Line(Label(row.title or row.slug, row.id, row.title_in), _values(found[row.id]))
        for row in courses(asked.session, asked.viewer, asked.language)
        if row.id in found
    ]
    table = Table(
        "courses",
        Message(msg("Results before and after each course")),
        msg("Course"),
        COLUMNS,
        lines,
        notes=NOTES if lines else (),
        nothing=msg(
            "A course stands here once people have sat the test before it and the one after."
        ),
    )
    return Answer((), {}, [table])


def _values(sums: Sums) -> list[Value]:
    if sums.people < SMALLEST_FOR_MEANS:
        return [HIDDEN] * len(COLUMNS)
    found = gain(sums)
    means = (found.before, found.after, found.gain, found.low, found.high)
    return [sums.people, *(round(mean, 1) for mean in means)]


REPORT = Report(
    "gain",
    msg("What people learn"),
    msg("Results of the test before a course and of the first test after it, of the same people."),
    (),
    answer,
)

"""Languages: how far each course is translated, and in which language people take its test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.installation import LANGUAGE_NAMES
from lms.kernel.messages import Message, msg
from lms.reports.coverage import queries
from lms.reports.figures import HIDDEN, Column, Kind, Label, Line, Table
from lms.reports.protection import hidden_cells
from lms.reports.queries import courses
from lms.reports.report import Answer, Question, Report
from lms.tables import AnyRow

REVIEWED = msg("Complete, read by a native speaker")
COMPLETE = msg("Complete, not yet read by a native speaker")
NO_TEST = msg("All lessons; the questions are not complete")
IN_PART = msg("%(done)s of %(all)s lessons")
MISSING = msg("Not translated")


def answer(asked: Question) -> Answer:
    """Return what is translated, and what people use."""
    offered = courses(asked.session, asked.viewer, asked.language)
    texts = queries.texts(asked.session, asked.viewer)
    languages = [code for code in LANGUAGE_NAMES if code in {row.language for row in texts}]
    used = queries.learners(asked.session, asked.viewer, today=asked.today)
    tables = [_translated(offered, texts, languages), _used(offered, used, languages)]
    return Answer((), {}, tables)


def state(row: AnyRow) -> Message:
    """Return in words how far an edition is translated into one language."""
    lessons, said_in = row.lessons or {}, row.said_in or {}
    done = sum(code not in said_in for code in lessons)
    if done == len(lessons):
        if not row.bank_complete:
            return Message(NO_TEST)
        return Message(REVIEWED if row.reviewed else COMPLETE)
    return Message(IN_PART, {"done": done, "all": len(lessons)}) if done else Message(MISSING)


def _translated(
    offered: Sequence[AnyRow], texts: Sequence[AnyRow], languages: Sequence[str]
) -> Table:
    states = {(row.course_id, row.language): state(row) for row in texts}
    lines = [
        Line(
            Label(row.title or row.slug, row.id, row.title_in),
            [states.get((row.id, code), Message(MISSING)) for code in languages],
        )
        for row in offered
    ]
    columns = [Column(code, LANGUAGE_NAMES[code], Kind.TEXT) for code in languages]
    return Table(
        "courses",
        Message(msg("How far courses are translated")),
        msg("Course"),
        columns,
        lines,
        nothing=msg("A course stands here once it is published."),
    )


def _used(
    offered: Sequence[AnyRow], used: Mapping[tuple[str, str], int], languages: Sequence[str]
) -> Table:
    # Each course by itself, without a line of all: one small figure would hide those of other
    # courses, and "How questions behave" tells of each how many there are.
    lines = []
    for row in offered:
        counts = [used.get((row.id, code), 0) for code in languages]
        counts.append(sum(counts))
        if counts[-1]:
            hidden = hidden_cells([counts], adds_up=True)
            told = [HIDDEN if (0, column) in hidden else n for column, n in enumerate(counts)]
            lines.append(Line(Label(row.title or row.slug, row.id, row.title_in), told))
    columns = [Column(code, LANGUAGE_NAMES[code]) for code in languages]
    return Table(
        "people",
        Message(msg("Languages in which people took the final test")),
        msg("Course"),
        [*columns, Column("all", msg("All languages"))],
        lines,
        notes=(Message(msg("Counted are first attempts of people who work here today.")),)
        if lines
        else (),
        nothing=msg("A course stands here once people have handed in its final test."),
    )


REPORT = Report(
    "languages",
    msg("Languages"),
    msg("How far each course is translated, and in which language people take its test."),
    (),
    answer,
)

"""Results of the first attempt at the final test: a course and a year, by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lms.kernel.messages import Message, msg
from lms.reports.figures import HIDDEN, Column, Kind, Label, Line, Table, Value, percent
from lms.reports.places import Place, Shown, show, tree
from lms.reports.protection import SMALLEST_FOR_MEANS
from lms.reports.quarters import Quarter
from lms.reports.queries import courses, places
from lms.reports.report import Answer, Filter, Question, Report
from lms.reports.results import queries
from lms.reports.trail import (
    chosen_of,
    course_filter,
    line_label,
    nothing_of,
    place_filter,
    trail_of,
)

YEARS = 5
COLUMNS = (
    # Translators: head of a column: people who passed a test at their first attempt.
    Column("passed", msg("Passed at the first attempt")),
    Column("failed", msg("Not at the first attempt")),
    # Translators: head of a column: people who sat a test for the first time.
    Column("sat", msg("First attempts")),
    Column("share", msg("Passed at the first attempt, share"), Kind.SHARE),
    # Translators: head of a column: the mean result of first attempts, in percent.
    Column("mean", msg("Mean result in percent"), Kind.MEAN),
)


def answer(asked: Question) -> Answer:
    """Return the first attempts of a year. raises NotFound: see ``chosen_of``."""
    units = places(asked.session, asked.viewer)
    offered = courses(asked.session, asked.viewer, asked.language)
    filters = [course_filter(offered), _year_filter(asked), place_filter(units, asked.language)]
    asked = replace(asked, filters=chosen_of(asked, filters))
    found: dict[str, tuple[int, int, int]] = {}
    if asked.get("course"):
        first = Quarter(int(asked.get("year")), 1)
        last = Quarter(first.year + 1, 1)
        found = queries.first_attempts(
            asked.session,
            asked.viewer,
            asked.get("course"),
            first.begins(asked.zone),
            last.begins(asked.zone),
            asked.zone,
        )
    root = tree(units, {path: [passed, n - passed, n] for path, (n, passed, _) in found.items()})
    page = show(root, asked.get("unit"), adds_up=True, language=asked.language)
    # A mean is told by how many people it is made of, and hidden so that it cannot be worked out
    # from the others.
    means = show(
        tree(units, {path: [n] for path, (n, _, _) in found.items()}),
        asked.get("unit"),
        adds_up=False,
        language=asked.language,
        smallest=SMALLEST_FOR_MEANS,
    )
    percents = {path: sum_of for path, (_, _, sum_of) in found.items()}
    table = _table(asked, page, means, percents)
    nothing = nothing_of(offered, msg("Choose another course, year or workplace."))
    table = replace(table, nothing=nothing)
    return Answer(filters, asked.filters, [table], trail_of(units, asked))


def _year_filter(asked: Question) -> Filter:
    years = [str(asked.today.year - back) for back in range(YEARS)]
    return Filter("year", msg("Year"), [(year, Label(year)) for year in years], None)


def _table(
    asked: Question, page: Shown | None, means: Shown | None, percents: Mapping[str, int]
) -> Table:
    lines: list[Line] = []
    total = None
    if page is not None and means is not None:
        lines = [
            Line(
                line_label(place, asked.language, itself=itself and len(page.lines) > 1),
                _values(page, means, at, _sum(percents, place, itself=itself)),
                None if itself else {**asked.filters, "unit": place.code},
            )
            for at, (place, _, itself) in enumerate(page.lines)
        ]
        every = _sum(percents, page.place, itself=False)
        total = Line(
            Label(Message(msg("All together"))), _values(page, means, len(page.lines), every)
        )
    return Table(
        "places",
        Message(msg("First attempts at the final test, by place")),
        msg("Workplace"),
        COLUMNS,
        lines,
        total,
        bars="share",
        notes=(Message(msg("A mean is shown of 10 people or more.")),) if lines else (),
    )


def _values(page: Shown, means: Shown, at: int, percents: int) -> list[Value]:
    counts = page.total if at == len(page.lines) else page.lines[at][1]
    told: list[Value] = [HIDDEN if (at, c) in page.hidden else n for c, n in enumerate(counts)]
    unsaid = (at, 0) in means.hidden or told[2] is HIDDEN
    mean: Value = HIDDEN if unsaid else round(percents / counts[2], 1)
    return [*told, percent(told[0], told[2]), mean]


def _sum(percents: Mapping[str, int], place: Place, *, itself: bool) -> int:
    """Return the sum of percents of a place and those below, or of its own people alone."""
    if itself:
        return percents[place.path]
    return sum(value for path, value in percents.items() if path.startswith(place.path))


REPORT = Report(
    "results",
    msg("Results of tests"),
    msg("How many people passed the final test at their first attempt, and with which result."),
    ("course", "year", "unit"),
    answer,
)

"""Completions over time: a course at a place, and at the places below it."""

from __future__ import annotations

from dataclasses import replace

from lms.kernel.messages import Message, msg
from lms.reports.completions import queries
from lms.reports.figures import HIDDEN, Column, Label, Line, Table, Value
from lms.reports.places import Shown, show, tree
from lms.reports.quarters import Quarter, latest
from lms.reports.queries import courses, places
from lms.reports.report import Answer, Question, Report
from lms.reports.trail import (
    chosen_of,
    course_filter,
    line_label,
    nothing_of,
    place_filter,
    trail_of,
)

COMPLETED = Column("completed", msg("Completed"))


def answer(asked: Question) -> Answer:
    """Return the completions of the last eight quarters. raises NotFound: see ``chosen_of``."""
    units = places(asked.session, asked.viewer)
    offered = courses(asked.session, asked.viewer, asked.language)
    filters = [course_filter(offered), place_filter(units, asked.language)]
    asked = replace(asked, filters=chosen_of(asked, filters))
    quarters = latest(asked.today)
    counted = {}
    if asked.get("course"):
        counted = queries.counts(
            asked.session, asked.viewer, asked.get("course"), quarters, asked.zone
        )
    page = show(tree(units, counted), asked.get("unit"), adds_up=False, language=asked.language)
    nothing = nothing_of(offered, msg("Choose another course or workplace."))
    tables = [
        replace(each, nothing=nothing)
        for each in (_over_time(quarters, page), _by_place(asked, quarters, page))
    ]
    return Answer(filters, asked.filters, tables, trail_of(units, asked))


def _over_time(quarters: list[Quarter], page: Shown | None) -> Table:
    values = _values(page, len(page.lines)) if page else []
    lines = [
        Line(Label(each.words, each.code), (value,))
        for each, value in zip(quarters, values, strict=False)
    ]
    return Table(
        "quarters",
        Message(msg("Completions in each quarter")),
        msg("Quarter"),
        (COMPLETED,),
        lines,
        series="completed",
        running=True,
        notes=(Message(msg("The last quarter is not over yet.")),) if lines else (),
    )


def _by_place(asked: Question, quarters: list[Quarter], page: Shown | None) -> Table:
    columns = [Column(each.code, each.words) for each in quarters]
    lines = (
        [
            Line(
                line_label(place, asked.language, itself=itself and len(page.lines) > 1),
                _values(page, at),
                None if itself else {**asked.filters, "unit": place.code},
            )
            for at, (place, _, itself) in enumerate(page.lines)
        ]
        if page
        else []
    )
    total = (
        Line(Label(Message(msg("All together"))), _values(page, len(page.lines))) if page else None
    )
    return Table(
        "places", Message(msg("Completions by place")), msg("Workplace"), columns, lines, total
    )


def _values(page: Shown, at: int) -> list[Value]:
    """Return the figures of a line of the page; ``len(page.lines)`` is that of all."""
    counts = page.total if at == len(page.lines) else page.lines[at][1]
    return [HIDDEN if (at, column) in page.hidden else n for column, n in enumerate(counts)]


REPORT = Report(
    "completions",
    msg("Completions over time"),
    msg("How many people completed a course in each quarter, at the place where they then worked."),
    ("course", "unit"),
    answer,
)

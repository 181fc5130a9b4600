"""Who is trained: every requirement at a place, or one requirement at the places below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from lms.accounts.words import FUNCTION_WORDS
from lms.kernel.messages import Message, Words, msg
from lms.kernel.named import name_in
from lms.reports.compliance import queries
from lms.reports.compliance.heads import Heads
from lms.reports.figures import HIDDEN, Column, Kind, Label, Line, Table, Value, percent
from lms.reports.places import Shown
from lms.reports.queries import places
from lms.reports.report import Answer, Filter, Question, Report
from lms.reports.trail import chosen_of, facility_of, line_label, place_filter, trail_of
from lms.requirements.rules import Status, who
from lms.requirements.words import every
from lms.tables import AnyRow

TRAINED = (Status.VALID, Status.EXEMPT, Status.DUE)
ON_THE_WAY = (Status.IN_PROGRESS, Status.NEVER)

COLUMNS = (
    # Translators: head of a column: people who hold what they must hold, or are exempt.
    Column("trained", msg("Trained")),
    # Translators: head of a column: people who still have time to do what they must.
    Column("open", msg("Still in time")),
    Column("overdue", msg("Overdue")),
    # Translators: head of a column: people to whom a requirement applies.
    Column("people", msg("Must hold it")),
    Column("share", msg("Trained, share"), Kind.SHARE),
)


def answer(asked: Question) -> Answer:
    """Return how people stand on the day. raises NotFound for a place that is not the viewer's."""
    known = {
        str(row.id): row
        for row in queries.requirements(
            asked.session, asked.viewer, asked.language, today=asked.today
        )
    }
    units = places(asked.session, asked.viewer)
    filters = [place_filter(units, asked.language), _requirement_filter(known, asked.language)]
    chosen = chosen_of(asked, filters)
    asked = replace(asked, filters=chosen)
    one = UUID(chosen["requirement"]) if "requirement" in chosen else None
    counted = queries.counts(asked.session, asked.viewer, today=asked.today, requirement_id=one)
    functions = {row.function for row in known.values() if row.function}
    heads = Heads(units, counted.staff, functions, asked.language)

    def page_of(row: AnyRow) -> Shown | None:
        found = _summed(counted.states.get(row.id, {}))
        return heads.page(row.unit_path, row.function, found, asked.get("unit"))

    if one is not None:
        table = _by_place(asked, known[str(one)], page_of(known[str(one)]))
    else:
        table = _by_requirement(asked, [(row, page_of(row)) for row in known.values()])
    names_at = None
    if one is not None:
        unit = {"unit": chosen["unit"]} if "unit" in chosen else {}
        names_at = ("requirements.one", {"requirement_id": str(one), **unit})
    return Answer(
        filters,
        chosen,
        [table],
        trail_of(units, asked),
        names_at,
        facility=facility_of(units, asked),
    )


def _summed(found: Mapping[str, Mapping[Status, int]]) -> dict[str, list[int]]:
    """Return path -> people who are trained, still in time, overdue, and all of them."""
    made = {}
    for path, states in found.items():
        trained = sum(states.get(each, 0) for each in TRAINED)
        still = sum(states.get(each, 0) for each in ON_THE_WAY)
        late = states.get(Status.OVERDUE, 0)
        made[path] = [trained, still, late, trained + still + late]
    return made


def _by_requirement(asked: Question, pages: Sequence[tuple[AnyRow, Shown | None]]) -> Table:
    lines = [
        Line(
            _requirement_label(row, asked.language),
            _total(page),
            {**asked.filters, "requirement": str(row.id)},
        )
        for row, page in pages
        if page is not None
    ]
    return Table(
        "requirements",
        Message(msg("What must be held, and who holds it")),
        msg("Requirement"),
        COLUMNS,
        lines,
        bars="share",
        nothing=msg("Requirements say who must hold which course: administrators make them."),
    )


def _by_place(asked: Question, row: AnyRow, page: Shown | None) -> Table:
    if page is None:
        lines: list[Line] = []
        total = None
    else:
        lines = [
            Line(
                line_label(place, asked.language, itself=itself and len(page.lines) > 1),
                _values(counts, {column for line, column in page.hidden if line == at}),
                None if itself else {**asked.filters, "unit": place.code},
            )
            for at, (place, counts, itself) in enumerate(page.lines)
        ]
        total = Line(Label(Message(msg("All together"))), _total(page))
    label = _requirement_label(row, asked.language)
    return Table(
        "places",
        Message(msg("%(requirement)s, by place"), {"requirement": label.words}),
        msg("Workplace"),
        COLUMNS,
        lines,
        total,
        bars="share",
        nothing=msg("Choose another requirement or workplace."),
    )


def _total(page: Shown) -> list[Value]:
    last = len(page.lines)
    return _values(page.total, {column for line, column in page.hidden if line == last})


def _values(counts: Sequence[int], hidden: Collection[int]) -> list[Value]:
    told: list[Value] = [HIDDEN if at in hidden else count for at, count in enumerate(counts)]
    return [*told, percent(told[0], told[3])]


def _requirement_label(row: AnyRow, language: str) -> Label:
    where: object = name_in(row.unit_names, language, row.unit_code)
    if row.interval_months is not None:
        where = (where, every(row.interval_months))
    values = {
        "course": Words(row.title or row.slug, row.title_in or language),
        "who": who(row.function, FUNCTION_WORDS),
        "place": where,
    }
    return Label(Message(msg("%(course)s (%(who)s, %(place)s)"), values), row.course_id)


def _requirement_filter(known: Mapping[str, AnyRow], language: str) -> Filter:
    choices = [(code, _requirement_label(row, language)) for code, row in known.items()]
    return Filter("requirement", msg("Requirement"), choices, msg("all"))


REPORT = Report(
    "compliance",
    msg("Who is trained"),
    msg("How many people hold today what they must hold, at each place."),
    ("unit", "requirement"),
    answer,
)

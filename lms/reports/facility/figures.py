"""The list of a facility: who works there and what they hold; with names, for its administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from lms.accounts.words import FUNCTION_WORDS
from lms.kernel.messages import Message, Words, msg
from lms.kernel.viewer import Viewer
from lms.reports.facility import queries
from lms.reports.figures import Column, Kind, Label, Line, Table, Value
from lms.reports.queries import places
from lms.reports.report import Answer, Filter, Question, Report
from lms.reports.trail import LISTED, called, chosen_of
from lms.requirements.pairing import Standing
from lms.requirements.queries import worst_of_each
from lms.requirements.rules import FOR_EVER, STATUS_WORDS, Status
from lms.requirements.words import why
from lms.tables import AnyRow

WORSE = msg(
    "Where two requirements ask for the same course and differ, the worse state stands here, with "
    "the requirement."
)
NEED_NOT = msg("A dash: this person need not hold the course.")
HOLDS = (Status.VALID, Status.DUE)


def answer(asked: Question) -> Answer:
    """Return the people of one facility. raises NotFound for one that is not the viewer's."""
    units = [row for row in places(asked.session, asked.viewer) if _is_own(asked.viewer, row)]
    filters = [_facilities(units, asked.language)]
    asked = replace(asked, filters=chosen_of(asked, filters))
    here = next((row for row in units if row.code == asked.get("unit")), None)
    people: list[AnyRow] = []
    found: list[Standing] = []
    if here is not None:
        people = queries.people(asked.session, asked.viewer, here.path, today=asked.today)
        found = queries.standings(
            asked.session, asked.viewer, here.path, asked.language, today=asked.today
        )
    held = _by_person(found)
    titles = {each.row.course_id: _title(each.row, asked.language) for each in found}
    columns = [
        Column(course, Message("%(title)s", {"title": titles[course]}), Kind.TEXT)
        for course in sorted(titles)
    ]
    table = Table(
        "people",
        Message(msg("Who works here, and what they hold")),
        msg("Name"),
        [
            Column("number", msg("Service number"), Kind.TEXT),
            Column("function", msg("Function"), Kind.TEXT),
            *columns,
        ],
        [
            Line(Label(row.name), _values(row, columns, held.get(row.id, {}), asked.language))
            for row in people
        ],
        notes=(Message(WORSE), Message(NEED_NOT)) if columns else (),
        nothing=msg("Nobody works here today. Choose another workplace."),
    )
    return Answer(filters, asked.filters, [table])


def _is_own(viewer: Viewer, row: AnyRow) -> bool:
    return any(row.path.startswith(top) for top in viewer.unit_paths("administrator"))


def _facilities(units: list[AnyRow], language: str) -> Filter:
    """Return the filter over facilities: a list of names never spans several of them."""
    rows = [row for row in units if row.kind in LISTED and row.closed_on is None]
    choices = [
        (row.code, Label(f"{called(row, language)} ({row.code})", row.code))
        for row in sorted(rows, key=lambda row: (called(row, language).casefold(), row.code))
    ]
    return Filter("unit", msg("Workplace"), choices, None)


def _title(row: AnyRow, language: str) -> Words:
    return Words(row.title or row.slug, row.title_in or language)


@dataclass(frozen=True, slots=True)
class _Worst:
    """The worse of two requirements for a course; differs: whether the other is another state."""

    standing: Standing
    differs: bool


def _by_person(standings: list[Standing]) -> dict[UUID, dict[str, _Worst]]:
    """Return person -> course -> how they stand, the worse of two requirements."""
    found: dict[UUID, list[Standing]] = {}
    for each in standings:
        found.setdefault(each.row.person_id, []).append(each)
    return {
        person_id: {
            each.row.course_id: _Worst(
                each,
                any(
                    other.row.course_id == each.row.course_id and other.status is not each.status
                    for other in of_one
                ),
            )
            for each in worst_of_each(of_one)
        }
        for person_id, of_one in found.items()
    }


def _values(
    row: AnyRow, columns: list[Column], held: Mapping[str, _Worst], language: str
) -> list[Value]:
    return [
        row.service_number,
        Message(FUNCTION_WORDS[row.function]),
        *(_told(held.get(column.name), language) for column in columns),
    ]


def _told(worst: _Worst | None, language: str) -> Message | None:
    """Return in words how somebody stands, and of what; None for what they need not hold."""
    if worst is None:
        return None
    state = _state(worst.standing)
    if not worst.differs:
        return state
    # Translators: how somebody stands, and which requirement it is: "Overdue. Required of: ..."
    return Message(
        msg("%(state)s. %(why)s"), {"state": state, "why": why(worst.standing.row, language)}
    )


def _state(standing: Standing) -> Message:
    through = standing.duty.holds_through
    if standing.status in HOLDS and through is not None and through != FOR_EVER:
        return Message(msg("Valid through %(day)s"), {"day": through})
    return Message(STATUS_WORDS[standing.status])


REPORT = Report(
    "facility",
    msg("List of a facility"),
    msg("Everybody who works at one facility, with what they hold. With names: keep it safe."),
    ("unit",),
    answer,
    names=True,
    paper=True,
)

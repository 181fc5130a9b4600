"""Trying a list of people: what each row would do, some hundred at a time; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.importing import queries, rules
from lms.accounts.importing.listed import read_person
from lms.accounts.importing.queries import MISSING_FROM
from lms.accounts.importing.rules import Decision
from lms.accounts.importing.vocabulary import Vocabulary
from lms.accounts.models import StaffImport, StaffImportRow
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

MENDED = Message(msg("Signs that turn the direction of writing were taken out of this row."))


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it. first: the number of an earlier row with the same number in it."""

    number: int
    cells: Sequence[str]
    mended: bool
    first: int | None


def check_rows(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    rows: Sequence[RawRow],
    words: Vocabulary,
    *,
    now: datetime,
) -> None:
    """Decide rows of a list and keep what they would do; nothing of the register is changed."""
    today = installation.day_of(session, now)
    places = queries.places(session, viewer)
    mapping = listed.mapping
    read = [
        read_person(row.cells, mapping["fields"], places, words, mapping.get("unit", ""))
        for row in rows
    ]
    numbers = {each.folded_number for each in read}
    known = queries.known_people(session, viewer, numbers, today=today)
    made = []
    for row, said in zip(rows, read, strict=True):
        person = known.get(said.folded_number)
        if person is None and not said.language:
            said = replace(said, language=mapping.get("language", ""))
        if row.first is not None and not said.refusals:
            decision = Decision(rules.DUPLICATE, (rules.twice(row.first),))
        else:
            place = places.of_id(said.place)
            decision = rules.decide(said, person, place, viewer, today=today)
        reasons = [*decision.reasons, *([MENDED] if row.mended else [])]
        made.append(
            _row(listed, row.number, decision, said.facts(), reasons, person.id if person else None)
        )
    if made:
        session.execute(insert(StaffImportRow), made)


def _row(
    listed: StaffImport,
    number: int,
    decision: Decision,
    facts: Mapping[str, Any],
    reasons: Sequence[Message],
    subject: UUID | None,
) -> dict[str, Any]:
    changes = {"changes": dict(decision.changes)} if decision.changes else {}
    return {
        "import_id": listed.id,
        "number": number,
        "verdict": decision.verdict,
        "facts": {**facts, **changes},
        "reasons": [rules.kept(each) for each in reasons],
        "subject_id": subject,
        "before": None,
        "done": False,
    }


def check_missing(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    after: UUID | None,
    count: int,
    *,
    now: datetime,
    limit: int,
) -> tuple[UUID | None, int]:
    """Note the next people who are missing in a list; return the last one, and how many there are.

    after  the last one who was noted, count how many were; None is returned when all are.
    """
    today = installation.day_of(session, now)
    found = queries.missing(session, viewer, listed, after, today=today, limit=limit)
    people = {row.id: row for row in reversed(found)}  # the first posting of each
    made = [
        _row(
            listed,
            MISSING_FROM + number,
            Decision(rules.MISSING),
            {"number": row.service_number, "name": row.name, "unit": row.code},
            (),
            row.id,
        )
        for number, row in enumerate(reversed(people.values()), count)
    ]
    if made:
        session.execute(insert(StaffImportRow), made)
    return (found[-1].id if len(found) == limit else None), count + len(made)

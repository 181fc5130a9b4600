"""The stored file of a frozen quarter, and what a sheet of today says beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.reports.figures import Table, Value
from lms.reports.frozen import queries, rules
from lms.reports.frozen.rules import Frozen
from lms.reports.report import Answer
from lms.reports.steering.tables import tables
from lms.signing.refusals import Unreadable
from lms.web.files import file_store

DAMAGED = Message(
    msg("The file of this frozen quarter is missing or damaged. It must come back from a backup.")
)


def stored(digest: str) -> Frozen:
    """Return what a stored file says. raises Refused where it is not what was stored."""
    store = file_store()
    try:
        data = store.get(digest)
        if sha256(data).hexdigest() != digest:
            raise Refused(DAMAGED)
        return rules.parse(data.decode())
    except (FileNotFoundError, UnicodeDecodeError, Unreadable):
        raise Refused(DAMAGED) from None


@dataclass(frozen=True, slots=True)
class Already:
    """The newest frozen sheet of what a page shows.

    number, at  of it; same: whether today's figures are those of its file, None where the file
                cannot be read.
    """

    id: UUID
    number: int
    at: datetime
    same: bool | None


def already(session: Session, viewer: Viewer, answer: Answer, language: str) -> Already | None:
    """Return what is frozen of a programme and quarter, None where nothing is.

    answer  of the sheet for the steering committee, in ``language``.
    raises  NotFound for who does not read figures of the whole country.
    """
    row = queries.newest(
        session, viewer, answer.chosen.get("programme", ""), answer.chosen["quarter"]
    )
    if row is None:
        return None
    return Already(row.id, row.number, row.frozen_at, _is_same(row.file, answer, language))


def _is_same(digest: str, answer: Answer, language: str) -> bool | None:
    try:
        found = tables(stored(digest).body, language)
    except Refused:
        return None
    return [_figures(each) for each in found] == [_figures(each) for each in answer.tables]


def _figures(table: Table) -> list[tuple[str, Sequence[Value]]]:
    """Return a table without its words: a place that was renamed has no other figures."""
    lines = [*table.lines, *([table.total] if table.total else [])]
    return [(line.label.code, line.values) for line in lines]

"""What an administrator changes about a place: its name, closing it, merging it into another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries, rules
from lms.accounts.models import (
    Posting,
    Unit,
    UnitName,
)
from lms.accounts.staff import queries as staff
from lms.audit import actions as audit
from lms.kernel.errors import Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


def rename(
    session: Session, viewer: Viewer, unit_id: UUID, names: Mapping[str, str], *, now: datetime
) -> None:
    """Give a unit other names from today on; papers of before keep the ones of their day."""
    unit = staff.place(session, viewer, unit_id)
    kept = {language: Line.of(name).text for language, name in names.items() if name}
    if not kept:
        raise Refused(Message(msg("Write the name in at least one language.")))
    if kept == unit.names:
        return
    yesterday = installation.day_of(session, now) - timedelta(days=1)
    already = session.scalar(
        select(UnitName.id).where(UnitName.unit_id == unit_id, UnitName.until_on == yesterday)
    )
    if already is None:  # a second change on the same day corrects the first
        session.add(
            UnitName(
                id=new_ordered_id(),
                unit_id=unit_id,
                code=unit.code,
                names=dict(unit.names),
                until_on=yesterday,
            )
        )
    unit.names = kept
    session.flush()
    audit.append(session, rules.actor_id(viewer), "unit.renamed", str(unit_id), now=now)


def close(session: Session, viewer: Viewer, unit_id: UUID, *, now: datetime) -> None:
    """Close a unit after today; its history stays. Twice changes nothing.

    raises  Refused while people work there or open units lie below it: they would be nowhere.
    """
    unit = staff.place(session, viewer, unit_id)
    if unit.closed_on is not None:
        return
    today = installation.day_of(session, now)
    _require_empty(session, unit, today=today)
    unit.closed_on = today
    session.flush()
    audit.append(session, rules.actor_id(viewer), "unit.closed", str(unit_id), now=now)


def merge(session: Session, viewer: Viewer, unit_id: UUID, into_code: str, *, now: datetime) -> int:
    """Close a unit and let everybody who works there work at another from tomorrow on.

    Returns how many people move. Their postings here end today; what they did stays here.
    raises  NotFound unless the viewer administers both; Refused where units lie below it, or for
            a unit that would be merged into itself.
    """
    unit = staff.place(session, viewer, unit_id)
    into = queries.unit_by_code(session, viewer, into_code)
    if into.id == unit.id:
        raise Refused(Message(msg("Choose another place to merge it into.")))
    if unit.closed_on is not None:
        return 0
    _require_no_units_below(session, unit)
    today = installation.day_of(session, now)
    tomorrow = today + timedelta(days=1)
    moving = list(
        session.scalars(
            select(Posting).where(
                Posting.unit_id == unit_id, or_(Posting.ends_on.is_(None), Posting.ends_on > today)
            )
        )
    )
    for posting in moving:
        begins = max(posting.starts_on, tomorrow)
        session.add(
            Posting(
                id=new_ordered_id(),
                person_id=posting.person_id,
                unit_id=into.id,
                function=posting.function,
                starts_on=begins,
                ends_on=posting.ends_on,
            )
        )
        if posting.starts_on > today:
            session.delete(posting)  # it never began here
        else:
            posting.ends_on = today
    unit.closed_on, unit.merged_into_id = today, into.id
    session.flush()
    audit.append(
        session,
        rules.actor_id(viewer),
        "unit.merged",
        str(unit_id),
        {"into": str(into.id), "people": len(moving)},
        now=now,
    )
    return len(moving)


def _require_empty(session: Session, unit: Unit, *, today: date) -> None:
    _require_no_units_below(session, unit)
    working = session.scalar(
        select(Posting.id)
        .where(Posting.unit_id == unit.id, or_(Posting.ends_on.is_(None), Posting.ends_on > today))
        .limit(1)
    )
    if working is not None:
        raise Refused(
            Message(
                msg(
                    "People work here. Move them to another place first, or merge this place into "
                    "another one."
                )
            )
        )


def _require_no_units_below(session: Session, unit: Unit) -> None:
    below = session.scalar(
        select(Unit.id).where(Unit.parent_id == unit.id, Unit.closed_on.is_(None)).limit(1)
    )
    if below is not None:
        raise Refused(
            Message(msg("There are open places below this one. Close or merge those first."))
        )

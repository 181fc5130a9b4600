"""Places: adding one to the tree of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import queries, rules
from lms.accounts.models import (
    Unit,
)
from lms.audit import actions as audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to add below ``parent`` (its code); without a parent it is the country itself.

    names  language -> name of the unit in it.
    """

    kind: str
    code: str
    names: Mapping[str, str]
    parent: str | None = None


def add_unit(session: Session, viewer: Viewer, new: NewUnit, *, now: datetime) -> Unit:
    """Add a unit below one that the viewer administers; the country only by the server itself.

    Each kind stands below the next larger one: country, region, facility, section.
    raises  NotFound for a parent that the viewer does not administer; Refused where the code is
            taken or the kind does not fit; LineRefusedError for a code or name that does not stand
            on one line.
    """
    code = Line.of(new.code, rules.LONGEST_CODE).text
    names = {language: Line.of(name).text for language, name in new.names.items()}
    parent = queries.unit_by_code(session, viewer, new.parent) if new.parent else None
    above = parent.kind if parent else None
    if new.kind not in rules.UNIT_KINDS or (above and rules.CHILD_KINDS.get(above) != new.kind):
        raise Refused(
            Message(
                msg("Below a %(above)s stands a %(child)s. Choose another place or another kind."),
                {"above": above or "—", "child": rules.CHILD_KINDS.get(above or "", "—")},
            )
        )
    if parent is None and (new.kind != "country" or not rules.administers(viewer, "/")):
        raise NotFound
    if session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise Refused(
            Message(msg("There is a unit with the code %(code)s already."), {"code": code})
        )
    unit = Unit(
        id=new_ordered_id(),
        parent_id=parent.id if parent else None,
        kind=new.kind,
        code=code,
        names=names,
        path=_free_path(session, parent.path if parent else "/"),
        closed_on=None,
    )
    session.add(unit)
    session.flush()
    facts = {"kind": new.kind, "path": unit.path}
    audit.append(session, rules.actor_id(viewer), "unit.added", str(unit.id), facts, now=now)
    return unit


def _free_path(session: Session, parent_path: str) -> str:
    """Return a path below ``parent_path`` that no unit has, such as ``/1/4/``.

    The number of units would do as long as units are only closed. But undoing a list of places
    deletes those that nothing has happened to, so the number that follows may be taken.
    """
    number = (session.scalar(select(func.count()).select_from(Unit)) or 0) + 1
    while session.scalar(select(Unit.id).where(Unit.path == f"{parent_path}{number}/")) is not None:
        number += 1
    return f"{parent_path}{number}/"

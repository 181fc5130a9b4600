"""What a list of people would do, row by row. Pure: everything that decides is in the arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lms.accounts.importing.listed import Listed, Place
from lms.accounts.rules import administers, administers_country, may_reset
from lms.accounts.scope import SHOWN_INSTEAD, may_know_function
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, script_of
from lms.kernel.viewer import Role, Viewer

NEW, CHANGED, MOVED, SAME = "new", "changed", "moved", "same"
MISSING, DUPLICATE, REFUSED = "missing", "duplicate", "refused"
VERDICTS = (NEW, CHANGED, MOVED, SAME, MISSING, DUPLICATE, REFUSED)
# These change something when the list is taken over; missing ones only where that was asked for.
TAKEN = (NEW, CHANGED, MOVED)

SINCE_CHANGED = Message(
    msg("Since the list was tried, something about this row has changed. Try the list again.")
)
_FIRST_FUNCTION = "P1"


def twice(row: int) -> Message:
    """Return that the number of a row stands in an earlier one already."""
    return Message(msg("The same number stands in row %(row)s already."), {"row": row})


def kept(message: Message) -> list[Any]:
    """Return a sentence as JSON values; one of its values may be a sentence itself."""
    values = {
        name: {"said": kept(value)} if isinstance(value, Message) else value
        for name, value in message.values.items()
    }
    return [message.msgid, values, message.many]


def told(stored: Sequence[Any]) -> Message:
    """Return the sentence that ``kept`` stored."""
    msgid, values, many = stored
    said = {
        name: told(value["said"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return Message(msgid, said, many)


@dataclass(frozen=True, slots=True)
class Work:
    """A posting of somebody, with the place's path and code."""

    id: UUID
    unit_id: UUID
    unit_code: str
    path: str
    function: str
    starts_on: date
    ends_on: date | None

    def runs_on(self, day: date) -> bool:
        """Return whether it runs on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the register, as far as a list can change them."""

    id: UUID
    number: str
    status: str
    name: str
    name_latin: str | None
    language: str
    rank: str | None
    sex: str | None
    confirmed: datetime | None = None  # when the owner confirmed the names
    work: Sequence[Work] = ()
    roles: Sequence[Role] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A change of place or function: what ends, and where somebody works from today on."""

    place: UUID
    function: str
    ends: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a row would do.

    changes  field -> [before, after], as the viewer may read them.
    """

    verdict: str
    reasons: tuple[Message, ...] = ()
    changes: Mapping[str, list[str | None]] = field(default_factory=dict)
    move: Move | None = None


def decide(
    listed: Listed, known: Known | None, place: Place | None, viewer: Viewer, *, today: date
) -> Decision:
    """Return what a row would do for this viewer.

    known  who has the number, wherever they work; None for nobody.
    place  the one that the row names, looked up among those that the viewer administers.
    """
    if listed.refusals:
        return Decision(REFUSED, (*listed.refusals, *listed.notes))
    if known is None:
        return _new(listed, place)
    if not _is_theirs(known, viewer, today):
        said = msg(
            "Somebody has this number already and does not work in your part of the service. Ask "
            "an administrator who stands above both places."
        )
        return Decision(REFUSED, (Message(said),))
    notes = list(listed.notes)
    changes = _changes(listed, known)
    if listed.active is False and known.status == "active":
        if not may_reset(viewer, known.id, known.roles):
            said = msg("This person holds roles that you cannot give, so you cannot shut them out.")
            return Decision(REFUSED, (Message(said),))
        changes["status"] = ["active", "disabled"]
    if listed.active is True and known.status == "disabled":
        said = msg("This person may not sign in; a list does not change that. Open their page.")
        notes.append(Message(said))
    move, moved = _move(listed, known, place, viewer, today)
    if isinstance(move, Message):
        return Decision(REFUSED, (move, *notes))
    verdict = MOVED if move else CHANGED if changes else SAME
    return Decision(verdict, tuple(notes), {**changes, **moved}, move)


def _new(listed: Listed, place: Place | None) -> Decision:
    lacking = []
    if not listed.name:
        lacking.append(Message(msg("Nobody has this number yet, and the row has no name.")))
    if place is None:
        lacking.append(Message(msg("Nobody has this number yet, and the row names no place.")))
    if listed.active is False:
        lacking.append(Message(msg("Nobody has this number, and the row says that they left.")))
    if lacking or place is None:
        return Decision(REFUSED, tuple(lacking))
    move = Move(place.id, listed.function or _FIRST_FUNCTION)
    return Decision(NEW, listed.notes, {}, move)


def _is_theirs(known: Known, viewer: Viewer, today: date) -> bool:
    """Return whether somebody works today where the viewer administers.

    Who works nowhere belongs to where they worked last, so that who comes back is found.
    """
    running = [work for work in known.work if work.runs_on(today)]
    if running:
        return any(administers(viewer, work.path) for work in running)
    last = max(
        known.work, key=lambda work: (work.ends_on or date.max, work.starts_on), default=None
    )
    return administers_country(viewer) or (last is not None and administers(viewer, last.path))


def _changes(listed: Listed, known: Known) -> dict[str, list[str | None]]:
    """Return what the row says otherwise than the register."""
    name, latin = listed.name, listed.name_latin
    if name and not latin and _is_latin(name) != _is_latin(known.name):
        # A list in one script must not take the name in the other one away.
        name, latin = ("", name) if _is_latin(name) else (name, known.name_latin or known.name)
    said = {
        "name": name,
        "name_latin": latin,
        "language": listed.language,
        "rank": listed.rank,
        "sex": listed.sex,
    }
    return {
        field_name: [getattr(known, field_name), value]
        for field_name, value in said.items()
        # BEN SALAH and Ben Salah are one name: lists in capitals say nothing new.
        if value and value.casefold() != (getattr(known, field_name) or "").casefold()
    }


def _is_latin(name: str) -> bool:
    return all(script_of(char) == LATIN for char in name if char.isalpha())


def _move(
    listed: Listed, known: Known, place: Place | None, viewer: Viewer, today: date
) -> tuple[Move | Message | None, dict[str, list[str | None]]]:
    """Return the change of place or function that a row asks for, and how it is told."""
    here = [work for work in known.work if work.runs_on(today) and administers(viewer, work.path)]
    if place is None and (not listed.function or not here):
        return None, {}
    now = here[0] if here else None
    wanted_unit = place.id if place else here[0].unit_id
    for work in here:
        same_function = listed.function in {"", _shown(work, viewer)}
        if work.unit_id == wanted_unit and same_function:
            return None, {}
    later = next((work for work in known.work if work.starts_on > today), None)
    if later is not None:
        said = msg("A change of place on %(day)s is noted already. Change it on the person's page.")
        return Message(said, {"day": later.starts_on.isoformat()}), {}
    shown = _shown(now, viewer) if now else None
    # Whoever may not know the function cannot change it by repeating what they see.
    keeps = now is not None and listed.function in {"", shown}
    function = now.function if now and keeps else listed.function or _FIRST_FUNCTION
    told: dict[str, list[str | None]] = {}
    if place and (now is None or now.unit_id != place.id):
        told["unit"] = [now.unit_code if now else None, place.code]
    if not keeps:
        told["function"] = [shown, function]
    return Move(wanted_unit, function, tuple(here)), told


def _shown(work: Work, viewer: Viewer) -> str:
    return work.function if may_know_function(viewer, work.function, work.path) else SHOWN_INSTEAD

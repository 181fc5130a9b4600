"""Answers are stored, each once, whatever page and line they came by."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from lms.assessment import queries, rules
from lms.assessment.codes import Codes, Fields
from lms.assessment.models import Answer, Attempt
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow, Base

MOST_ANSWERS = 4000
_ATTEMPTS, _ANSWERS = (Base.metadata.tables[name] for name in ("attempt", "answer"))
_NEXT_VERSION = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt_id"))
    .values(version=_ATTEMPTS.c.version + 1)
    .returning(_ATTEMPTS.c.version)
)
_INSERT = insert(_ANSWERS)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an answer: the attempt's version, and whether the person must choose."""

    version: int
    stale: bool = False
    late: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """How an answer, or a page of answers, came to the server.

    page          the random id of the page that the browser had loaded.
    version_seen  the version of the attempt that this page had seen.
    language      in which the question was shown.
    carrier       ``script``, ``outbox`` (kept in the browser until there was a line again) or
                  ``page`` (a form, sent without scripts).
    n             the page's own count of answers; the same page and count are the same answer.
    claimed_at    when it was given as the browser says, None where it does not say.
    """

    page: str
    version_seen: int
    language: str
    carrier: str = "page"
    n: int = 0
    claimed_at: datetime | None = None


def store_answer(
    session: Session,
    viewer: Viewer,
    attempt_id: UUID,
    item: str,
    fields: Fields,
    sending: Sending,
    *,
    now: datetime,
) -> Stored:
    """Keep what was answered to one item. The same answer again changes nothing.

    raises  NotFound when this person has no such attempt or the test no such item.

    Whatever can be kept is kept: an incomplete answer, one that another page contradicts (stale),
    one that came after the end (late).
    """
    place = queries.locked_place(session, viewer, attempt_id, item)
    said = queries.said_to(session, attempt_id, item, sending.page, sending.n)
    same = (sending.page, sending.n)
    before = next((each for each in said if (each.page, each.n) == same), None)
    if before is not None:
        return Stored(place.version, before.stale, before.late, repeated=True)
    choice = Codes(place.secret, item, place.kind, place.key).choice(fields)
    earlier = [(each.item_id, each.page, each.version) for each in said if not each.stale]
    return _append(session, viewer, place, item, choice, earlier, sending, now=now)


def store_page(
    session: Session,
    viewer: Viewer,
    attempt_id: UUID,
    sent: dict[str, Fields],
    sending: Sending,
    *,
    whole: bool,
    now: datetime,
) -> str | None:
    """Keep every answer of a page that was sent without scripts.

    sent     item -> what its fields held.
    sending  how the page came; its answers are counted here, on from those it sent before.
    whole    the page arrived to its last field: an item that it does not name has no answer.
    returns  the item that was answered last, of those that change now the last one of the form;
             None before the first answer.

    An item whose answer is what the server already holds from this page's view is passed over, so
    sending the page again, or after going back, stores only what is new.
    """
    attempt = queries.locked(session, viewer, attempt_id)
    said = queries.answers(session, attempt_id)
    if attempt.state != "open":
        raise Refused(Message(msg("This test is handed in. Its answers can no longer change.")))
    held = rules.current(said)
    n = max(_numbers(session, attempt_id, sending.page), default=0)
    last = said[-1].item if said else None
    for form_item in queries.form_items(session, attempt.form_id):
        if form_item.id not in sent and not whole:
            continue
        codes = Codes(attempt.secret, form_item.id, form_item.kind, form_item.key)
        choice = codes.choice(sent.get(form_item.id, {}))
        own = [each for each in said if each.item == form_item.id and each.page == sending.page]
        known = own[-1] if own else _as_seen(said, form_item.id, sending.version_seen)
        if choice == (known.choice if known else None):
            continue
        counted = held.get(form_item.id)
        if counted and counted.said and counted.said.choice == choice and not counted.others:
            continue
        n += 1
        last = form_item.id
        earlier = [(each.item, each.page, each.version) for each in said if not each.stale]
        numbered = replace(sending, n=n)
        _append(session, viewer, attempt, form_item.id, choice, earlier, numbered, now=now)
    return last


def settle(
    session: Session, viewer: Viewer, attempt_id: UUID, answer_id: UUID, *, now: datetime
) -> None:
    """Let an answer that was given count, whatever other pages said: the person has chosen.

    It is stored under a page of its own: a number of the page on the screen may already belong to
    an answer that is still waiting for the line.
    raises NotFound when the attempt is not this person's or has no such answer.
    """
    attempt = queries.locked(session, viewer, attempt_id)
    chosen = session.get(Answer, answer_id)
    if chosen is None or chosen.attempt_id != attempt.id or attempt.state != "open":
        raise NotFound
    sending = Sending(secrets.token_hex(8), attempt.version, chosen.language, n=1)
    _append(session, viewer, attempt, chosen.item_id, chosen.choice, (), sending, now=now)


def _append(
    session: Session,
    viewer: Viewer,
    attempt: Attempt | AnyRow,
    item: str,
    choice: Json,
    earlier: Iterable[tuple[str, str, int]],
    sending: Sending,
    *,
    now: datetime,
) -> Stored:
    """Add one answer to an attempt that is locked; ``earlier`` as ``rules.is_stale`` wants it."""
    if attempt.version >= MOST_ANSWERS:
        raise Refused(Message(msg("This test holds too many answers. Hand it in as it is.")))
    stale = rules.is_stale(item, sending.page, sending.version_seen, earlier)
    # After the end of the time the claim decides first: who wrote in time is told apart.
    late = rules.lateness(attempt.closes_at, sending.claimed_at, now)
    late = late or ("late" if attempt.state != "open" else None)
    # Plain statements: every answer of a country comes this way, and an object for each costs
    # a quarter of the time.
    version: int = session.execute(_NEXT_VERSION, {"attempt_id": attempt.id}).scalar_one()
    session.execute(
        _INSERT,
        {
            "id": new_ordered_id(),
            "attempt_id": attempt.id,
            "page": sending.page,
            "n": sending.n,
            "item_id": item,
            "choice": choice,
            "language": sending.language,
            "version_seen": sending.version_seen,
            "version": version,
            "stale": stale,
            "late": late,
            "claimed_at": sending.claimed_at,
            "stored_at": now,
            "carrier": sending.carrier,
            "entered_by": None if viewer.person_id == attempt.person_id else viewer.person_id,
        },
    )
    return Stored(version, stale, late)


def _as_seen(said: list[rules.Said], item: str, version: int) -> rules.Said | None:
    seen = [each for each in said if each.version <= version]
    found = rules.current(seen).get(item)
    return found.said if found else None


def _numbers(session: Session, attempt_id: UUID, page: str) -> list[int]:
    return list(
        session.scalars(
            select(Answer.n).where(Answer.attempt_id == attempt_id, Answer.page == page)
        )
    )

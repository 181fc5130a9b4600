"""What an administrator changes about a person: details, where they work, leaving, deletion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts import queries, rules, scope
from lms.accounts.models import (
    Credential,
    Grant,
    HeldForm,
    Identity,
    Person,
    Posting,
    RequestKey,
    SecondFactor,
)
from lms.audit import actions as audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.names import PersonName
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Details:
    """What the register says of a person besides the number."""

    name: PersonName
    name_latin: PersonName | None
    language: str
    rank_group: str | None
    sex: str | None


def acted_on(session: Session, viewer: Viewer, person_id: UUID, *, now: datetime) -> Person:
    """Return a person who works at present where the viewer administers, locked.

    raises NotFound for anybody else.
    """
    today = installation.day_of(session, now)
    found = session.scalar(
        select(Person)
        .where(Person.id == person_id, scope.works_below(viewer, "administrator", today))
        .with_for_update(of=Person)
    )
    if found is None:
        raise NotFound
    return found


def change_details(
    session: Session, viewer: Viewer, person_id: UUID, new: Details, *, now: datetime
) -> None:
    """Correct what the register says. A changed name must be confirmed by its owner once more.

    Certificates that were given keep the name that was printed.
    """
    person = acted_on(session, viewer, person_id, now=now)
    identity = session.get(Identity, person_id, with_for_update=True)
    if identity is None:
        raise NotFound
    names = (new.name.text, new.name_latin.text if new.name_latin else None)
    changed = []
    if names != (identity.name, identity.name_latin):
        identity.name, identity.name_latin = names
        identity.names_confirmed_at = None
        identity.search = rules.searchable(identity.service_number, *names)
        changed.append("name")
    for field, row in (("language", identity), ("rank_group", person), ("sex", person)):
        if getattr(row, field) != getattr(new, field):
            setattr(row, field, getattr(new, field))
            changed.append(field)
    if changed:
        session.flush()
        audit.append(
            session,
            rules.actor_id(viewer),
            "person.changed",
            str(person_id),
            {"fields": changed},
            now=now,
        )


def transfer(
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    unit_code: str,
    function: str,
    starts_on: date,
    *,
    now: datetime,
) -> UUID:
    """Let a person work at another unit, or in another function, from a day on; return the posting.

    Nothing moves: a posting is added and the running ones end on the day before. What was learned
    stays with the person. Saying it twice changes nothing.
    raises  NotFound where the viewer administers only one of the two places; Refused for a day
            before the running posting began.
    """
    acted_on(session, viewer, person_id, now=now)
    if function not in rules.FUNCTIONS:
        raise Refused(Message(msg("Choose a function from P1 to P7.")))
    unit = queries.unit_by_code(session, viewer, unit_code)
    running = _running(session, person_id, starts_on)
    for each in running:
        if each.unit_id == unit.id and each.function == function and _goes_on(each, starts_on):
            return each.id
    _end_before(running, starts_on)
    posting = Posting(
        id=new_ordered_id(),
        person_id=person_id,
        unit_id=unit.id,
        function=function,
        starts_on=starts_on,
        ends_on=None,
    )
    session.add(posting)
    session.flush()
    audit.append(
        session,
        rules.actor_id(viewer),
        "person.transferred",
        str(person_id),
        {"unit": str(unit.id), "from": starts_on.isoformat()},
        now=now,
    )
    return posting.id


def _running(session: Session, person_id: UUID, day: date) -> list[Posting]:
    """Return the postings of a person that have not ended before ``day``, oldest first."""
    return list(
        session.scalars(
            select(Posting)
            .where(
                Posting.person_id == person_id,
                or_(Posting.ends_on.is_(None), Posting.ends_on >= day),
            )
            .order_by(Posting.starts_on)
        )
    )


def _goes_on(posting: Posting, day: date) -> bool:
    """Return whether a posting runs on ``day`` and has no end."""
    return posting.ends_on is None and posting.starts_on <= day


def _end_before(postings: Iterable[Posting], day: date) -> None:
    """Let postings end on the day before ``day``; refuse where one has not begun by then."""
    for each in postings:
        if each.starts_on >= day:
            raise Refused(
                Message(
                    msg(
                        "On %(day)s this person began where they work now. Choose a later day for "
                        "the change."
                    ),
                    {"day": each.starts_on.isoformat()},
                )
            )
        each.ends_on = day - timedelta(days=1)


def end_postings(
    session: Session, viewer: Viewer, person_id: UUID, last_day: date, *, now: datetime
) -> None:
    """Note that somebody leaves the service; they stay a person with all that they learned."""
    acted_on(session, viewer, person_id, now=now)
    ended = session.scalars(
        update(Posting)
        .where(
            Posting.person_id == person_id,
            Posting.starts_on <= last_day,
            or_(Posting.ends_on.is_(None), Posting.ends_on > last_day),
        )
        .values(ends_on=last_day)
        .returning(Posting.id)
    ).all()
    if ended:
        audit.append(
            session,
            rules.actor_id(viewer),
            "person.left",
            str(person_id),
            {"last": last_day.isoformat()},
            now=now,
        )


def sign_out_everywhere(
    session: Session, viewer: Viewer, person_id: UUID, *, now: datetime
) -> None:
    """End every session of a person; they sign in again with what they know."""
    acted_on(session, viewer, person_id, now=now)
    accounts.end_sessions(session, person_id, because="sign-out", now=now)
    audit.append(session, rules.actor_id(viewer), "person.signed-out", str(person_id), now=now)


def forget_identity(session: Session, viewer: Viewer, person_id: UUID, *, now: datetime) -> None:
    """Delete who a person is; what they learned and hold stays, so that every count stays true.

    Names, number, password, codes, held forms and roles go; nobody can undo it. The feature above
    deletes the names on certificates.
    raises  NotFound for somebody of somewhere else, Refused for roles that the viewer could not
            give, and for oneself.
    """
    person = acted_on(session, viewer, person_id, now=now)
    today = installation.day_of(session, now)
    held = queries.roles_on(session, person_id, today)
    if not rules.may_reset(viewer, person_id, held):
        raise Refused(
            Message(
                msg(
                    "This person holds roles that you cannot give. Ask an administrator who "
                    "stands above both of you."
                )
            )
        )
    if person.status == "anonymised":
        return
    person.status = "anonymised"
    accounts.end_sessions(session, person_id, because="disabled", now=now)
    for table in (HeldForm, RequestKey, SecondFactor, Credential, Identity):
        session.execute(delete(table).where(table.person_id == person_id))
    yesterday = today - timedelta(days=1)
    session.execute(
        update(Grant)
        .where(
            Grant.person_id == person_id,
            or_(Grant.ends_on.is_(None), Grant.ends_on > yesterday),
        )
        .values(ends_on=yesterday)
    )
    session.flush()
    audit.append(session, rules.actor_id(viewer), "person.anonymised", str(person_id), now=now)

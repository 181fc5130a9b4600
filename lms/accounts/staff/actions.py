"""What an administrator changes about people and places. Nothing is deleted; all is audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

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
    Unit,
    UnitName,
)
from lms.accounts.staff import queries as staff
from lms.audit import actions as audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
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


def acted_on(session: Session, viewer: Viewer, person_id: UUID, *, today: date) -> Person:
    """Return a person who works today where the viewer administers, locked.

    raises NotFound for anybody else.
    """
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
    person = acted_on(session, viewer, person_id, today=now.date())
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
            session, rules.actor_id(viewer), "person.changed", str(person_id),
            {"fields": changed}, now=now,
        )  # fmt: skip


def transfer(
    session: Session, viewer: Viewer, person_id: UUID, unit_code: str, function: str,
    starts_on: date, *, now: datetime,
) -> UUID:  # fmt: skip
    """Let a person work at another unit, or in another function, from a day on; return the posting.

    Nothing moves: a posting is added and the running ones end on the day before. What was learned
    stays with the person. Saying it twice changes nothing.
    raises  NotFound where the viewer administers only one of the two places; Refused for a day
            before the running posting began.
    """
    acted_on(session, viewer, person_id, today=now.date())
    if function not in rules.FUNCTIONS:
        raise Refused(Message(msg("Choose a function from P1 to P7.")))
    unit = queries.unit_by_code(session, viewer, unit_code)
    running = list(
        session.scalars(
            select(Posting)
            .where(
                Posting.person_id == person_id,
                or_(Posting.ends_on.is_(None), Posting.ends_on >= starts_on),
            )
            .order_by(Posting.starts_on)
        )
    )
    same = next(
        (
            each for each in running
            if (each.unit_id, each.function) == (unit.id, function) and each.ends_on is None
            and each.starts_on <= starts_on
        ),
        None,
    )  # fmt: skip
    if same is not None:
        return same.id
    for each in running:
        if each.starts_on >= starts_on:
            raise Refused(
                Message(
                    msg(
                        "On %(day)s this person began where they work now. Choose a later day for "
                        "the change."
                    ),
                    {"day": each.starts_on.isoformat()},
                )
            )
        each.ends_on = starts_on - timedelta(days=1)
    posting = Posting(
        id=new_ordered_id(), person_id=person_id, unit_id=unit.id, function=function,
        starts_on=starts_on, ends_on=None,
    )  # fmt: skip
    session.add(posting)
    session.flush()
    audit.append(
        session, rules.actor_id(viewer), "person.transferred", str(person_id),
        {"unit": str(unit.id), "from": starts_on.isoformat()}, now=now,
    )  # fmt: skip
    return posting.id


def end_postings(
    session: Session, viewer: Viewer, person_id: UUID, last_day: date, *, now: datetime
) -> None:
    """Note that somebody leaves the service; they stay a person with all that they learned."""
    acted_on(session, viewer, person_id, today=now.date())
    ended = session.scalars(
        update(Posting)
        .where(
            Posting.person_id == person_id, Posting.starts_on <= last_day,
            or_(Posting.ends_on.is_(None), Posting.ends_on > last_day),
        )
        .values(ends_on=last_day)
        .returning(Posting.id)
    ).all()  # fmt: skip
    if ended:
        audit.append(
            session, rules.actor_id(viewer), "person.left", str(person_id),
            {"last": last_day.isoformat()}, now=now,
        )  # fmt: skip


def sign_out_everywhere(
    session: Session, viewer: Viewer, person_id: UUID, *, now: datetime
) -> None:
    """End every session of a person; they sign in again with what they know."""
    acted_on(session, viewer, person_id, today=now.date())
    accounts.end_sessions(session, person_id, because="sign-out", now=now)
    audit.append(
        session, rules.actor_id(viewer), "person.signed-out", str(person_id), now=now
    )  # fmt: skip


def forget_identity(session: Session, viewer: Viewer, person_id: UUID, *, now: datetime) -> None:
    """Delete who a person is; what they learned and hold stays, so that every count stays true.

    Names, number, password, codes, held forms and roles go; nobody can undo it. The feature above
    deletes the names on certificates.
    raises  NotFound for somebody of somewhere else, Refused for roles that the viewer could not
            give, and for oneself.
    """
    person = acted_on(session, viewer, person_id, today=now.date())
    held = queries.roles_on(session, person_id, now.date())
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
    yesterday = now.date() - timedelta(days=1)
    session.execute(
        update(Grant)
        .where(
            Grant.person_id == person_id,
            or_(Grant.ends_on.is_(None), Grant.ends_on > yesterday),
        )
        .values(ends_on=yesterday)
    )
    session.flush()
    audit.append(
        session, rules.actor_id(viewer), "person.anonymised", str(person_id), now=now
    )  # fmt: skip


# ---- Places -------------------------------------------------------------------------------------


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
    yesterday = now.date() - timedelta(days=1)
    already = session.scalar(
        select(UnitName.id).where(UnitName.unit_id == unit_id, UnitName.until_on == yesterday)
    )
    if already is None:  # a second change on the same day corrects the first
        session.add(
            UnitName(
                id=new_ordered_id(), unit_id=unit_id, code=unit.code, names=dict(unit.names),
                until_on=yesterday,
            )
        )  # fmt: skip
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
    _require_empty(session, unit, today=now.date())
    unit.closed_on = now.date()
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
    today, tomorrow = now.date(), now.date() + timedelta(days=1)
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
                id=new_ordered_id(), person_id=posting.person_id, unit_id=into.id,
                function=posting.function, starts_on=begins, ends_on=posting.ends_on,
            )
        )  # fmt: skip
        if posting.starts_on > today:
            session.delete(posting)  # it never began here
        else:
            posting.ends_on = today
    unit.closed_on, unit.merged_into_id = today, into.id
    session.flush()
    audit.append(
        session, rules.actor_id(viewer), "unit.merged", str(unit_id),
        {"into": str(into.id), "people": len(moving)}, now=now,
    )  # fmt: skip
    return len(moving)


def _require_empty(session: Session, unit: Unit, *, today: date) -> None:
    _require_no_units_below(session, unit)
    working = session.scalar(
        select(Posting.id)
        .where(
            Posting.unit_id == unit.id, or_(Posting.ends_on.is_(None), Posting.ends_on > today)
        )
        .limit(1)
    )  # fmt: skip
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
        select(Unit.id)
        .where(Unit.parent_id == unit.id, Unit.closed_on.is_(None))
        .limit(1)
    )  # fmt: skip
    if below is not None:
        raise Refused(
            Message(msg("There are open places below this one. Close or merge those first."))
        )

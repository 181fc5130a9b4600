"""Who works where and may do what: adding people and units, codes, roles. Actions, all audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from lms.accounts import actions, queries, rules
from lms.accounts.models import (
    Credential,
    Grant,
    HeldForm,
    Identity,
    Person,
    Posting,
    SecondFactor,
    Unit,
)
from lms.audit import actions as audit
from lms.installation import LANGUAGES
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id, new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, PersonName
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES, Role, Viewer

PLACE_OF_A_ROLE = msg("Name a unit for a role at a unit, or a course for a role at a course.")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to add below ``parent`` (a code), or the country itself without one."""

    kind: str
    code: str
    names: Mapping[str, str]
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add, and where they work from today on."""

    service_number: str
    name: PersonName
    unit_code: str
    name_latin: PersonName | None = None
    language: str = "en"
    function: str = "P1"
    rank_group: str | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role at a unit (its code) or at a course (its id), from a day, to a day or for good."""

    role: str
    starts_on: date
    ends_on: date | None = None
    unit_code: str | None = None
    course_id: str | None = None


def latin(name: str | None) -> PersonName | None:
    """Return the name in Latin letters, None where none is given."""
    return PersonName.of(name, {LATIN}) if name else None


def add_unit(session: Session, viewer: Viewer, new: NewUnit, *, now: datetime) -> Unit:
    """Add a unit below one that the viewer administers; the country only by the server itself.

    Each kind stands below the next larger one: country, region, facility, section.
    raises  NotFound for a parent that the viewer does not administer, Refused where the code is
            taken or the kind does not fit, LineRefusedError for a code or name that is no line.
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
    beginning = parent.path if parent else "/"
    number = (session.scalar(select(func.count()).select_from(Unit)) or 0) + 1
    # Units are closed, not deleted, so that counting gives a new number; but a list of places that
    # is undone takes away those that nothing has happened to.
    while session.scalar(select(Unit.id).where(Unit.path == f"{beginning}{number}/")) is not None:
        number += 1
    unit = Unit(
        id=new_ordered_id(),
        parent_id=parent.id if parent else None,
        kind=new.kind,
        code=code,
        names=names,
        path=f"{beginning}{number}/",
        closed_on=None,
    )
    session.add(unit)
    session.flush()
    facts = {"kind": new.kind, "path": unit.path}
    audit.append(session, rules.actor_id(viewer), "unit.added", str(unit.id), facts, now=now)
    return unit


def add_person(
    session: Session, viewer: Viewer, new: NewPerson, code_hash: str, *, now: datetime
) -> UUID:
    """Add a person who works from today on at a unit that the viewer administers; return the id.

    code_hash  of the one-time code for the first sign-in; it lives 90 days.
    raises     NotFound for a unit of somewhere else, Refused where the number is taken or a
               value is none of ours, LineRefusedError for a number that is no line.
    """
    unit = queries.unit_by_code(session, viewer, new.unit_code)
    number, folded = _numbers_of_acceptable(session, new)
    person_id = new_id()
    session.add(
        Person(
            id=person_id, status="active", rank_group=new.rank_group, sex=new.sex, extra_time=0,
            made_at=now,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Identity(
            person_id=person_id, service_number=number,
            service_number_folded=folded, name=new.name.text,
            name_latin=new.name_latin.text if new.name_latin else None, language=new.language,
            names_confirmed_at=None,
            search=rules.searchable(
                new.service_number,
                new.name.text,
                new.name_latin.text if new.name_latin else None,
            ),
        )
    )  # fmt: skip
    session.add(
        Credential(
            person_id=person_id, password_hash=None, code_hash=code_hash,
            code_until=now + rules.FIRST_CODE_LIVES, spare_code_hash=None, changed_at=now,
        )
    )  # fmt: skip
    session.add(
        Posting(
            id=new_ordered_id(), person_id=person_id, unit_id=unit.id, function=new.function,
            starts_on=now.date(), ends_on=None,
        )
    )  # fmt: skip
    session.flush()
    facts = {"unit": str(unit.id), "function": new.function}
    audit.append(session, rules.actor_id(viewer), "person.added", str(person_id), facts, now=now)
    return person_id


def _numbers_of_acceptable(session: Session, new: NewPerson) -> tuple[str, str]:
    """Return a new person's service number as it is shown and as it is compared.

    raises  as ``add_person`` does, for any value that is none of ours.
    """
    folded = rules.folded_service_number(new.service_number)
    short = len(new.service_number) <= rules.LONGEST_NUMBER
    _require(folded != "" and short, msg("Write a service number of at most 60 characters."))
    number = Line.of(new.service_number).text
    _require(new.language in LANGUAGES, msg("Choose one of the languages of this server."))
    _require(new.function in rules.FUNCTIONS, msg("Choose a function from P1 to P7."))
    taken = select(Identity.person_id).where(Identity.service_number_folded == folded)
    if session.scalar(taken) is not None:
        raise Refused(
            Message(
                msg("Somebody has the service number %(number)s already."),
                {"number": new.service_number},
            )
        )
    return number, folded


def _require(fits: bool, otherwise: str) -> None:
    """Refuse with the sentence ``otherwise`` what does not fit."""
    if not fits:
        raise Refused(Message(otherwise))


def reset_code(
    session: Session, viewer: Viewer, service_number: str, code_hash: str, *, now: datetime
) -> UUID:
    """Let a one-time code (72 hours) stand in the place of password, spare code and second proof.

    Every session of the person ends at once, and what was held for them is dropped.
    raises  NotFound for somebody of somewhere else, Refused for somebody who holds roles that the
            viewer could not give.
    """
    person_id = _theirs(session, viewer, service_number, now)
    credential = session.get(Credential, person_id, with_for_update=True)
    if credential is None:
        credential = Credential(person_id=person_id)
        session.add(credential)
    credential.password_hash = credential.spare_code_hash = None
    credential.code_hash, credential.code_until = code_hash, now + rules.RESET_CODE_LIVES
    credential.changed_at = now
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    _shut_out(session, person_id, because="reset", now=now)
    audit.append(session, rules.actor_id(viewer), "person.reset", str(person_id), now=now)
    return person_id


def disable(session: Session, viewer: Viewer, service_number: str, *, now: datetime) -> None:
    """Let somebody not sign in any more; their sessions end at once. Twice changes nothing."""
    _set_status(session, viewer, service_number, ("active", "disabled"), now)


def enable(session: Session, viewer: Viewer, service_number: str, *, now: datetime) -> None:
    """Let somebody sign in again with what they knew. Twice changes nothing."""
    _set_status(session, viewer, service_number, ("disabled", "active"), now)


def give_extra_time(
    session: Session, viewer: Viewer, service_number: str, percent: int, *, now: datetime
) -> None:
    """Let somebody have ``percent`` (0 to 200) more time in every test that has a limit.

    Nobody is asked for reasons, so none are stored.
    raises  NotFound for somebody of somewhere else, Refused for another number.
    """
    _require(0 <= percent <= rules.MOST_EXTRA_TIME, msg("Extra time is from 0 to 200 percent."))
    folded = rules.folded_service_number(service_number)
    person_id = queries.person_by_number(session, viewer, folded, today=now.date()).id
    session.execute(update(Person).where(Person.id == person_id).values(extra_time=percent))
    facts = {"percent": percent}
    audit.append(
        session, rules.actor_id(viewer), "person.extra-time", str(person_id), facts, now=now
    )


def _set_status(
    session: Session, viewer: Viewer, service_number: str, change: tuple[str, str], now: datetime
) -> None:
    before, after = change
    person_id = _theirs(session, viewer, service_number, now)
    changed = session.scalar(
        update(Person).where(Person.id == person_id, Person.status == before)
        .values(status=after).returning(Person.id)
    )  # fmt: skip
    if changed is None:
        return
    if after == "disabled":
        _shut_out(session, person_id, because="disabled", now=now)
    audit.append(session, rules.actor_id(viewer), f"person.{after}", str(person_id), now=now)


def _theirs(session: Session, viewer: Viewer, service_number: str, now: datetime) -> UUID:
    """Return whom the viewer may shut out or let in."""
    folded = rules.folded_service_number(service_number)
    person_id: UUID = queries.person_by_number(session, viewer, folded, today=now.date()).id
    roles = queries.roles_on(session, person_id, now.date())
    if not rules.may_reset(viewer, person_id, roles):
        raise Refused(
            Message(
                msg(
                    "This person holds roles that you cannot give. Ask an administrator who "
                    "stands above both of you."
                )
            )
        )
    return person_id


def _shut_out(session: Session, person_id: UUID, *, because: str, now: datetime) -> None:
    actions.end_sessions(session, person_id, because=because, now=now)
    session.execute(delete(HeldForm).where(HeldForm.person_id == person_id))


def give_role(
    session: Session, viewer: Viewer, service_number: str, new: NewRole, *, now: datetime
) -> UUID:
    """Give a person a role; return the grant's id.

    A role that they hold already stays one row, with the last day that is asked for now.


    A role at a unit is given by administrators of that unit or above it, a role at a course by
    those of the country; nobody gives anything to themselves.
    raises  NotFound for a person or unit of somewhere else, Refused for what the viewer may not
            give and for a role that needs an end and has none.
    """
    folded = rules.folded_service_number(service_number)
    person_id = queries.person_by_number(session, viewer, folded, today=now.date()).id
    unit = queries.unit_by_code(session, viewer, new.unit_code) if new.unit_code else None
    if unit is not None and new.course_id is None:
        _require(new.role in UNIT_ROLES, PLACE_OF_A_ROLE)
        may = rules.may_give_at_unit(viewer, person_id, new.role, unit.path)
    else:
        fits = unit is None and bool(new.course_id) and new.role in COURSE_ROLES
        _require(fits, PLACE_OF_A_ROLE)
        may = rules.may_give_at_course(viewer, person_id, new.role)
    if not may:
        raise Refused(Message(msg("You cannot give this role. Ask an administrator above you.")))
    if rules.lacks_end(new.role, new.ends_on):
        raise Refused(Message(msg("This role reads what is confidential, so it needs a last day.")))
    if new.ends_on is not None and new.ends_on < max(new.starts_on, now.date()):
        raise Refused(Message(msg("The last day lies before the first. Change one of them.")))
    # Locked, since a unique constraint does not see two rows without a course as equal.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    held = session.scalar(
        select(Grant).where(
            Grant.person_id == person_id,
            Grant.role == new.role,
            Grant.unit_id == (unit.id if unit else None),
            Grant.course_id == new.course_id,
            Grant.starts_on <= new.starts_on,
            or_(Grant.ends_on.is_(None), Grant.ends_on >= new.starts_on),
        )
    )
    if held is not None and held.ends_on == new.ends_on:
        return held.id
    if held is None:
        held = Grant(
            id=new_ordered_id(), person_id=person_id, role=new.role,
            unit_id=unit.id if unit else None, course_id=new.course_id,
            starts_on=new.starts_on, ends_on=new.ends_on, given_by=rules.actor_id(viewer),
        )  # fmt: skip
        session.add(held)
    held.ends_on = new.ends_on
    session.flush()
    facts = {
        "person": str(person_id), "role": new.role, "unit": str(unit.id) if unit else None,
        "course": new.course_id, "until": new.ends_on.isoformat() if new.ends_on else None,
    }  # fmt: skip
    audit.append(session, rules.actor_id(viewer), "grant.given", str(held.id), facts, now=now)
    return held.id


def become_author(session: Session, viewer: Viewer, course_id: str, *, now: datetime) -> Viewer:
    """Make somebody the author of a course that they begin; return the viewer with that role.

    The one role that nobody else gives: the course is not there yet, so there is nothing to guard.
    The caller has made sure that the id is new and that the viewer may begin courses.
    """
    grant = Grant(
        id=new_ordered_id(), person_id=viewer.person_id, role="author", unit_id=None,
        course_id=course_id, starts_on=now.date(), ends_on=None, given_by=viewer.person_id,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    facts = {"person": str(viewer.person_id), "role": "author", "course": course_id}
    audit.append(session, rules.actor_id(viewer), "grant.given", str(grant.id), facts, now=now)
    return replace(viewer, roles=(*viewer.roles, Role("author", None, course_id)))


def end_role(session: Session, viewer: Viewer, grant_id: UUID, *, now: datetime) -> None:
    """Take a role away from today on: it counts for nothing at the next request.

    raises  NotFound for a grant that the viewer could not give. Twice changes nothing.
    """
    found = session.execute(
        select(Grant, Unit.path)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Grant.id == grant_id)
        .with_for_update(of=Grant)
    ).one_or_none()
    if found is None or not rules.may_end(viewer, found[0].person_id, found[0].role, found[1]):
        raise NotFound
    grant = found[0]
    yesterday = now.date() - timedelta(days=1)
    if grant.ends_on is not None and grant.ends_on <= yesterday:
        return
    grant.ends_on = yesterday
    facts = {"person": str(grant.person_id), "role": grant.role}
    audit.append(session, rules.actor_id(viewer), "grant.ended", str(grant.id), facts, now=now)

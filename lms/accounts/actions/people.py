"""People: adding one, giving back a lost way in, shutting out and letting in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions, queries, rules
from lms.accounts.models import (
    Credential,
    HeldForm,
    Identity,
    Person,
    Posting,
    SecondFactor,
)
from lms.audit import actions as audit
from lms.installation import LANGUAGES
from lms.kernel.errors import Refused
from lms.kernel.ids import new_id, new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, PersonName
from lms.kernel.viewer import Viewer


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


def latin(name: str | None) -> PersonName | None:
    """Return what was typed as a name in Latin letters, None where nothing was typed.

    raises  NameRefusedError for other letters.
    """
    return PersonName.of(name, {LATIN}) if name else None


def add_person(
    session: Session, viewer: Viewer, new: NewPerson, code_hash: str, *, now: datetime
) -> UUID:
    """Add a person who works from today on at a unit that the viewer administers; return the id.

    code_hash  of the one-time code for the first sign-in, which is good for 90 days.
    raises     NotFound for a unit that the viewer does not administer; Refused where the number
               is taken, or the language or function is unknown; LineRefusedError for a number
               that does not stand on one line.
    """
    unit = queries.unit_by_code(session, viewer, new.unit_code)
    number, folded = _checked_number(session, new)
    name, name_latin = new.name.text, new.name_latin.text if new.name_latin else None
    person_id = new_id()
    person = Person(
        id=person_id,
        status="active",
        rank_group=new.rank_group,
        sex=new.sex,
        extra_time=0,
        made_at=now,
    )
    session.add(person)
    session.flush()  # the rows that follow refer to it
    identity = Identity(
        person_id=person_id,
        service_number=number,
        service_number_folded=folded,
        name=name,
        name_latin=name_latin,
        language=new.language,
        search=rules.searchable(new.service_number, name, name_latin),
    )
    credential = Credential(
        person_id=person_id,
        code_hash=code_hash,
        code_until=now + rules.FIRST_CODE_LIVES,
        changed_at=now,
    )
    posting = Posting(
        id=new_ordered_id(),
        person_id=person_id,
        unit_id=unit.id,
        function=new.function,
        starts_on=installation.day_of(session, now),
    )
    session.add_all([identity, credential, posting])
    session.flush()
    facts = {"unit": str(unit.id), "function": new.function}
    audit.append(session, rules.actor_id(viewer), "person.added", str(person_id), facts, now=now)
    return person_id


def _checked_number(session: Session, new: NewPerson) -> tuple[str, str]:
    """Return a new person's service number twice: as it is shown, and folded for comparing.

    raises  what ``add_person`` raises, for any field of ``new`` that cannot be stored.
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
    """Replace a person's password, spare code and second factor by a one-time code for 72 hours.

    Every session of the person ends at once, and forms that were held for them are deleted.
    code_hash  of the one-time code; the caller shows the code itself to whoever asked.
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
    """Forbid a person to sign in; their sessions end at once. Doing it twice changes nothing."""
    _set_status(session, viewer, service_number, ("active", "disabled"), now)


def enable(session: Session, viewer: Viewer, service_number: str, *, now: datetime) -> None:
    """Allow a disabled person to sign in again, with the password that they had.

    Doing it twice changes nothing.
    """
    _set_status(session, viewer, service_number, ("disabled", "active"), now)


def give_extra_time(
    session: Session, viewer: Viewer, service_number: str, percent: int, *, now: datetime
) -> None:
    """Give a person ``percent`` (0 to 200) more time in every test that has a time limit.

    Nobody is asked for reasons, so none are stored.
    raises  NotFound for somebody of somewhere else, Refused for another number.
    """
    _require(0 <= percent <= rules.MOST_EXTRA_TIME, msg("Extra time is from 0 to 200 percent."))
    folded = rules.folded_service_number(service_number)
    today = installation.day_of(session, now)
    person_id = queries.person_by_number(session, viewer, folded, today=today).id
    session.execute(update(Person).where(Person.id == person_id).values(extra_time=percent))
    facts = {"percent": percent}
    audit.append(
        session, rules.actor_id(viewer), "person.extra-time", str(person_id), facts, now=now
    )


def _set_status(
    session: Session, viewer: Viewer, service_number: str, change: tuple[str, str], now: datetime
) -> None:
    """Change a person's status, if it is the first of ``change``, to the second."""
    before, after = change
    person_id = _theirs(session, viewer, service_number, now)
    changed = session.scalar(
        update(Person)
        .where(Person.id == person_id, Person.status == before)
        .values(status=after)
        .returning(Person.id)
    )
    if changed is None:
        return
    if after == "disabled":
        _shut_out(session, person_id, because="disabled", now=now)
    audit.append(session, rules.actor_id(viewer), f"person.{after}", str(person_id), now=now)


def _theirs(session: Session, viewer: Viewer, service_number: str, now: datetime) -> UUID:
    """Return the id of the person with this number, whom the viewer may shut out or let in.

    raises  NotFound for somebody who works elsewhere, Refused for somebody who holds roles that
            the viewer could not give.
    """
    folded = rules.folded_service_number(service_number)
    today = installation.day_of(session, now)
    person_id: UUID = queries.person_by_number(session, viewer, folded, today=today).id
    roles = queries.roles_on(session, person_id, today)
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

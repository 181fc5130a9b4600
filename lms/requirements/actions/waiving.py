"""Who need not hold a course after all: exemptions, and certificates that others gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id
from lms.accounts.staff.actions import acted_on
from lms.audit import actions as audit
from lms.catalogue.models import Course
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import actions as learning
from lms.learning import records
from lms.learning.models import Enrolment
from lms.requirements import rules
from lms.requirements.actions.checks import reason_of, require_that
from lms.requirements.models import Exemption, ExternalCertificate

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class NewExternal:
    """A certificate that somebody else gave."""

    course_id: str
    title: str
    issuer: str
    number: str | None
    completed_on: date
    valid_through: date | None
    evidence: str


def exempt(
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    course_id: str,
    *,
    reason: str,
    evidence: str,
    until_on: date,
    now: datetime,
) -> UUID:
    """Say that somebody need not hold a course until a day; return the exemption.

    The same one in force is returned, not made twice.
    """
    acted_on(session, viewer, person_id, now=now)
    if session.get(Course, course_id) is None:
        raise NotFound
    said = reason_of(reason)
    require_that(
        until_on >= installation.day_of(session, now), msg("This day is over. Choose a later one.")
    )
    require_that(bool(evidence.strip()), msg("Say on which paper or decision this rests."))
    there = session.scalar(
        select(Exemption).where(
            Exemption.person_id == person_id,
            Exemption.course_id == course_id,
            Exemption.until_on == until_on,
            Exemption.ended_at.is_(None),
        )
    )
    if there is not None:
        return there.id
    made = Exemption(
        id=new_ordered_id(),
        person_id=person_id,
        course_id=course_id,
        reason=said,
        evidence=Line.of(evidence, rules.LONGEST_REASON).text,
        until_on=until_on,
        given_by=actor_id(viewer),
        given_at=now,
        ended_at=None,
        ended_by=None,
    )
    session.add(made)
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "exemption.given",
        str(made.id),
        {"person": str(person_id), "course": course_id, "until": until_on.isoformat()},
        now=now,
    )
    return made.id


def end_exemption(session: Session, viewer: Viewer, exemption_id: UUID, *, now: datetime) -> None:
    """Let an exemption count no more. Twice changes nothing."""
    found = session.scalar(select(Exemption).where(Exemption.id == exemption_id).with_for_update())
    if found is None:
        raise NotFound
    acted_on(session, viewer, found.person_id, now=now)
    if found.ended_at is not None:
        return
    found.ended_at, found.ended_by = now, actor_id(viewer)
    session.flush()
    audit.append(session, actor_id(viewer), "exemption.ended", str(found.id), now=now)


def enter_external(
    session: Session, viewer: Viewer, person_id: UUID, new: NewExternal, *, now: datetime
) -> UUID:
    """Note a certificate that somebody else gave; it counts once another person has checked it."""
    acted_on(session, viewer, person_id, now=now)
    if session.get(Course, new.course_id) is None:
        raise NotFound
    require_that(
        new.completed_on <= installation.day_of(session, now),
        msg("The day of completion has not come yet."),
    )
    require_that(
        new.valid_through is None or new.valid_through >= new.completed_on,
        msg("The last day lies before the first. Change one of them."),
    )
    there = session.scalar(
        select(ExternalCertificate).where(
            ExternalCertificate.person_id == person_id,
            ExternalCertificate.course_id == new.course_id,
            ExternalCertificate.issuer == new.issuer,
            ExternalCertificate.completed_on == new.completed_on,
            ExternalCertificate.refused_because.is_(None),
        )
    )
    if there is not None:
        return there.id
    made = ExternalCertificate(
        id=new_ordered_id(),
        person_id=person_id,
        course_id=new.course_id,
        enrolment_id=None,
        title=Line.of(new.title, LONGEST_TITLE).text,
        issuer=Line.of(new.issuer, LONGEST_TITLE).text,
        number=Line.of(new.number).text if new.number else None,
        completed_on=new.completed_on,
        valid_through=new.valid_through,
        evidence=Line.of(new.evidence, rules.LONGEST_REASON).text,
        entered_by=actor_id(viewer),
        entered_at=now,
        checked_by=None,
        checked_at=None,
        refused_because=None,
    )
    session.add(made)
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "external.entered",
        str(made.id),
        {"person": str(person_id), "course": new.course_id},
        now=now,
    )
    return made.id


def check_external(
    session: Session,
    viewer: Viewer,
    external_id: UUID,
    refused_because: str | None,
    *,
    now: datetime,
) -> None:
    """Accept or refuse a certificate of somebody else. Never by who entered it, nor by its holder.

    Accepted, it counts as "waived": an enrolment with one record, closed at once. Where the person
    has the course open already, that enrolment gets the record and stays open.
    """
    found = session.scalar(
        select(ExternalCertificate).where(ExternalCertificate.id == external_id).with_for_update()
    )
    if found is None:
        raise NotFound
    acted_on(session, viewer, found.person_id, now=now)
    if found.checked_at is not None:
        return
    if actor_id(viewer) in {found.entered_by, found.person_id}:
        raise Refused(
            Message(msg("Somebody else must check this: not who entered it, not who holds it."))
        )
    found.checked_by, found.checked_at = actor_id(viewer), now
    if refused_because is not None:
        found.refused_because = reason_of(refused_because)
    else:
        _waive(session, viewer, found, now=now)
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "external.checked",
        str(found.id),
        {"accepted": refused_because is None},
        now=now,
    )


def _waive(
    session: Session, viewer: Viewer, external: ExternalCertificate, *, now: datetime
) -> None:
    enrolment = session.scalar(
        select(Enrolment)
        .where(
            Enrolment.person_id == external.person_id,
            Enrolment.course_id == external.course_id,
            Enrolment.closed_at.is_(None),
        )
        .with_for_update()
    )
    if enrolment is None:
        enrolment = learning.enrol(
            session, external.person_id, external.course_id, route="list", by=viewer, now=now
        )
        enrolment.closed_at, enrolment.closed_because = now, "waived"
    external.enrolment_id = enrolment.id
    through = external.valid_through
    records.append(
        session,
        enrolment,
        "waived",
        external.course_id,
        by=viewer,
        now=now,
        key=f"waived:{external.id}",
        result={
            "held_from": external.completed_on.isoformat(),
            "valid_through": through.isoformat() if through else None,
            # Source of the reason's word: the cmi5 profile of xAPI, section 9.3.9.
            "reason": "Equivalent Outside Activity",
        },
    )

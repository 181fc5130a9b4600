"""What a training record lists: for the person themself, or for who administers their place.

The scope is in every statement. The worker asks it once more when it makes the paper.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person
from lms.catalogue.models import Course, Edition, EditionText
from lms.catalogue.scope import may_be_known
from lms.certificates.models import Certificate, CertificateEvent
from lms.certificates.transcripts.rules import (
    MOST_A_DAY,
    MOST_LINES,
    instead_of_transcript,
)
from lms.installation import Installation
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.tables import AnyRow

TRANSCRIPT = "transcript.make"
MOST_LISTED = 5

# The newest revision of the number with which somebody began.
_revision = aliased(Edition)
_BEGUN = (
    select(_revision.id)
    .where(_revision.course_id == Enrolment.course_id, _revision.number == Enrolment.number)
    .order_by(_revision.revision.desc())
    .limit(1)
    .correlate(Enrolment)
    .scalar_subquery()
)
_BEGUN_OR_HELD = or_(Enrolment.begun_at.is_not(None), Progress.held_from.is_not(None))


def names(session: Session, viewer: Viewer, person_id: UUID, *, today: date) -> tuple[str, ...]:
    """Return the name of a person, in one or two scripts.

    raises  NotFound for anybody but the viewer themself and the people whom the viewer
            administers, and for a name that is no longer kept.
    """
    row = session.execute(
        select(Identity.name, Identity.name_latin)
        .join(Person, Person.id == Identity.person_id)
        .where(
            Person.id == person_id,
            or_(Person.id == viewer.person_id, scope.works_below(viewer, "administrator", today)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return tuple(name for name in row if name)


def lines(session: Session, viewer: Viewer, person_id: UUID, *, today: date) -> list[AnyRow]:
    """Return every course that a person began or holds, oldest first.

    Each with its edition, the progress, and number and code of the certificate that counts (None
    where there is none). Restricted courses are there for the person themself and for
    confidential readers of their place, for no other administrator.
    """
    ended = exists().where(CertificateEvent.certificate_id == Certificate.id)
    return list(
        session.execute(
            select(
                Enrolment.id,
                Course.id.label("course_id"),
                Course.access,
                Course.slug,
                Edition.id.label("edition_id"),
                Edition.number.label("edition_number"),
                Edition.revision,
                Edition.facts,
                Progress.lessons,
                Progress.percent,
                Progress.passed_at,
                Progress.held_from,
                Progress.valid_through,
                Certificate.number,
                Certificate.code,
            )
            .join(Person, Person.id == Enrolment.person_id)
            .join(Course, Course.id == Enrolment.course_id)
            .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
            .outerjoin(
                Certificate,
                and_(
                    Certificate.enrolment_id == Enrolment.id,
                    Certificate.issued_at.is_not(None),
                    ~ended.correlate(Certificate),
                ),
            )
            .join(
                Edition,
                Edition.id == func.coalesce(Certificate.edition_id, _BEGUN, Course.edition_id),
            )
            .where(Person.id == person_id, _may_know(viewer, today), _BEGUN_OR_HELD)
            .order_by(Enrolment.made_at, Enrolment.id)
            .limit(MOST_LINES)
        )
    )


def instead(
    session: Session, viewer: Viewer, person_id: UUID, site: Installation, *, today: date
) -> Message | None:
    """Return why there can be no record of a person; None where one may be asked for.

    A page says it in place of its form: who has begun nothing fills in nothing in vain.
    """
    said = instead_of_transcript(site)
    if said is not None:
        return said
    something = (
        select(Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
        .where(Person.id == person_id, _may_know(viewer, today), _BEGUN_OR_HELD)
        .limit(1)
    )
    if session.scalar(something) is not None:
        return None
    return Message(msg("There is nothing to list yet: no course was begun."))


def _may_know(viewer: Viewer, today: date) -> ColumnElement[bool]:
    return or_(
        Person.id == viewer.person_id,
        and_(scope.works_below(viewer, "administrator", today), may_be_known(viewer, today)),
    )


def titles(
    session: Session, viewer: Viewer, edition_ids: Collection[int], languages: Sequence[str]
) -> dict[tuple[int, str], str]:
    """Return (edition, language) -> title for editions that ``lines`` has found for the viewer."""
    del viewer
    rows = session.execute(
        select(EditionText.edition_id, EditionText.language, EditionText.title).where(
            EditionText.edition_id.in_(edition_ids), EditionText.language.in_(languages)
        )
    )
    return {(edition, language): title for edition, language, title in rows}


def own(session: Session, viewer: Viewer) -> list[Job]:
    """Return the training records that the viewer has asked for about themself, newest first."""
    return list(
        session.scalars(
            select(Job)
            .where(
                Job.kind == TRANSCRIPT,
                Job.asked_by == viewer.person_id,
                Job.key.startswith(f"{viewer.person_id} "),
            )
            .order_by(Job.id.desc())
            .limit(MOST_LISTED)
        )
    )


def asked_since(session: Session, viewer: Viewer, person_id: UUID, since: datetime) -> list[Job]:
    """Return what the viewer has asked for about a person since a moment, oldest first."""
    return list(
        session.scalars(
            select(Job)
            .where(
                Job.kind == TRANSCRIPT,
                Job.asked_by == viewer.person_id,
                Job.made_at >= since,
                Job.key.startswith(f"{person_id} "),
            )
            .order_by(Job.id)
            .limit(MOST_A_DAY)
        )
    )


def own_one(session: Session, viewer: Viewer, job_id: int) -> Job:
    """Return one of ``own``; raises NotFound for any other work."""
    found = session.scalar(
        select(Job).where(
            Job.id == job_id,
            Job.kind == TRANSCRIPT,
            Job.asked_by == viewer.person_id,
            Job.key.startswith(f"{viewer.person_id} "),
        )
    )
    if found is None:
        raise NotFound
    return found

"""What proves that a certificate was earned: edition, lessons, attempts, and who answers for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.assessment.marks import AS_NOW, PASSED, PERCENT
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.authoring.review.models import EditionPerson
from lms.catalogue.models import Edition, EditionText
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office import queries as office
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, LearningRecord
from lms.tables import AnyRow


def certificate(session: Session, viewer: Viewer, certificate_id: UUID, *, today: date) -> AnyRow:
    """Return an issued certificate of somebody whom the viewer administers.

    raises NotFound for any other, and for one of a restricted course: its paper tells no title.
    """
    row = office.one(session, viewer, certificate_id, today=today)
    if row.snapshot is None or row.access == "restricted":
        raise NotFound
    return row


def signed_code(session: Session, viewer: Viewer, certificate_id: UUID) -> bytes | None:
    """Return what the large code on the paper says, None where its holder is no longer kept."""
    del viewer  # the certificate was found for them
    return session.scalar(
        select(CertificateHolder.payload).where(CertificateHolder.certificate_id == certificate_id)
    )


def edition(session: Session, viewer: Viewer, certificate_id: UUID) -> AnyRow:
    """Return the edition of a certificate that its caller has found for the viewer.

    With the enrolment: its route, who made it, when it began.
    """
    del viewer  # the certificate was found for them
    return session.execute(
        select(
            Edition.id,
            Edition.course_id,
            Edition.number,
            Edition.revision,
            Edition.core_digest,
            Edition.layer_digest,
            Edition.nation,
            Edition.package,
            Edition.published_at,
            Enrolment.id.label("enrolment_id"),
            Enrolment.route,
            Enrolment.begun_at,
            Identity.name.label("enrolled_by"),
        )
        .join(Certificate, Certificate.edition_id == Edition.id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(Identity, Identity.person_id == Enrolment.made_by)
        .where(Certificate.id == certificate_id)
    ).one()


def lessons(session: Session, viewer: Viewer, enrolment_id: UUID) -> list[AnyRow]:
    """Return the lessons of an enrolment in the order of their completion: object, moment, id."""
    del viewer  # the certificate was found for them
    return list(
        session.execute(
            select(LearningRecord.object, LearningRecord.stored_at, LearningRecord.id)
            .where(
                LearningRecord.enrolment_id == enrolment_id,
                LearningRecord.verb == "completed",
                LearningRecord.key.like("completed:%"),
            )
            .order_by(LearningRecord.site_seq)
        )
    )


def titles(session: Session, viewer: Viewer, certificate_id: UUID, language: str) -> dict[str, str]:
    """Return the titles of the lessons of a certificate's edition, by code; empty: not in it."""
    del viewer  # the certificate was found for them
    facts = session.scalar(
        select(EditionText.facts)
        .join(Certificate, Certificate.edition_id == EditionText.edition_id)
        .where(Certificate.id == certificate_id, EditionText.language == language)
    )
    return dict((facts or {}).get("lessons", {}))


def attempts(session: Session, viewer: Viewer, enrolment_id: UUID) -> list[AnyRow]:
    """Return the attempts of an enrolment that were handed in, in their order, as marked now."""
    del viewer  # the certificate was found for them
    return list(
        session.execute(
            select(
                Attempt.id,
                Attempt.test,
                Attempt.number,
                Attempt.channel,
                Attempt.language,
                Attempt.opened_at,
                Attempt.submitted_at,
                Attempt.needed,
                PERCENT,
                PASSED,
                Attempt.entered_by,
                Attempt.checked_by,
            )
            .outerjoin(AttemptMarkCorrection, AS_NOW)
            .where(Attempt.enrolment_id == enrolment_id, Attempt.state == "submitted")
            .order_by(Attempt.submitted_at, Attempt.id)
        )
    )


def people(session: Session, viewer: Viewer, edition_id: int) -> list[AnyRow]:
    """Return who answers for an edition: part, moment, name (None where it is no longer kept)."""
    del viewer  # the certificate was found for them
    return list(
        session.execute(
            select(EditionPerson.part, EditionPerson.at, Identity.name)
            .outerjoin(Identity, Identity.person_id == EditionPerson.person_id)
            .where(EditionPerson.edition_id == edition_id)
            .order_by(EditionPerson.at, EditionPerson.part)
        )
    )

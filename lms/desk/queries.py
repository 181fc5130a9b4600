"""What the learner's pages put together from several features."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.assessment.models import Attempt
from lms.catalogue.models import EditionText
from lms.certificates.models import Certificate, CertificateEvent, CertificateHolder
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

_CERTIFICATES = (
    select(
        Certificate.id, Certificate.enrolment_id, Certificate.course_id, Certificate.number,
        Certificate.code, Certificate.completed_on, Certificate.valid_through,
        Certificate.issued_at, EditionText.title, CertificateHolder.pdf,
        exists()
        .where(CertificateEvent.certificate_id == Certificate.id)
        .correlate(Certificate)
        .label("ended"),
    )
    .join(
        EditionText,
        (EditionText.edition_id == Certificate.edition_id)
        & (EditionText.language == bindparam("language")),
    )
    .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
    .where(Certificate.person_id == bindparam("person_id"))
    .order_by(Certificate.awarded_at.desc())
    .limit(100)
)  # fmt: skip


def my_certificates(session: Session, viewer: Viewer, language: str) -> list[AnyRow]:
    """Return this person's certificates, newest first; ``ended`` where withdrawn or replaced."""
    return list(
        session.execute(_CERTIFICATES, {"person_id": viewer.person_id, "language": language})
    )


def names_confirmed(session: Session, viewer: Viewer) -> bool:
    """Return whether this person has confirmed their name as it will be printed."""
    return (
        session.scalar(
            select(Identity.names_confirmed_at).where(Identity.person_id == viewer.person_id)
        )
        is not None
    )


def pre_test_taken(session: Session, enrolment_id: UUID) -> bool:
    """Return whether the first test of an enrolment that the caller found was handed in."""
    return bool(
        session.scalar(
            select(Attempt.id)
            .where(
                Attempt.enrolment_id == enrolment_id, Attempt.test == "pre",
                Attempt.state == "submitted",
            )
            .limit(1)
        )
    )  # fmt: skip

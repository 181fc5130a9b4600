"""Certificates as their holder, the office and a stranger may see them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.assessment.marks import AS_NOW, PASSED
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.catalogue.models import Course
from lms.certificates.models import (
    Certificate,
    CertificateEvent,
    CertificateHolder,
    WithdrawalList,
)
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.rules import FINAL_TESTS
from lms.signing.keys import PublicKey
from lms.tables import AnyRow, AnySelect


def _rows() -> AnySelect:
    return (
        select(
            Certificate.id,
            Certificate.enrolment_id,
            Certificate.generation,
            Certificate.person_id,
            Certificate.course_id,
            Certificate.number,
            Certificate.code,
            Certificate.completed_on,
            Certificate.valid_through,
            Certificate.snapshot,
            Certificate.awarded_at,
            Certificate.issued_at,
            CertificateHolder.names,
            CertificateHolder.payload,
            CertificateHolder.pdf,
            Course.slug,
            Course.access,
        )
        .join(Course, Course.id == Certificate.course_id)
        .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
    )


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return what a viewer may open: their own, and everything for the country's office."""
    if administers_country(viewer):
        return true()
    return Certificate.person_id == viewer.person_id


def one(session: Session, viewer: Viewer, certificate_id: UUID) -> AnyRow:
    """Return one certificate with the holder's names, payload and PDF (None once they are gone).

    raises NotFound for no such certificate and for somebody else's.
    """
    row = session.execute(
        _rows().where(Certificate.id == certificate_id, _visible(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def find(session: Session, viewer: Viewer, text: str) -> AnyRow:
    """Return the certificate with this number, or this code without dashes.

    raises NotFound as ``one`` does.
    """
    row = session.execute(
        _rows().where(or_(Certificate.number == text, Certificate.code == text), _visible(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def counting_of(session: Session, viewer: Viewer, key: PublicKey) -> list[str]:
    """Return the numbers of the certificates that a key signed and that nothing has ended since.

    raises NotFound for anybody but the country's office.
    """
    if not administers_country(viewer):
        raise NotFound
    ended = select(CertificateEvent.certificate_id)
    signed = [Certificate.issued_at >= key.valid_from, Certificate.number.is_not(None)]
    if key.valid_until is not None:
        signed.append(Certificate.issued_at < key.valid_until)
    rows = session.scalars(
        select(Certificate.number)
        .where(*signed, Certificate.id.not_in(ended))
        .order_by(Certificate.number)
    )
    return [number for number in rows if number is not None]


def by_code(session: Session, code: str) -> AnyRow | None:
    """Return the issued certificate with this public code, None when there is none.

    Whoever holds the paper may ask; there is no viewer.
    """
    return session.execute(
        _rows().where(Certificate.code == code, Certificate.issued_at.is_not(None))
    ).one_or_none()


def events(session: Session, certificate_id: UUID) -> list[AnyRow]:
    """Return what happened to a certificate after its issue, oldest first.

    ``successor_code`` is the code of the certificate that replaced it.
    """
    successor = select(Certificate.code).where(Certificate.id == CertificateEvent.successor_id)
    return list(
        session.execute(
            select(
                CertificateEvent.kind,
                CertificateEvent.reason,
                CertificateEvent.at,
                CertificateEvent.successor_id,
                successor.scalar_subquery().label("successor_code"),
            )
            .where(CertificateEvent.certificate_id == certificate_id)
            .order_by(CertificateEvent.at)
        )
    )


def newest_of_enrolment(session: Session, viewer: Viewer, enrolment_id: UUID) -> Certificate | None:
    """Return the viewer's certificate for an enrolment, the newest generation; None without one."""
    return session.scalar(
        select(Certificate)
        .where(Certificate.enrolment_id == enrolment_id, Certificate.person_id == viewer.person_id)
        .order_by(Certificate.generation.desc())
        .limit(1)
    )


def language_of_pass(session: Session, viewer: Viewer, enrolment_id: UUID) -> str | None:
    """Return the language of the first final test that the viewer passed, None without one."""
    return session.scalar(
        select(Attempt.language)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(
            Attempt.enrolment_id == enrolment_id,
            Attempt.person_id == viewer.person_id,
            Attempt.test.in_(FINAL_TESTS),
            PASSED.is_(True),
        )
        .order_by(Attempt.submitted_at)
        .limit(1)
    )


def identity(session: Session, viewer: Viewer) -> Identity:
    """Return the viewer's own names; raises NotFound when they are no longer kept."""
    found = session.get(Identity, viewer.person_id)
    if found is None:
        raise NotFound
    return found


def newest_withdrawal_list(session: Session) -> str | None:
    """Return the text ``LMSW1:…`` published last, None before the first."""
    document = session.scalar(
        select(WithdrawalList.document).order_by(WithdrawalList.id.desc()).limit(1)
    )
    return document.decode() if document else None

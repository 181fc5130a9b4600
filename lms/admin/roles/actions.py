"""Forgetting who a person is, in every feature that holds a name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import StaffImportRow
from lms.accounts.staff import actions as staff
from lms.certificates.models import Certificate, CertificateHolder
from lms.kernel.viewer import Viewer


def anonymise(session: Session, viewer: Viewer, person_id: UUID, *, now: datetime) -> None:
    """Delete names, numbers and ways to sign in; the printed names on certificates go with them.

    The certificates themselves stay: checked by their code, they say that the name is no longer
    kept; the paper's own QR code still proves it. Twice changes nothing.
    raises  NotFound for somebody of somewhere else, Refused for roles that the viewer could not
            give.
    """
    staff.forget_identity(session, viewer, person_id, now=now)
    given = select(Certificate.id).where(Certificate.person_id == person_id)
    session.execute(delete(CertificateHolder).where(CertificateHolder.certificate_id.in_(given)))
    session.execute(delete(StaffImportRow).where(StaffImportRow.subject_id == person_id))

"""Forgetting who a person is, in every feature that holds a name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import StaffImportRow
from lms.accounts.staff import actions as staff
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office import actions as office
from lms.certificates.transcripts import actions as transcripts
from lms.kernel.viewer import Viewer


def anonymise(session: Session, viewer: Viewer, person_id: UUID, *, now: datetime) -> None:
    """Delete names, numbers and ways to sign in; the printed names on certificates go with them.

    So do the papers that bear them: the worker deletes the files.

    The certificates themselves stay: checked by their code, they say that the name is no longer
    kept; the paper's own QR code still proves it. Twice changes nothing.
    raises  NotFound for somebody of somewhere else, Refused for roles that the viewer could not
            give.
    """
    staff.forget_identity(session, viewer, person_id, now=now)
    given = select(Certificate.id).where(Certificate.person_id == person_id)
    held = CertificateHolder.certificate_id.in_(given)
    papers = {each for each in session.scalars(select(CertificateHolder.pdf).where(held)) if each}
    session.execute(delete(CertificateHolder).where(held))
    papers.update(transcripts.forget(session, person_id, now=now))
    office.ask_to_drop(session, person_id, papers, now=now)
    session.execute(delete(StaffImportRow).where(StaffImportRow.subject_id == person_id))

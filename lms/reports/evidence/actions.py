"""Asking for the evidence of a certificate; the worker makes it, and the log keeps that."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.viewer import Viewer

EVIDENCE = "reports.evidence"


def ask(
    session: Session,
    viewer: Viewer,
    certificate_id: UUID,
    language: str,
    back: str,
    key: str,
    *,
    number: str,
    now: datetime,
) -> Job:
    """Ask the worker for the paper; asking again with the same key is the same job.

    number  of the certificate, by which its asker knows the work.
    The caller has found the certificate for the viewer; the worker does so once more.
    """
    job = jobs.ask(
        session,
        EVIDENCE,
        f"{viewer.person_id} {key}",
        {
            "certificate": str(certificate_id),
            "language": language,
            "back": back,
            "asked_by": str(viewer.person_id),
            "title": number,
        },
        now=now,
        asked_by=viewer.person_id,
    )
    if job.total_units is None:
        job.total_units = 1
        audit.append(
            session,
            actor_id(viewer),
            "certificate.evidence asked",
            str(certificate_id),
            {"number": number, "job": job.id},
            now=now,
        )
    return job

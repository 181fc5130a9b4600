"""What the country's office does with work that is not its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def stop(session: Session, viewer: Viewer, job_id: int, *, now: datetime) -> None:
    """Let work that somebody asked for rest after its running step; twice changes nothing.

    The server's own work cannot be stopped: what deletes and what makes backups must go on.
    raises  NotFound for anybody but the country's office, and for work of the server.
    """
    job = _of_server(session, viewer, job_id)
    if job.asked_by is None:
        raise NotFound
    if jobs.rest(job, now=now):
        _log(session, viewer, "job.stopped", job_id, now)


def resume(session: Session, viewer: Viewer, job_id: int, *, now: datetime) -> None:
    """Go on with work that was stopped or gave up, where it had come to.

    raises  NotFound for anybody but the country's office.
    """
    if jobs.go_on(_of_server(session, viewer, job_id), now=now):
        _log(session, viewer, "job.resumed", job_id, now)


def _of_server(session: Session, viewer: Viewer, job_id: int) -> Job:
    if not administers_country(viewer):
        raise NotFound
    job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None:
        raise NotFound
    return job


def _log(session: Session, viewer: Viewer, action: str, job_id: int, now: datetime) -> None:
    audit.append(session, actor_id(viewer), action, str(job_id), {}, now=now)

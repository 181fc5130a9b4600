"""What is tidied up once a day: what must not be kept for long, and what nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts import actions as accounts
from lms.accounts import once, throttle
from lms.assessment import actions as assessment
from lms.audit.models import AuditAddress, AuditRow
from lms.authoring import actions as authoring
from lms.certificates import actions as certificates
from lms.jobs import actions as jobs
from lms.jobs.actions import Steps
from lms.jobs.models import Job

TIDY = "housekeeping"
EVERY = timedelta(days=1)
ADDRESSES_KEPT = timedelta(days=30)
JOBS_KEPT = timedelta(days=90)


def ask(session: Session, *, now: datetime) -> None:
    """Ask for today's housekeeping; asking again the same day changes nothing."""
    jobs.ask(session, TIDY, now.date().isoformat(), now=now)


def tidy(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> None:
    """Delete what is too old, then ask for the same tomorrow."""
    del facts, cursor
    accounts.forget_old(session, now=now)
    once.forget_old(session, now=now)
    throttle.forget_old(session, now=now)
    assessment.forget_old(session, now=now)
    old = select(AuditRow.id).where(AuditRow.at < now - ADDRESSES_KEPT)
    session.execute(delete(AuditAddress).where(AuditAddress.audit_id.in_(old)))
    session.execute(delete(Job).where(Job.state == "done", Job.ended_at < now - JOBS_KEPT))
    # A list that says nothing new is still news: it is dated today.
    certificates.ask_for_list(session, f"day {now.date().isoformat()}", now=now)
    authoring.ask_for_signatures(session, f"day {now.date().isoformat()}", now=now)
    tomorrow = now + EVERY
    jobs.ask(session, TIDY, tomorrow.date().isoformat(), now=now, due_at=tomorrow)


STEPS: Steps = {TIDY: tidy}

"""What is done once a day: delete what must not be kept, and ask for the looks of the night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts import once, throttle
from lms.accounts.importing import actions as lists
from lms.accounts.importing.store import store
from lms.admin.integrity import CHECK, DRILL
from lms.admin.vital import is_key_missing
from lms.assessment import actions as assessment
from lms.audit import chain, heads
from lms.audit.models import AuditAddress, AuditRow
from lms.authoring import actions as authoring
from lms.authoring import uploads
from lms.certificates import actions as certificates
from lms.certificates.office import actions as office
from lms.jobs import actions as jobs
from lms.jobs.actions import Steps
from lms.jobs.models import Job

TIDY = "housekeeping"
EVERY = timedelta(days=1)
ADDRESSES_KEPT = timedelta(days=30)
JOBS_KEPT = timedelta(days=90)
# Jobs of a feature beside this one: their files are kept as long as those of the office.
FILES_OF_REPORTS = ("reports.export", "reports.evidence")
# On the clocks of the country, when few people learn.
CHECK_AT, DRILL_AT, SUNDAY = time(2, 30), time(3, 30), 6


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
    """Keep the head of the log, delete what is too old, then ask for the same tomorrow."""
    del facts, cursor
    end = chain.head(session)
    heads.keep(current_app.config["LMS"].data, end.row, end.hash, now=now)
    accounts.forget_old(session, now=now)
    once.forget_old(session, now=now)
    throttle.forget_old(session, now=now)
    assessment.forget_old(session, now=now)
    lists.forget_old(session, store().drop, now=now)
    authoring.forget_packages(session, uploads.store().drop, now=now)
    old = select(AuditRow.id).where(AuditRow.at < now - ADDRESSES_KEPT)
    session.execute(delete(AuditAddress).where(AuditAddress.audit_id.in_(old)))
    session.execute(delete(Job).where(Job.state == "done", Job.ended_at < now - JOBS_KEPT))
    site = installation.read(session)
    # Before the first run the list of keys would bear no country's name, for ever.
    if site.ready and not is_key_missing(current_app.config["LMS"]):
        # A list that says nothing new is still news: it is dated today.
        certificates.ask_for_list(session, f"day {now.date().isoformat()}", now=now)
    office.ask_to_forget(session, FILES_OF_REPORTS, now=now)
    authoring.ask_for_signatures(session, f"day {now.date().isoformat()}", now=now)
    _ask_for_the_night(session, ZoneInfo(site.time_zone), now)
    tomorrow = now + EVERY
    jobs.ask(session, TIDY, tomorrow.date().isoformat(), now=now, due_at=tomorrow)


def _ask_for_the_night(session: Session, zone: ZoneInfo, now: datetime) -> None:
    """Ask for the next look at the database and the next restore test; twice is once."""
    check, drill = following(now, zone, CHECK_AT), following(now, zone, DRILL_AT, SUNDAY)
    jobs.ask(session, CHECK, f"{check:%Y-%m-%d}", now=now, due_at=check)
    jobs.ask(session, DRILL, f"{drill:%Y-%m-%d}", now=now, due_at=drill)


def following(now: datetime, zone: ZoneInfo, at: time, weekday: int | None = None) -> datetime:
    """Return the next moment after ``now`` at which the clocks of ``zone`` say ``at``.

    weekday  0 for Monday to 6 for Sunday, None for any day.
    """
    day = now.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment > now and weekday in {None, day.weekday()}:
            return moment
        day += timedelta(days=1)


STEPS: Steps = {TIDY: tidy}

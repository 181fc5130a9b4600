"""What is done once a day: delete what must not be kept, and ask for the looks of the night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from lms.admin import backup_plan, night_plan, retention
from lms.admin.backup_plan import Plan
from lms.admin.night import TIDY
from lms.admin.retention import ADDRESSES_KEPT, JOBS_KEPT
from lms.admin.vital import is_key_missing
from lms.assessment import actions as assessment
from lms.audit import chain, heads
from lms.audit.models import AuditAddress, AuditRow
from lms.authoring import actions as authoring
from lms.authoring import uploads
from lms.certificates import actions as certificates
from lms.certificates.office import actions as office
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.jobs.steps import Steps
from lms.kernel.json_value import Json
from lms.requirements.actions import ENROL, ask_to_enrol
from lms.settings import Settings
from lms.tables import deleted

EVERY = timedelta(days=1)
# Jobs of a feature beside this one: their files are kept as long as those of the office.
FILES_OF_REPORTS = ("reports.export", "reports.evidence")


def ask(session: Session, *, now: datetime) -> None:
    """Ask for today's housekeeping; asking again the same day changes nothing."""
    jobs.ask(session, TIDY, now.date().isoformat(), now=now)


def ask_anew(session: Session, *, now: datetime) -> None:
    """Do now what is done each day and each hour, and plan the coming night, after a wrong clock.

    Each run asks for the next one. A clock that was ahead has put that off until the day it named.
    """
    jobs.hasten(session, but=(TIDY, ENROL), now=now)
    for kind in (TIDY, *night_plan.NIGHTLY, backup_plan.MAKE):
        jobs.forget_later(session, kind, now=now)
    # With keys of their own: that of today may be done, and asks for nothing any more.
    jobs.ask(session, TIDY, f"clock {now.isoformat()}", now=now)
    if jobs.forget_later(session, ENROL, now=now):
        ask_to_enrol(session, now=now, because=f"clock {now.isoformat()}")
    site = installation.read(session)
    if site.ready:
        zone, (plan, copies) = ZoneInfo(site.time_zone), _plan(session)
        night_plan.ask_anew(session, plan, zone, copies=copies, now=now)


def tidy(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> None:
    """Keep the head of the log, delete what is too old, then ask for the same tomorrow."""
    del facts, cursor
    end = chain.head(session)
    heads.keep(current_app.config["LMS"].data, end.row, end.hash, now=now)
    done = _delete(session, now)
    site = installation.read(session)
    # Before the first run the list of keys would bear no country's name, for ever.
    if site.ready and not is_key_missing(current_app.config["LMS"]):
        # A list that says nothing new is still news: it is dated today.
        certificates.ask_for_list(session, f"day {now.date().isoformat()}", now=now)
    office.ask_to_forget(session, FILES_OF_REPORTS, now=now)
    authoring.ask_for_signatures(session, f"day {now.date().isoformat()}", now=now)
    if site.ready:  # until then nobody knows on whose clocks it is night
        _ask_for_the_night(session, ZoneInfo(site.time_zone), now)
    tomorrow = now + EVERY
    jobs.ask(session, TIDY, tomorrow.date().isoformat(), now=now, due_at=tomorrow)
    retention.remember(session, done, now=now)


def _delete(session: Session, now: datetime) -> dict[str, int]:
    """Delete what is older than ``retention.LIMITS`` allow; return how many of each kind."""
    old = select(AuditRow.id).where(AuditRow.at < now - ADDRESSES_KEPT)
    addresses = delete(AuditAddress).where(AuditAddress.audit_id.in_(old))
    finished = delete(Job).where(Job.state == "done", Job.ended_at < now - JOBS_KEPT)
    return {
        "answers": assessment.forget_old(session, now=now),
        "addresses": deleted(session, addresses),
        "failures": throttle.forget_old(session, now=now),
        "forms": accounts.forget_forms(session, now=now),
        "lists": lists.forget_old(session, store().drop, now=now),
        "files": _files(session),
        "packages": authoring.forget_packages(session, uploads.store().drop, now=now),
        "keys": once.forget_old(session, now=now),
        "jobs": deleted(session, finished),
    }


def _files(session: Session) -> int:
    """Return how many files the worker has deleted since the run before, by jobs of their own."""
    before = next(iter(retention.runs(installation.setting(session, retention.RUNS))), None)
    results = select(Job.result).where(Job.kind == office.FORGET, Job.state == "done")
    if before is not None:
        results = results.where(Job.ended_at > before.at)
    return sum(result["deleted"] for result in session.scalars(results) if result)


def _ask_for_the_night(session: Session, zone: ZoneInfo, now: datetime) -> None:
    plan, copies = _plan(session)
    night_plan.ask(session, plan, zone, copies=copies, now=now)


def _plan(session: Session) -> tuple[Plan, bool]:
    """Return when backups are made, and whether there is a folder for copies elsewhere."""
    settings: Settings = current_app.config["LMS"]
    known = installation.decided(session, (backup_plan.PLAN, backup_plan.BACKUPS))
    elsewhere = backup_plan.folder_elsewhere(settings, known.get(backup_plan.BACKUPS))
    return Plan.of(known.get(backup_plan.PLAN)), elsewhere is not None


STEPS: Steps = {TIDY: tidy}

"""When the server looks at itself and makes its backups: in the night of the country.

Each run of the housekeeping asks for the coming night. Whoever moves the clocks of the country
moves what was asked for already.
"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.admin import backup_plan
from lms.admin.backup_plan import Plan, following
from lms.admin.night import CHECK, DRILL, LOOK
from lms.admin.trail import actions as trail
from lms.jobs import actions as jobs

NIGHTLY = (CHECK, DRILL, trail.CHECK, LOOK)
NIGHT = "night "  # how the keys begin: work that somebody asks for has others
# On the clocks of the country, when few people learn.
CHECK_AT, DRILL_AT, LOG_AT, LOOK_AT, SUNDAY = time(2, 30), time(3, 30), time(4), time(5), 6


def ask(session: Session, plan: Plan, zone: ZoneInfo, *, copies: bool, now: datetime) -> None:
    """Ask for the next looks, restore test, backup and copy elsewhere; twice is once.

    copies  whether there is a folder for these.
    """
    _ask(session, CHECK, following(now, zone, CHECK_AT), now)
    _ask(session, DRILL, following(now, zone, DRILL_AT, SUNDAY), now)
    log = following(now, zone, LOG_AT)
    trail.ask_nightly_look(session, _key(log), log, now=now)
    _ask(session, LOOK, following(now, zone, LOOK_AT), now)
    backup_plan.ask(session, plan, zone, copies=copies, now=now)


def ask_anew(session: Session, plan: Plan, zone: ZoneInfo, *, copies: bool, now: datetime) -> None:
    """Take back what was asked for on other clocks and has not begun, and ask on these."""
    for kind in NIGHTLY:
        jobs.take_back(session, kind, NIGHT, now=now)
    backup_plan.take_back(session, now=now)
    ask(session, plan, zone, copies=copies, now=now)


def _ask(session: Session, kind: str, due: datetime, now: datetime) -> None:
    jobs.ask(session, kind, _key(due), now=now, due_at=due)


def _key(due: datetime) -> str:
    return f"{NIGHT}{due:%Y-%m-%dT%H:%MZ}"

"""The job that looks at every part of the server, as the worker's account, for the health page.

Some of it is dear (the whole database is read) or for that account alone (the issuing key), so
no page does it: pages show what was found, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import doctor
from lms.admin.findings import to_facts
from lms.admin.night import LAST_LOOK, LOOK
from lms.jobs.steps import SlowStep, Steps


def look(
    session: Session, facts: Mapping[str, Any], cursor: object, *, now: datetime
) -> list[dict[str, Any]]:
    """Look at every part; return what was found."""
    del facts, cursor
    found = doctor.examine(current_app.config["LMS"], session, now=now)
    return [to_facts(finding) for finding in found]


def keep(
    session: Session,
    facts: Mapping[str, Any],
    cursor: object,
    prepared: list[dict[str, Any]],
    *,
    now: datetime,
) -> None:
    """Keep what was found."""
    del facts, cursor
    installation.decide(session, {LAST_LOOK: {"at": now.isoformat(), "found": prepared}}, now=now)


STEPS: Steps = {LOOK: SlowStep(look, keep, lease=timedelta(minutes=30))}

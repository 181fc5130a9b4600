"""Requirements of the invented country, set a month ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.requirements import actions
from lms.requirements.actions import NewRequirement


def require(
    session: Session,
    course_id: str,
    *,
    unit: str = "XX",
    function: str | None = None,
    months: int | None = None,
    now: datetime,
) -> UUID:
    """Require a course of everybody at and below a unit, or of one function; enrols nobody.

    months  how often it is asked for; None: once.
    """
    wanted = NewRequirement(
        course_id=course_id,
        unit_code=unit,
        function=function,
        kind="initial" if months is None else "refresher",
        interval_months=months,
        grace_days=0,
        place=None,
        enrols=False,
        programme=None,
    )
    return actions.require(session, SERVER, wanted, now=now - timedelta(days=30))

"""The job that hands in a test when its time has run out: what the server holds then counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.assessment.models import Attempt
from lms.jobs.steps import Steps
from lms.kernel.json_value import Json
from lms.kernel.viewer import Viewer
from lms.learning import actions
from lms.learning.actions import CLOSE


def close_attempt(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> None:
    """Hand in one attempt in its owner's name; nothing when it was handed in before."""
    del cursor
    attempt_id = UUID(facts["attempt"])
    person_id = session.scalar(select(Attempt.person_id).where(Attempt.id == attempt_id))
    if person_id is None:
        return
    floor = installation.read(session).least_percent
    actions.hand_in(session, Viewer(person_id, "en"), attempt_id, floor=floor, now=now)


STEPS: Steps = {CLOSE: close_attempt}

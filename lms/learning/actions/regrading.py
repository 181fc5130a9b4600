"""A test has another mark, because the key of one of its questions was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import installation
from lms.assessment.marks import AS_NOW, PERCENT
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.kernel.viewer import Viewer
from lms.learning import records, rules
from lms.learning.actions.joining import begun_edition
from lms.learning.models import Enrolment, Progress


def regrade(
    session: Session,
    by: Viewer,
    enrolment: Enrolment,
    attempt_id: UUID,
    mark: AttemptMarkCorrection,
    *,
    now: datetime,
) -> None:
    """Record the corrected mark of a final test; the caller has locked the enrolment.

    Who had failed and now passes has passed from today on, as on any other day. A pass is never
    taken back by this: somebody decides about each, see ``authoring.correcting``.
    """
    attempt = session.get_one(Attempt, attempt_id)
    edition, structure = begun_edition(session, enrolment)
    result: dict[str, Any] = {
        "test": attempt.test,
        "attempt": attempt.number,
        "percent": mark.percent,
        "points": mark.points,
        "success": mark.passed_after,
        "correction": str(mark.correction_id),
    }
    progress = session.get_one(Progress, enrolment.id)
    if mark.passed_after and progress.passed_at is None:
        verb, key = "passed", f"passed:{attempt.id}"
        result |= rules.held(installation.day_of(session, now), structure.validity_months)
    else:
        verb, key = "corrected", f"corrected:{attempt.id}:{mark.correction_id}"
        result["best"] = _best(session, enrolment.id)
    records.append(
        session,
        enrolment,
        verb,
        f"{attempt.test}-test",
        by=by,
        now=now,
        key=key,
        result=result,
        edition_id=edition.id,
    )


def _best(session: Session, enrolment_id: UUID) -> int:
    """Return the best percentage of the final tests of an enrolment, as they are marked now."""
    marks = (
        select(PERCENT)
        .select_from(Attempt)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.test.in_(rules.FINAL_TESTS))
        .subquery()
    )
    return session.scalar(select(func.max(marks.c.percent))) or 0

"""The mark of an attempt as it counts now: the newest correction of it, else its own.

A statement that selects these columns says ``.outerjoin(AttemptMarkCorrection, AS_NOW)``.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lms.assessment.models import Attempt, AttemptMarkCorrection

_any = aliased(AttemptMarkCorrection)
AS_NOW = AttemptMarkCorrection.id == (
    select(_any.id)
    .where(_any.attempt_id == Attempt.id)
    .order_by(_any.id.desc())
    .limit(1)
    .correlate(Attempt)
    .scalar_subquery()
)
POINTS = func.coalesce(AttemptMarkCorrection.points, Attempt.points).label("points")
PERCENT = func.coalesce(AttemptMarkCorrection.percent, Attempt.percent).label("percent")
PASSED = func.coalesce(AttemptMarkCorrection.passed, Attempt.passed).label("passed")
OUTCOME = func.coalesce(AttemptMarkCorrection.outcome, Attempt.outcome).label("outcome")
CORRECTED_AT = AttemptMarkCorrection.at.label("corrected_at")

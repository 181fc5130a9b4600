"""A test is handed in and marked; two years later its answers are forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.assessment import queries, rules
from lms.assessment.models import Answer, Attempt
from lms.assessment.rules import Outcome
from lms.catalogue.structure import PassRule
from lms.tables import deleted

# What somebody answered is kept so long; the result stays. As the page on privacy says.
ANSWERS_KEPT = timedelta(days=730)
FORGOTTEN_AT_ONCE = 20_000


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the answers of tests that were handed in two years ago, many but not all at once.

    Points by question and module stay with the attempt. Returns how many answers are gone.
    """
    old = (
        select(Answer.id)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Attempt.submitted_at < now - ANSWERS_KEPT)
        .limit(FORGOTTEN_AT_ONCE)
    )
    return deleted(session, delete(Answer).where(Answer.id.in_(old)))


def submit(
    session: Session,
    attempt: Attempt,
    rule: PassRule,
    critical: Collection[str],
    *,
    claimed_at: datetime | None,
    now: datetime,
) -> Outcome:
    """Close a locked attempt, mark it and return what it earned. Call it once: see hand_in."""
    counted = rules.current(queries.answers(session, attempt.id))
    choices = {item: each.said.choice for item, each in counted.items() if each.said is not None}
    earned = rules.outcome(queries.form_items(session, attempt.form_id), choices, rule, critical)
    attempt.state, attempt.submitted_at, attempt.submit_claimed_at = "submitted", now, claimed_at
    attempt.points = earned.points_text()
    attempt.percent, attempt.passed = earned.percent, earned.passed
    attempt.outcome = earned.to_facts()
    return earned

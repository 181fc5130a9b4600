"""Attempts at the tests of a course."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.assessment.marks import AS_NOW, OUTCOME, PASSED, PERCENT
from lms.assessment.models import Attempt, AttemptGrant, AttemptMarkCorrection
from lms.kernel.viewer import Viewer
from lms.learning import rules
from lms.tables import AnyRow

# Granted attempts that no attempt has used yet.
UNUSED = AttemptGrant.id.not_in(select(Attempt.grant_id).where(Attempt.grant_id.is_not(None)))


def last_failed(session: Session, enrolment_id: UUID) -> rules.Sitting | None:
    """Return the newest post-test of this enrolment if it was handed in and failed."""
    found = sittings(session, enrolment_id)
    return found[-1] if found and found[-1].passed is False else None


_ATTEMPTS = (
    select(
        Attempt.id,
        Attempt.enrolment_id,
        Attempt.test,
        Attempt.number,
        Attempt.state,
        Attempt.submitted_at,
        PERCENT,
        PASSED,
        OUTCOME,
        Attempt.grant_id,
        Attempt.needed,
        Attempt.language,
    )
    .select_from(Attempt)
    .outerjoin(AttemptMarkCorrection, AS_NOW)
    .order_by(Attempt.opened_at, Attempt.number)
)
_OF_PERSON = _ATTEMPTS.where(Attempt.person_id == bindparam("person_id"))
_OF_ENROLMENT = _ATTEMPTS.where(Attempt.enrolment_id == bindparam("enrolment_id"))


def attempts(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return every attempt of this person at any test, oldest first."""
    return list(session.execute(_OF_PERSON, {"person_id": viewer.person_id}))


def sittings(session: Session, enrolment_id: UUID) -> list[rules.Sitting]:
    """Return every post-test attempt of an enrolment as the rules see it, oldest first."""
    rows = list(session.execute(_OF_ENROLMENT, {"enrolment_id": enrolment_id}))
    return sittings_of(rows)


def sittings_of(attempts: Iterable[AnyRow]) -> list[rules.Sitting]:
    """Return those of an enrolment's attempts that decide, as the rules see them.

    attempts  rows of ``attempts``, all of one enrolment.
    """
    return [
        rules.Sitting(
            row.number,
            row.submitted_at,
            row.passed,
            tuple((row.outcome or {}).get("failed_modules", ())),
            row.grant_id is not None,
            row.needed,
        )
        for row in attempts
        if row.test in rules.FINAL_TESTS
    ]


def unused_grants(session: Session, enrolment_id: UUID) -> list[UUID]:
    """Return the granted attempts of an enrolment that no attempt has used yet, oldest first."""
    return list(
        session.scalars(
            select(AttemptGrant.id)
            .where(AttemptGrant.enrolment_id == enrolment_id, UNUSED)
            .order_by(AttemptGrant.given_at)
        )
    )

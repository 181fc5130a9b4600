"""A test is drawn and opened."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from lms.assessment import queries
from lms.assessment.drawing import choice_order, draw
from lms.assessment.models import Attempt, Form
from lms.catalogue.structure import Structure
from lms.kernel.ids import new_ordered_id, one_time_code
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a person takes a test.

    needed      the percentage that passes; it stays the mark of this attempt.
    minutes     the time limit, None for none.
    extra_time  percent added to the limit, 0 to 200.
    grant_id    the granted attempt that is used up, None for one that the rule allows.
    """

    needed: int
    minutes: int | None = None
    extra_time: int = 0
    grant_id: UUID | None = None

    def closes_at(self, opened_at: datetime) -> datetime | None:
        """Return when the time is over, None without a limit."""
        if self.minutes is None:
            return None
        return opened_at + timedelta(minutes=self.minutes) * (100 + self.extra_time) / 100


def make_form(
    session: Session,
    structure: Structure,
    edition_id: int,
    test: str,
    avoid: Collection[str],
    *,
    now: datetime,
) -> Form:
    """Draw a form for a test of an edition; raises BankTooSmallError.

    The refresher is drawn by the plan of the final test.
    """
    seed = secrets.token_hex(16)
    drawn = draw(
        structure,
        structure.tests["post" if test == "refresher" else test],
        queries.bank(session, edition_id),
        seed,
        avoid=avoid,
    )
    form = Form(
        id=new_ordered_id(),
        code=one_time_code(6),
        edition_id=edition_id,
        test=test,
        seed=seed,
        items=[{"item": item.id, "order": choice_order(item, seed)} for item in drawn],
        made_at=now,
    )
    session.add(form)
    session.flush()
    return form


def open_attempt(
    session: Session,
    viewer: Viewer,
    enrolment_id: UUID,
    form: Form,
    terms: Terms,
    *,
    number: int,
    language: str,
    now: datetime,
) -> Attempt:
    """Open an attempt of this person at the drawn test ``form``.

    number    which attempt at this test it is, from 1.
    language  in which it is taken.
    """
    attempt = Attempt(
        id=new_ordered_id(),
        person_id=viewer.person_id,
        enrolment_id=enrolment_id,
        form_id=form.id,
        test=form.test,
        number=number,
        channel="browser",
        language=language,
        secret=secrets.token_bytes(16),
        opened_at=now,
        closes_at=terms.closes_at(now),
        state="open",
        version=0,
        grant_id=terms.grant_id,
        needed=terms.needed,
    )
    session.add(attempt)
    session.flush()
    return attempt

"""What goes by itself, when, and what stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import HeldForm, RequestKey, SignIn, Throttle
from lms.accounts.throttle import Sender, count_failure, hear
from lms.admin import housekeeping
from lms.assessment import actions as assessment
from lms.assessment.models import Answer, Attempt
from lms.audit import actions as audit
from lms.audit import chain
from lms.audit.models import AuditAddress, AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.tables import Base
from tests.course import publish_small
from tests.people import Cast

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def count(app: Flask, table: type[Base]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def tidy(app: Flask, now: datetime) -> None:
    with app.app_context(), transaction() as session:
        housekeeping.tidy(session, {}, None, now=now)


@pytest.mark.parametrize(
    ("table", "kept"),
    [
        (HeldForm, timedelta(hours=24)),
        (Throttle, timedelta(hours=24)),
        (AuditAddress, timedelta(days=30)),
        (RequestKey, timedelta(days=40)),
    ],
)
def test_what_must_not_be_kept_for_long_goes(
    app: Flask, amina: Cast, table: type[Base], kept: timedelta
) -> None:
    with app.app_context(), transaction() as session:
        sender = Sender.of("n1001", "10.0.0.1")
        hear(session, sender, now=NOON)
        count_failure(session, sender, now=NOON)
        audit.append(session, amina.id, "test.done", "1", {}, now=NOON, address="10.0.0.1")
        signed_in = session.scalars(select(SignIn.id).where(SignIn.person_id == amina.id)).one()
        session.add(
            HeldForm(
                session_id=signed_in, person_id=amina.id, path="/", fields=[["a", "b"]],
                made_at=NOON,
            )
        )  # fmt: skip
        session.add(
            RequestKey(
                person_id=amina.id, key="12345678", fingerprint=b"x", answer={}, made_at=NOON
            )
        )
    assert count(app, table) > 0
    tidy(app, NOON + kept - timedelta(minutes=1))
    assert count(app, table) > 0
    tidy(app, NOON + kept + timedelta(minutes=1))
    assert count(app, table) == 0
    # The chain itself stays whole without its addresses.
    assert count(app, AuditRow) == 1
    with app.app_context():
        assert chain.first_bad_row(db.session()) is None


def test_answers_go_after_two_years_and_results_stay(
    app: Flask, amina: Cast, chipo: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = publish_small(app)
    handed_in = course.pass_it(amina)
    course.begin(chipo)
    course.read(chipo)
    still_open = course.start(chipo)
    with app.app_context(), transaction() as session:
        at = session.get_one(Attempt, handed_in).submitted_at
        assert at is not None
        session.add(
            Answer(
                id=still_open, attempt_id=still_open, page="a" * 16, n=1, item_id="HY-1-001",
                choice="a", language="en", version_seen=0, version=1, stale=False, late=None,
                claimed_at=None, stored_at=at, carrier="script", entered_by=None,
            )
        )  # fmt: skip
    before = count(app, Answer)
    assert before > 3
    tidy(app, at + timedelta(days=729))
    assert count(app, Answer) == before
    monkeypatch.setattr(assessment, "FORGOTTEN_AT_ONCE", 2)
    tidy(app, at + timedelta(days=731))
    assert count(app, Answer) == before - 2  # a long past goes day by day
    monkeypatch.undo()
    tidy(app, at + timedelta(days=732))
    assert count(app, Answer) == 1
    with app.app_context():
        kept = db.session.get_one(Attempt, handed_in)
        assert kept.passed
        assert kept.outcome
        assert kept.outcome["items"]


def test_it_asks_for_tomorrow_once(app: Flask) -> None:
    tidy(app, NOON)
    tidy(app, NOON)
    with app.app_context():
        asked = db.session.execute(
            select(Job.key, Job.due_at).where(Job.kind == housekeeping.TIDY)
        ).all()
    assert [tuple(each) for each in asked] == [("2026-12-01", NOON + timedelta(days=1))]

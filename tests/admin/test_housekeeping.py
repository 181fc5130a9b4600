"""What goes by itself, when, and what stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import HeldForm, RequestKey, SignIn, Throttle
from lms.accounts.throttle import Sender, count_failure, hear
from lms.admin import housekeeping, night, retention
from lms.admin.findings import GOOD, NOTE, WRONG
from lms.assessment.actions import ending
from lms.assessment.models import Answer, Attempt
from lms.audit import actions as audit
from lms.audit import chain
from lms.audit.models import AuditAddress, AuditRow
from lms.certificates.office.actions import FORGET
from lms.db import transaction
from lms.extensions import db
from lms.jobs import actions as jobs
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
                session_id=signed_in,
                person_id=amina.id,
                path="/",
                fields=[["a", "b"]],
                made_at=NOON,
            )
        )
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
    assert count(app, AuditRow) == 3  # what was done, and the two runs
    with app.app_context():
        assert chain.first_bad_row(db.session()) is None


def test_each_run_keeps_what_it_deleted_and_when(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        audit.append(session, amina.id, "test.done", "1", {}, now=NOON, address="10.0.0.1")
        session.add(
            RequestKey(
                person_id=amina.id, key="12345678", fingerprint=b"x", answer={}, made_at=NOON
            )
        )
        forgotten = jobs.ask(session, FORGET, "a day before", now=NOON)
        forgotten.state, forgotten.ended_at, forgotten.result = "done", NOON, {"deleted": 3}

    after = (timedelta(days=1), timedelta(days=31), timedelta(days=41))
    for passed in after:
        tidy(app, NOON + passed)

    with app.app_context():
        known = installation.setting(db.session(), retention.RUNS)
        rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "retention.run")).all()
        logged = [row.facts for row in rows]
    found = retention.runs(known)
    assert [run.at for run in found] == [NOON + passed for passed in reversed(after)]
    assert [run.total for run in found] == [1, 1, 3]
    assert [run.deleted["keys"] for run in found] == [1, 0, 0]
    assert [run.deleted["addresses"] for run in found] == [0, 1, 0]
    assert [run.deleted["files"] for run in found] == [0, 0, 3]
    assert set(found[0].deleted) == set(retention.LIMITS)
    assert logged == [dict(run.deleted) for run in reversed(found)]


def test_only_the_runs_of_the_last_month_are_listed(app: Flask) -> None:
    for days in range(retention.MOST_RUNS + 3):
        with app.app_context(), transaction() as session:
            retention.remember(session, {"jobs": days}, now=NOON + timedelta(days=days))
    with app.app_context():
        found = retention.runs(installation.setting(db.session(), retention.RUNS))
    assert len(found) == retention.MOST_RUNS
    assert found[0].total == retention.MOST_RUNS + 2


@pytest.mark.parametrize(
    ("passed", "state"), [(timedelta(days=2), GOOD), (timedelta(days=2, minutes=1), WRONG)]
)
def test_it_is_to_do_when_it_has_not_run_for_two_days(passed: timedelta, state: str) -> None:
    known = [{"at": NOON.isoformat(), "deleted": {"keys": 2}}]
    assert retention.deletion(known, NOON + passed).state == state
    assert retention.deletion(None, NOON).state == NOTE


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
                id=still_open,
                attempt_id=still_open,
                page="a" * 16,
                n=1,
                item_id="HY-1-001",
                choice="a",
                language="en",
                version_seen=0,
                version=1,
                stale=False,
                late=None,
                claimed_at=None,
                stored_at=at,
                carrier="script",
                entered_by=None,
            )
        )
    before = count(app, Answer)
    assert before > 3
    tidy(app, at + timedelta(days=729))
    assert count(app, Answer) == before
    monkeypatch.setattr(ending, "FORGOTTEN_AT_ONCE", 2)
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
        asked = db.session.execute(select(Job.key, Job.due_at).where(Job.kind == night.TIDY)).all()
    assert [tuple(each) for each in asked] == [("2026-12-01", NOON + timedelta(days=1))]

"""/<language>/administer/backups/plan: when backups are made, how many are kept"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import SignIn
from lms.admin import housekeeping
from lms.admin.backup_plan import MAKE, PLAN, Plan
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.kernel import clock
from tests.admin.backups.conftest import Open
from tests.people import Cast

URL = "/en/administer/backups/plan"
TYPED = {"hour": "23", "keep": "14", "weekday": "4", "keep_copies": "8", "reason": "Order 3"}
# A Wednesday.
NOON = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)


def decided(app: Flask) -> Plan:
    with app.app_context():
        return Plan.of(installation.setting(reading(), PLAN))


def asked(app: Flask) -> list[datetime]:
    with app.app_context():
        found = reading().scalars(select(Job).where(Job.kind == MAKE).order_by(Job.due_at))
        return [job.due_at for job in found]


def tidy(app: Flask, now: datetime) -> None:
    with app.app_context(), transaction() as session:
        housekeeping.tidy(session, {}, None, now=now)


def test_without_a_decision_there_is_one_every_night(app: Flask, browser: Open) -> None:
    for day in range(2):
        tidy(app, NOON + timedelta(days=day))
    assert asked(app) == [datetime(2026, 12, day, 1, 0, tzinfo=UTC) for day in (3, 4)]


def test_where_a_folder_is_named_a_copy_follows_each_week(app: Flask, stick: Path) -> None:
    app.config["LMS"] = replace(app.config["LMS"], backup_to=stick)
    for day in range(5):
        tidy(app, NOON + timedelta(days=day))
    assert datetime(2026, 12, 6, 1, 30, tzinfo=UTC) in asked(app)
    assert len(asked(app)) == 7  # five nights, this Sunday's copy and, once that is over, the next


def test_a_copy_is_due_half_an_hour_after_the_backup_of_its_day() -> None:
    plan, zone = Plan(hour=1, weekday=6), ZoneInfo("UTC")
    between = datetime(2026, 12, 6, 1, 10, tzinfo=UTC)
    assert plan.next_copy(between, zone) == datetime(2026, 12, 6, 1, 30, tzinfo=UTC)
    assert plan.next_backup(between, zone) == datetime(2026, 12, 7, 1, 0, tzinfo=UTC)


def test_the_office_decides_with_a_reason_and_the_next_one_follows_it(
    app: Flask, browser: Open, halima: Cast
) -> None:
    tidy(app, clock.now())
    here = browser(halima)
    assert 'value="7"' in here.get(URL).text
    for _ in range(2):
        assert here.post(URL, TYPED).location == "/en/administer/backups"
    assert decided(app) == Plan(23, 14, 4, 8)
    (due,) = asked(app)
    assert due.hour == 23
    page = here.get("/en/administer/backups").text
    assert "at 23:00" in page
    assert "14 are kept" in page
    with app.app_context():
        found = reading().scalars(select(AuditRow).where(AuditRow.action == "installation.backups"))
        (facts,) = [row.facts for row in found]
    assert facts["reason"] == "Order 3"
    assert facts["after"] == Plan(23, 14, 4, 8).to_facts()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("hour", "24"),
        ("hour", ""),
        ("keep", "1"),
        ("keep", "61"),
        ("keep", "many"),
        ("keep", ""),
        ("weekday", "7"),
        ("keep_copies", "1"),
        ("reason", ""),
        ("reason", "x" * 501),
    ],
)
def test_a_wrong_field_is_said(
    app: Flask, browser: Open, halima: Cast, field: str, wrong: str
) -> None:
    reply = browser(halima).post(URL, TYPED | {field: wrong})
    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert decided(app) == Plan()


def test_the_second_proof_is_asked_for_again(app: Flask, browser: Open, halima: Cast) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(second_factor_at=clock.now() - timedelta(hours=1)))
    assert "next=" in browser(halima).post(URL, TYPED).location
    assert decided(app) == Plan()

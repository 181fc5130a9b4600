"""What is asked for the night: a look at the database, and once a week a restore test."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.admin import housekeeping, start
from lms.admin.backup_plan import MAKE, following
from lms.admin.night import CHECK, DRILL, LOOK, TIDY
from lms.admin.night_plan import NIGHTLY
from lms.admin.trail.actions import CHECK as LOG
from lms.authoring.actions import SIGN
from lms.certificates.actions import PUBLISH as LISTS
from lms.certificates.office.actions import FORGET
from lms.certificates.work import ensure_keys
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.jobs.steps import Step
from lms.requirements.actions import ENROL, ask_to_enrol, enrol_joiners
from lms.settings import Settings

# A Wednesday; in Almaty (five hours ahead) it is one in the afternoon.
NOON = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


def asked(app: Flask, kind: str) -> list[datetime]:
    with app.app_context():
        found = reading().scalars(select(Job).where(Job.kind == kind).order_by(Job.due_at))
        return [job.due_at for job in found]


def tidy(app: Flask, now: datetime) -> None:
    with app.app_context(), transaction() as session:
        housekeeping.tidy(session, {}, None, now=now)


@pytest.mark.parametrize(
    ("now", "zone", "at", "weekday", "expected"),
    [
        (NOON, "UTC", time(2, 30), None, datetime(2026, 12, 3, 2, 30, tzinfo=UTC)),
        (NOON, "UTC", time(9, 0), None, datetime(2026, 12, 2, 9, 0, tzinfo=UTC)),
        (NOON, "UTC", time(8, 0), None, datetime(2026, 12, 3, 8, 0, tzinfo=UTC)),
        (NOON, "UTC", time(3, 30), 6, datetime(2026, 12, 6, 3, 30, tzinfo=UTC)),
        (NOON, "UTC", time(9, 0), 2, datetime(2026, 12, 2, 9, 0, tzinfo=UTC)),
        (NOON, "UTC", time(7, 0), 2, datetime(2026, 12, 9, 7, 0, tzinfo=UTC)),
        (NOON, "Asia/Almaty", time(2, 30), None, datetime(2026, 12, 2, 21, 30, tzinfo=UTC)),
        # Late in the evening here it is the next day there already.
        (
            datetime(2026, 12, 5, 22, 0, tzinfo=UTC),
            "Asia/Almaty",
            time(3, 30),
            6,
            datetime(2026, 12, 5, 22, 30, tzinfo=UTC),
        ),
    ],
)
def test_the_next_moment_follows_the_clocks_of_the_country(
    now: datetime, zone: str, at: time, weekday: int | None, expected: datetime
) -> None:
    assert following(now, ZoneInfo(zone), at, weekday) == expected


def test_every_day_asks_for_the_coming_night_and_the_coming_sunday(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Africa/Tunis"}, now=NOON)

    for days in range(7):
        tidy(app, NOON + timedelta(days=days))

    assert asked(app, CHECK) == [datetime(2026, 12, day, 1, 30, tzinfo=UTC) for day in range(3, 10)]
    assert asked(app, DRILL) == [datetime(2026, 12, day, 2, 30, tzinfo=UTC) for day in (6, 13)]
    assert asked(app, LOG)[0] == datetime(2026, 12, 3, 3, tzinfo=UTC)
    tidy(app, NOON)
    assert len(asked(app, CHECK)) == len(asked(app, LOG)) == 7


def test_each_start_asks_for_today_and_for_what_gave_up(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        housekeeping.ask(session, now=NOON)
        session.scalars(select(Job)).one().state = "failed"

    for _ in range(2):
        with app.app_context(), transaction() as session:
            start.ask_for_work(session, cut_off=False, now=NOON)

    with app.app_context():
        jobs = reading().execute(select(Job.kind, Job.state).order_by(Job.id)).all()
    assert [tuple(job) for job in jobs] == [(TIDY, "waiting"), (LOOK, "waiting")]


@pytest.mark.parametrize("hours", [0, 1, 12, 24, 36, 24 * 1157])
def test_after_a_clock_that_was_ahead_the_days_and_nights_go_on(app: Flask, hours: int) -> None:
    """Each day asks for the next one: for one of 2030, when the clock said so."""

    def nothing(*_: object, **__: object) -> None: ...

    ahead, days = NOON + timedelta(hours=hours), [NOON + timedelta(n) for n in range(3)]
    steps: dict[str, Step] = dict.fromkeys((*NIGHTLY, MAKE, LISTS, FORGET, SIGN), nothing)
    steps |= {TIDY: housekeeping.tidy, ENROL: enrol_joiners}
    with app.app_context(), transaction() as session:
        installation.decide(session, {"ready": True}, now=NOON)
        housekeeping.ask(session, now=NOON)
        ask_to_enrol(session, now=NOON)

    def work(now: datetime) -> None:
        with app.app_context():
            run_due(reading, transaction, steps, "worker of a test", lambda: now)

    work(NOON)
    work(ahead)
    for minutes in (0, 1):  # said twice
        with app.app_context(), transaction() as session:
            housekeeping.ask_anew(session, now=NOON + timedelta(minutes=minutes))
        work(NOON + timedelta(minutes=minutes))
    for day in days[1:]:
        for minutes in (0, 5):
            work(day + timedelta(minutes=minutes))

    for kind, period in ((TIDY, 24), (CHECK, 24), (MAKE, 24), (ENROL, 1)):
        waiting = asked(app, kind)[-1]
        assert days[-1] < waiting <= days[-1] + timedelta(hours=period, minutes=5), kind
    assert [due.day for due in asked(app, CHECK)] == [3, 4, 5]


def test_a_start_after_a_power_cut_asks_for_a_look_at_once(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        start.ask_for_work(session, cut_off=True, now=NOON)
    assert asked(app, CHECK) == [NOON]


@pytest.mark.parametrize(
    ("log", "expected"), [(None, False), (b"", False), (b"what was not moved yet", True)]
)
def test_a_log_that_was_left_tells_of_a_power_cut(
    here: Settings, log: bytes | None, expected: bool
) -> None:
    if log is not None:
        (here.data / "lms.sqlite-wal").write_bytes(log)
    assert start.was_cut_off(here) is expected


def test_a_station_without_key_signs_no_list(app: Flask) -> None:
    tidy(app, NOON)
    assert asked(app, LISTS) == []


def test_before_the_first_run_no_list_is_signed_for_a_country_that_is_not_chosen(
    app: Flask,
) -> None:
    ensure_keys(app.config["LMS"])
    for ready, lists in ((False, 0), (True, 1)):
        with app.app_context(), transaction() as session:
            installation.decide(session, {"ready": ready}, now=NOON)
        tidy(app, NOON)
        assert len(asked(app, LISTS)) == lists


def test_the_first_night_is_planned_on_the_clocks_of_the_country(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"ready": False}, now=NOON)
    tidy(app, NOON)
    assert asked(app, CHECK) == [], "nobody knows yet where it is night"
    with app.app_context(), transaction() as session:
        installation.decide(session, {"ready": True, "time_zone": "Asia/Almaty"}, now=NOON)
    tidy(app, NOON)
    assert asked(app, CHECK) == [datetime(2026, 12, 2, 21, 30, tzinfo=UTC)]

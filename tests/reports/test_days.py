"""The day of a moment on the clocks of the country, in SQL"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import literal, select, union_all

from lms.db import reading
from lms.reports.days import day_of, offsets
from lms.tables import UtcDateTime

SINCE, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
# Without summer time; with it, to half an hour; where it changes at midnight; one that changed its
# clocks for good in 2024.
ZONES = (
    "UTC", "Asia/Almaty", "Africa/Tunis", "Europe/Paris", "Australia/Lord_Howe", "Africa/Cairo",
    "America/New_York", "Asia/Kathmandu",
)  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_sql_names_the_day_that_the_clocks_of_a_place_name(app: Flask, name: str) -> None:
    zone = ZoneInfo(name)
    moments = [SINCE + timedelta(hours=7 * step, seconds=step) for step in range(1253)]
    # And each side of every change of the clocks, and of the midnights around it.
    for _, ends in offsets(zone, SINCE, UNTIL)[:-1]:
        moments += [ends + timedelta(minutes=30 * step, seconds=-1) for step in range(-60, 60)]
    with app.app_context():
        session = reading()
        found: list[date] = []
        for start in range(0, len(moments), 100):
            rows = union_all(
                *(
                    select(literal(at, UtcDateTime()).label("at"), literal(number).label("number"))
                    for number, at in enumerate(moments[start : start + 100])
                )
            ).subquery()
            day = day_of(session, rows.c.at, zone, SINCE, UNTIL)
            found += session.scalars(select(day).order_by(rows.c.number)).all()
    assert found == [at.astimezone(zone).date() for at in moments]
    assert {type(day) for day in found} == {date}


def test_a_zone_without_summer_time_needs_no_choice() -> None:
    assert offsets(ZoneInfo("Africa/Tunis"), SINCE, UNTIL) == [(timedelta(hours=1), UNTIL)]
    assert len(offsets(ZoneInfo("Europe/Paris"), SINCE, UNTIL)) == 3

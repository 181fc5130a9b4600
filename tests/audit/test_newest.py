"""The latest moment that was recorded: what tells of a clock that went back."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from lms.audit import actions, chain, queries
from lms.db import reading, transaction
from tests.people import MONDAY

DAY = timedelta(days=1)


def newest(app: Flask) -> object:
    with app.app_context():
        return queries.newest_at(reading())


def test_an_empty_log_knows_no_moment(app: Flask) -> None:
    assert newest(app) is None


def test_what_is_recorded_under_a_clock_that_went_back_hides_nothing(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        for at in (MONDAY, MONDAY + DAY, MONDAY - DAY):
            actions.append(session, None, "test.written", "1", {}, now=at)
    assert newest(app) == MONDAY + DAY


def test_after_somebody_said_that_the_clock_is_right_what_was_ahead_counts_no_more(
    app: Flask,
) -> None:
    with app.app_context(), transaction() as session:
        actions.append(session, None, "test.written", "1", {}, now=MONDAY + 400 * DAY)
        actions.confirm_clock(session, now=MONDAY)
    assert newest(app) == MONDAY

    with app.app_context(), transaction() as session:
        actions.append(session, None, "test.written", "2", {}, now=MONDAY + DAY)
    assert newest(app) == MONDAY + DAY
    with app.app_context():
        assert chain.first_bad_row(reading()) is None

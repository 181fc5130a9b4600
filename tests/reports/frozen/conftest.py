"""Nineteen people of the quarter before this one, and the quarter frozen."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.db import transaction
from lms.reports.frozen import views
from lms.reports.frozen.models import FrozenQuarter
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.frozen.freezing import (
    freeze,
    rows,
)
from tests.reports.moments import before
from tests.reports.steering.learning import enrolment


@pytest.fixture(autouse=True)
def right_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the log say that the clock is right: what publishes the course may be dated later."""
    monkeypatch.setattr(views, "clock_is_right", lambda *_: True)


@pytest.fixture
@kept
def learned(app: Flask, hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Nineteen people are enrolled in the quarter before this one; nine have passed."""
    with app.app_context(), transaction() as session:
        for person in crowd[9:]:
            session.add(enrolment(person, before(1)))
    for person in crowd[:9]:
        hygiene.pass_it(person, now=before(1))


@pytest.fixture
def frozen(app: Flask, browser: Open, dana: Cast, learned: None) -> FrozenQuarter:
    """Return a frozen quarter."""
    freeze(app, browser(dana))
    return rows(app)[0]

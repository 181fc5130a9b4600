"""A course that can be found, and what the worker does for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms.catalogue.search.steps import STEPS
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs import running
from lms.kernel import clock
from tests.course import SmallCourse, publish_small, small_course
from tests.kept import kept

__all__ = ["small_course"]

Find = Callable[..., SmallCourse]


def let_be_found(app: Flask) -> int:
    """Let the worker make all that is published found; return how many steps that took."""
    with app.app_context():
        with transaction() as session:
            jobs.ask(session, "search.index", str(clock.now()), now=clock.now())
        return running.run_due(reading, transaction, STEPS, "worker of a test", clock.now)


@pytest.fixture
def publish(app: Flask) -> Find:
    """Return a way to publish a small course that is found at once."""

    def publish(**settings: object) -> SmallCourse:
        course = publish_small(app, **settings)
        let_be_found(app)
        return course

    return publish


@pytest.fixture
@kept
def hygiene(app: Flask, publish: Find) -> SmallCourse:
    """Return the course "Hygiene on shift", published and found."""
    return publish()

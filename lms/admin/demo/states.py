"""The states in which the people of the demonstration stand, as accounts.csv names them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an invented person stands in the course."""

    NOT_STARTED = "not started"
    IN_LESSON = "in the middle of a lesson"
    IN_TEST = "in the middle of a test"
    FAILED_ONCE = "failed once"
    PASSED = "passed"
    CERTIFIED = "certified"
    EXPIRING = "expiring"
    TRANSFERRED = "transferred"

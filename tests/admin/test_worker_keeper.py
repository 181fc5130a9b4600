"""Keeping the worker at work, and giving a worker that falls at once a longer pause each time."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from lms.admin.worker import LONGEST_PAUSE, WorkerKeeper


def test_a_worker_that_falls_is_started_again_later_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    keeper: Any = WorkerKeeper(lambda: False, {})
    pauses = []
    for status in (1, -9, 1, 1, 1, 1, 1, 0, 1):
        keeper._child = SimpleNamespace(poll=lambda status=status: status)
        assert not keeper._is_at_work()
        pauses.append(max(keeper._not_before - at[0], 0))
        at[0] += 1000

    assert pauses == [2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, 0, 2]


def test_a_worker_that_runs_is_left_alone() -> None:
    keeper: Any = WorkerKeeper(lambda: False, {})
    assert not keeper._is_at_work()
    keeper._child = SimpleNamespace(poll=lambda: None)
    assert keeper._is_at_work()

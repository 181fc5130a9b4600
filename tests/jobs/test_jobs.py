"""Work that takes longer than a page may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.db import transaction
from lms.jobs import actions, queries
from lms.jobs.models import Job
from tests.people import MONDAY


def ask(app: Flask, key: str = "1") -> int:
    with app.app_context(), transaction() as session:
        return actions.ask(session, "count", key, {"to": 3}, now=MONDAY).id


def count(session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any) -> Any:
    reached = (cursor or 0) + 1
    return None if reached == facts["to"] else reached


def run(app: Flask, steps: Mapping[str, Any], at: Any = MONDAY) -> int:
    with app.app_context():
        return actions.run_due(transaction, steps, "worker", lambda: at)


def job(app: Flask, job_id: int) -> Job:
    with app.app_context(), transaction() as session:
        return session.get_one(Job, job_id)


def test_a_job_goes_on_step_by_step_until_its_cursor_is_none(app: Flask) -> None:
    wanted = ask(app)

    assert run(app, {"count": count}) == 3
    assert (job(app, wanted).state, job(app, wanted).done_units) == ("done", 3)


def test_asking_twice_gives_one_job(app: Flask) -> None:
    assert ask(app) == ask(app)


def test_a_job_that_another_worker_holds_is_left_alone_until_its_lease_ends(app: Flask) -> None:
    ask(app)
    with app.app_context(), transaction() as session:
        assert actions.take(session, "other", now=MONDAY) is not None

    assert run(app, {"count": count}) == 0
    assert run(app, {"count": count}, MONDAY + timedelta(minutes=2)) == 3


def _step_and_die(wanted: int) -> None:
    with transaction() as session:
        actions.step(session, wanted, "killed", {"count": count}, now=MONDAY)
        raise KeyboardInterrupt


def test_a_killed_worker_loses_at_most_one_step(app: Flask) -> None:
    wanted = ask(app)
    with app.app_context():
        with transaction() as session:
            actions.take(session, "killed", now=MONDAY)
        with transaction() as session:
            actions.step(session, wanted, "killed", {"count": count}, now=MONDAY)
        with pytest.raises(KeyboardInterrupt):
            _step_and_die(wanted)

    assert job(app, wanted).cursor == 1
    assert run(app, {"count": count}, MONDAY + timedelta(minutes=2)) == 2


def test_a_failing_job_waits_longer_each_time_and_then_for_a_person(app: Flask) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    wanted = ask(app)
    moment = MONDAY
    pauses = []
    for _ in range(actions.MOST_FAILURES):
        run(app, {"count": fail}, moment)
        pauses.append(job(app, wanted).due_at - moment)
        moment = job(app, wanted).due_at

    assert pauses == sorted(pauses)
    assert job(app, wanted).error == "OSError: disk full"
    with app.app_context(), transaction() as session:
        assert queries.failed(session) == 1
        assert queries.next_due(session) is None

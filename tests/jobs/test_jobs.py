"""Work that takes longer than a page may."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.db import reading, transaction
from lms.extensions import db
from lms.jobs import actions, progress, queries, running
from lms.jobs import steps as steps_of
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
        return running.run_due(reading, transaction, steps, "worker", lambda: at)


def job(app: Flask, job_id: int) -> Job:
    with app.app_context(), transaction() as session:
        return session.get_one(Job, job_id)


def test_a_job_goes_on_step_by_step_until_its_cursor_is_none(app: Flask) -> None:
    wanted = ask(app)

    assert run(app, {"count": count}) == 3
    assert (job(app, wanted).state, job(app, wanted).done_units) == ("done", 3)


def test_asking_twice_gives_one_job(app: Flask) -> None:
    assert ask(app) == ask(app)


def test_two_that_ask_at_once_make_one_job(app: Flask) -> None:
    asked = threading.Event()
    found: list[int] = []

    def ask_too() -> None:
        asked.wait(60)
        with app.app_context():
            with transaction() as session:
                found.append(actions.ask(session, "count", "same", now=MONDAY).id)
            db.session.remove()

    other = threading.Thread(target=ask_too)
    other.start()
    with app.app_context(), transaction() as session:
        found.append(actions.ask(session, "count", "same", now=MONDAY).id)
        asked.set()
        other.join(0.3)  # it waits for this transaction, in whatever way the database lets it
    other.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_a_job_that_another_worker_holds_is_left_alone_until_its_lease_ends(app: Flask) -> None:
    ask(app)
    with app.app_context(), transaction() as session:
        assert running.take(session, "other", now=MONDAY) is not None

    assert run(app, {"count": count}) == 0
    assert run(app, {"count": count}, MONDAY + timedelta(minutes=2)) == 3


def test_a_lease_of_a_clock_that_was_ahead_holds_nobody_up(app: Flask) -> None:
    """The machine was switched off to set its clock, and the worker was killed."""
    ask(app)
    with app.app_context(), transaction() as session:
        running.take(session, "other", now=MONDAY + timedelta(days=900))
    assert run(app, {"count": count}) == 3


@pytest.mark.parametrize("begun", ["asked for at once", "begun", "tried again", "planned"])
def test_what_a_clock_that_was_ahead_has_put_off_is_done_now(app: Flask, begun: str) -> None:
    ahead = MONDAY + timedelta(days=900)
    with app.app_context(), transaction() as session:
        made, due = (ahead, ahead) if begun == "asked for at once" else (MONDAY, ahead)
        job = actions.ask(session, "count", "1", {"to": 3}, now=made, due_at=due)
        job.done_units, job.failures = int(begun == "begun"), int(begun == "tried again")
        session.flush()
        actions.hasten(session, but=("another",), now=MONDAY)
    assert run(app, {"count": count}) == (0 if begun == "planned" else 3)


def _step_and_die(wanted: int) -> None:
    with transaction() as session:
        running.step(session, wanted, "killed", {"count": count}, now=MONDAY)
        raise KeyboardInterrupt


def test_a_killed_worker_loses_at_most_one_step(app: Flask) -> None:
    wanted = ask(app)
    with app.app_context():
        with transaction() as session:
            running.take(session, "killed", now=MONDAY)
        with transaction() as session:
            running.step(session, wanted, "killed", {"count": count}, now=MONDAY)
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
    for _ in range(running.MOST_FAILURES):
        run(app, {"count": fail}, moment)
        pauses.append(job(app, wanted).due_at - moment)
        moment = job(app, wanted).due_at

    assert pauses == sorted(pauses)
    assert job(app, wanted).error == "OSError: disk full"
    with app.app_context(), transaction() as session:
        assert queries.standing(session).failed == 1
        assert queries.next_due(session) is None


# ---- Slow steps ---------------------------------------------------------------------------------


def slow(seen: list[Any], fails: int = 0) -> Mapping[str, Any]:
    """Return a kind of job whose step counts, and notes what it was given."""
    left = [fails]

    def prepare(session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any) -> Any:
        locked = session.connection().get_execution_options().get("writes", False)
        return (facts["to"], cursor, locked)

    def record(
        session: Session, facts: Mapping[str, Any], cursor: Any, prepared: Any, *, now: Any
    ) -> Any:
        seen.append(prepared)
        if left[0]:
            left[0] -= 1
            raise OSError("killed between the two parts")
        return count(session, facts, cursor, now=now)

    return {"count": steps_of.SlowStep(prepare, record)}


def test_what_is_slow_is_prepared_before_the_transaction(app: Flask) -> None:
    wanted = ask(app)
    seen: list[Any] = []

    assert run(app, slow(seen)) == 3

    assert seen == [(3, None, False), (3, 1, False), (3, 2, False)]
    assert job(app, wanted).state == "done"


def test_both_parts_are_done_again_where_the_second_did_not_finish(app: Flask) -> None:
    wanted = ask(app)
    seen: list[Any] = []
    steps = slow(seen, fails=1)

    run(app, steps)
    run(app, steps, job(app, wanted).due_at)

    assert seen == [(3, None, False), (3, None, False), (3, 1, False), (3, 2, False)]
    assert job(app, wanted).state == "done"


def test_who_lost_the_lease_while_preparing_records_nothing(app: Flask) -> None:
    wanted = ask(app)
    seen: list[Any] = []
    steps = slow(seen)
    with app.app_context():
        with transaction() as session:
            running.take(session, "slow", now=MONDAY)
        prepared = running.prepare(reading(), wanted, steps, now=MONDAY)
        later = MONDAY + timedelta(minutes=2)
        with transaction() as session:
            assert running.take(session, "quick", now=later) is not None
        with transaction() as session:
            assert not running.step(session, wanted, "slow", steps, prepared, now=later)

    assert seen == []
    assert job(app, wanted).lease_owner == "quick"


def test_between_two_steps_others_have_their_turn(app: Flask) -> None:
    ask(app)
    order: list[str] = []

    def long(session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any) -> Any:
        order.append("long")
        if cursor is None:
            actions.ask(session, "quick", "1", now=MONDAY)
        return count(session, facts, cursor, now=now)

    def quick(session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any) -> None:
        order.append("quick")

    moments = (MONDAY + timedelta(seconds=number) for number in range(100))
    with app.app_context():
        running.run_due(
            reading,
            transaction,
            {"count": long, "quick": quick},
            "worker",
            lambda: next(moments),
        )

    assert order == ["long", "quick", "long", "long"]


def test_a_worker_that_died_in_long_work_keeps_others_from_it_for_its_lease(app: Flask) -> None:
    def die(session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any) -> Any:
        raise KeyboardInterrupt

    lease = timedelta(minutes=30)
    doing = slow([])["count"]
    ask(app)
    with pytest.raises(KeyboardInterrupt):
        run(app, {"count": steps_of.SlowStep(die, doing.record, lease)})

    steps = {"count": steps_of.SlowStep(doing.prepare, doing.record, lease)}
    assert run(app, steps, MONDAY + timedelta(minutes=29)) == 0
    assert run(app, steps, MONDAY + timedelta(minutes=31)) == 3


def telling(seen: list[Any], percent: int = 43) -> Mapping[str, Any]:
    """Return steps of which the slow part tells how far it is, then looks at what is kept."""

    def prepare(
        session: Session, facts: Mapping[str, Any], cursor: Any, *, now: Any, tell: progress.Tell
    ) -> Any:
        tell(percent, {"msgid": "half"})
        with transaction() as writing:
            kept = writing.scalars(select(Job)).one()
            seen.append((kept.done_units, kept.total_units, kept.result, kept.lease_until))
        return {"good": True}

    return {"count": steps_of.TellingStep(prepare, steps_of.keep, timedelta(minutes=5))}


def test_a_slow_part_tells_how_far_it_is_and_keeps_its_lease(app: Flask) -> None:
    wanted = ask(app)
    seen: list[Any] = []
    steps = telling(seen)
    moments = iter(MONDAY + timedelta(minutes=n) for n in range(10))

    with app.app_context():
        running.run_due(reading, transaction, steps, "worker", lambda: next(moments))

    ((percent, whole, result, lease),) = seen
    assert (percent, whole, result) == (43, 100, {"part": {"msgid": "half"}})
    assert lease == MONDAY + timedelta(minutes=7)  # taken at 0, told at 2
    done = job(app, wanted)
    assert (done.state, done.result) == ("done", {"good": True})


def test_who_lost_the_lease_tells_nothing(app: Flask) -> None:
    wanted = ask(app)
    with app.app_context():
        with transaction() as session:
            running.take(session, "quick", now=MONDAY)
        with transaction() as session:
            later = MONDAY + timedelta(minutes=1)
            progress.note(session, wanted, "slow", steps_of.LEASE, 43, {}, now=later)
    found = job(app, wanted)
    assert (found.done_units, found.result) == (0, None)
    assert found.lease_until == MONDAY + steps_of.LEASE


def test_work_goes_on_where_it_cannot_tell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE job", {}, Exception("database is locked"))

    monkeypatch.setattr(progress, "note", locked)
    wanted = ask(app)
    run(app, telling([]))
    assert job(app, wanted).state == "done"


def test_what_a_large_job_held_is_given_back_when_it_ends(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr("lms.kernel.memory.forget", lambda: given.append("back"))
    doing = slow([])["count"]
    ask(app)

    assert run(app, {"count": steps_of.SlowStep(doing.prepare, doing.record, large=True)}) == 3
    assert given == ["back"]

    ask(app, "2")
    run(app, {"count": doing})
    assert given == ["back"]


# ---- Stopping, and going on ---------------------------------------------------------------------


def test_a_worker_that_is_told_to_stop_finishes_its_step_and_gives_the_job_back(app: Flask) -> None:
    wanted = ask(app)
    told = iter((False, True))
    with app.app_context():
        done = running.run_due(
            reading,
            transaction,
            {"count": count},
            "worker",
            lambda: MONDAY,
            lambda: next(told, True),
        )

    assert done == 1
    assert (job(app, wanted).cursor, job(app, wanted).state) == (1, "waiting")
    assert run(app, {"count": count}) == 2


def test_what_gave_up_goes_on_where_it_stopped_when_somebody_asks(app: Flask) -> None:
    wanted = ask(app)
    with app.app_context(), transaction() as session:
        row = session.get_one(Job, wanted)
        row.state, row.failures, row.cursor, row.ended_at = "failed", 8, 2, MONDAY
    assert run(app, {"count": count}) == 0

    with app.app_context(), transaction() as session:
        assert actions.try_again(session, now=MONDAY) == 1

    assert run(app, {"count": count}) == 1
    assert (job(app, wanted).state, job(app, wanted).failures) == ("done", 0)


def test_every_kind_of_job_has_its_step_where_the_table_says(app: Flask) -> None:
    steps = app.config["JOB_STEPS"]()

    assert len(steps) == len(set(steps)) > 0
    for kind in steps:
        assert steps[kind] is not None
    with pytest.raises(KeyError):
        steps["unheard of"]

"""kill -9 in the middle of saving and handing in: what was acknowledged is there afterwards."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from lms.assessment.models import Answer, Attempt
from lms.extensions import db
from lms.learning import records
from tests.bench.load import Connection
from tests.bench.saving import Saver, savers
from tests.faults.station import Learner, Station, kill, station

LEARNERS = 24
# Handing in ends a test, so most of them stay open for the next round.
FEWEST_OPEN = 12
# A slow machine may have saved nothing yet when a quick one has saved much.
FEWEST_ANSWERS = 6  # of a round, before the server is killed


class Ledger:
    """What the server has acknowledged."""

    def __init__(self) -> None:
        self.answers: set[tuple[str, str, int]] = set()
        self.handed_in: set[str] = set()


async def _work(found: list[Saver], port: int, ledger: Ledger, seconds: float) -> None:
    """Let everybody save, and one of them hand in, until the server is gone or time is up."""

    async def one(saver: Saver) -> None:
        connection = Connection(port)
        numbers = itertools.count(1)
        saver.count = numbers
        try:
            for _ in range(10_000):
                saver_n = next(saver.count)
                saver.count = itertools.chain([saver_n], numbers)
                status = await saver.save(connection)
                if status != 200:
                    return
                ledger.answers.add((str(saver.person.attempt), saver.page, saver_n))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            connection.close()

    async def hand_in(saver: Saver) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        connection = Connection(port)
        body = {
            "attempt": str(saver.person.attempt),
            "person": saver.tag,
            "page": saver.page,
            "n": 99_999,
            "claimed": None,
        }
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": saver.person.cookie,
            "X-CSRF-Token": saver.person.csrf_token,
        }
        try:
            status, _, _ = await connection.ask(
                "POST", "/en/answers/hand-in", headers, json.dumps(body).encode()
            )
            if status == 200:
                ledger.handed_in.add(str(saver.person.attempt))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            connection.close()

    work = [one(saver) for saver in found]
    if len(found) > FEWEST_OPEN:
        work.append(hand_in(found[-1]))
    await asyncio.wait_for(asyncio.gather(*work), timeout=60)


def _rounds(place: Station, kills: int, answers: int) -> Ledger:
    """Kill so often, and on a slow machine more often: until so many answers were acknowledged."""
    everybody: list[Learner] = place.learners(LEARNERS)
    ledger = Ledger()
    for killed in range(3 * kills):
        if killed >= kills and len(ledger.answers) > answers:
            break
        open_ones = [each for each in everybody if each.attempt not in ledger.handed_in]
        chosen = random.sample(open_ones, min(len(open_ones), FEWEST_OPEN + 1))
        with place.run() as process:
            after = random.uniform(0.05, 0.5)

            async def round_(chosen: list[Learner], after: float) -> None:
                found = await savers(place.house.port, tuple(chosen))  # type: ignore[arg-type]
                before = len(ledger.answers)
                working = asyncio.create_task(_work(found, place.house.port, ledger, after))
                while len(ledger.answers) < before + FEWEST_ANSWERS and not working.done():
                    await asyncio.sleep(0.005)
                await asyncio.sleep(after)
                await asyncio.get_running_loop().run_in_executor(None, kill, process)
                await working

            asyncio.run(round_(chosen, after))
        _check(place, ledger)
        still = _state_of(place, everybody)
        everybody = [each for each in everybody if still[each.attempt] == "open"]
        if len(everybody) <= FEWEST_OPEN:
            everybody += place.learners(LEARNERS - len(everybody))
    return ledger


def _state_of(place: Station, everybody: list[Learner]) -> dict[str, str]:
    with place.house.app.app_context():
        rows = db.session.execute(
            select(Attempt.id, Attempt.state).where(
                Attempt.id.in_([UUID(each.attempt) for each in everybody])
            )
        )
        found = {str(row.id): row.state for row in rows}
        db.session.remove()
        return found


def _check(place: Station, ledger: Ledger) -> None:
    with place.house.app.app_context():
        stored = {
            (str(row.attempt_id), row.page, row.n)
            for row in db.session.execute(select(Answer.attempt_id, Answer.page, Answer.n))
        }
        closed = {
            str(found)
            for found in db.session.scalars(select(Attempt.id).where(Attempt.state == "submitted"))
        }
        differences = list(records.differences(db.session()))
        db.session.remove()
    assert ledger.answers <= stored, f"{len(ledger.answers - stored)} answers are lost"
    assert ledger.handed_in <= closed, "a test that was handed in is open again"
    assert differences == []
    assert place.is_sound()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Station:
    return station(tmp_path / "data")


def test_twenty_kills_lose_no_acknowledged_answer(on_sqlite: Station) -> None:
    with on_sqlite.loaded():
        ledger = _rounds(on_sqlite, kills=20, answers=100)
    assert len(ledger.answers) > 100


@pytest.mark.crash
def test_two_hundred_kills_lose_no_acknowledged_answer(on_each: Station) -> None:
    with on_each.loaded():
        ledger = _rounds(on_each, kills=200, answers=1000)
    assert len(ledger.answers) > 1000
    with on_each.house.app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answer")).scalar_one() > 0

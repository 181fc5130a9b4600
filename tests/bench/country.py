"""Two hundred people beside a country of 20,000: no page may cost a fifth more."""

from __future__ import annotations

import asyncio
import itertools

from tests.bench.load import Ask, Connection, closed_loop, getting
from tests.bench.saving import savers
from tests.bench.section import STAFF, Bench, headers
from tests.bench.seed import Seeded, lesson_path
from tests.bench.servers import Running
from tests.bench.table import Figure

ROUNDS = 4


async def _asks(running: Running, seeded: Seeded) -> dict[str, Ask]:
    person = seeded.people[0]
    known = headers(person)
    turn = itertools.cycle(await savers(running.port, seeded.people))

    async def save(connection: Connection, _number: int) -> int:
        return await next(turn).save(connection)

    return {
        "home": getting("/en/home", known),
        "lesson": getting(lesson_path(), known),
        "quiz": getting(person.quiz, known),
        "answer saved": save,
    }


async def _cost(running: Running, ask: Ask, seconds: float) -> float:
    before = running.cpu()
    result = await closed_loop(running.port, 1, ask, seconds=seconds)
    if result.failed:
        raise RuntimeError(f"{result.failed} requests failed")
    return (running.cpu() - before) / len(result.seconds) * 1000


async def _all(
    bench: Bench, sides: tuple[tuple[Running, Seeded], tuple[Running, Seeded]]
) -> list[Figure]:
    asks = [await _asks(running, seeded) for running, seeded in sides]
    seconds = 0.5 if bench.quick else 1.5
    costs: dict[tuple[str, int], float] = {}
    for _ in range(ROUNDS):
        for name in asks[0]:
            for side, (running, _seeded) in enumerate(sides):
                cost = await _cost(running, asks[side][name], seconds)
                costs[name, side] = min(cost, costs.get((name, side), cost))
    return [
        Figure(
            f"CPU, {name}, {STAFF:,} staff against 200",
            (costs[name, 1] / costs[name, 0] - 1) * 100,
            "% more",
            20,
            note=f"{costs[name, 0]:.2f} and {costs[name, 1]:.2f} ms",
        )
        for name in asks[0]
    ]


def run(bench: Bench) -> list[Figure]:
    """Measure both in turn, both servers standing."""
    country = bench.country
    if country is None:
        return [Figure(f"{STAFF:,} staff", None, note="this build cannot make a country yet")]
    with bench.lms() as small, bench.lms(country) as large:
        return asyncio.run(_all(bench, ((small, bench.seeded), (large, country))))

"""Fifty people who save answers, in a closed loop and thinking; nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from tests.bench.load import Connection, Result, closed_loop
from tests.bench.saving import Saver, savers
from tests.bench.section import Bench
from tests.bench.seed import Seeded
from tests.bench.servers import Running
from tests.bench.table import Figure

SAVERS = 50


async def _save(
    running: Running, clients: list[Saver], seconds: float, think: tuple[float, float] = (0, 0)
) -> Result:
    async def ask(connection: Connection, number: int) -> int:
        return await clients[number].save(connection)

    return await closed_loop(running.port, len(clients), ask, seconds=seconds, think=think)


def _stored(folder: Path) -> int:
    with sqlite3.connect(folder / "lms.sqlite") as database:
        return int(database.execute("SELECT count(*) FROM answer").fetchone()[0])


async def _all(bench: Bench, running: Running, seeded: Seeded, size: str) -> list[Figure]:
    loop_seconds, think_seconds = (3, 6) if bench.quick else (15, 30)
    before = _stored(seeded.folder)
    # Everybody opens the test twice: a thinking saver is another page than a hurried one.
    clients = await savers(running.port, seeded.people[: 2 * SAVERS])
    closed = await _save(running, clients[:SAVERS], loop_seconds)
    thinking = await _save(running, clients[SAVERS:], think_seconds, (1, 3))
    said = sum(len(each.seconds) - each.failed for each in (closed, thinking))
    lost = said - (_stored(seeded.folder) - before)
    name, calm = f"{SAVERS} savers in a closed loop", f"{SAVERS} savers thinking 1-3 s"
    return [
        Figure(f"{name}, p50", closed.median, "ms", note=f"{closed.per_second:.0f}/s, {size}"),
        Figure(f"{name}, p95", closed.quantile(0.95), "ms", 300, 200),
        Figure(f"{name}, p99", closed.quantile(0.99), "ms", 400),
        Figure(f"{name}, longest", closed.quantile(1), "ms", 600, 260),
        Figure(f"{calm}, p50", thinking.median, "ms", note=f"{thinking.per_second:.0f}/s"),
        Figure(f"{calm}, p95", thinking.quantile(0.95), "ms", 25, 12),
        Figure("answers refused", closed.failed + thinking.failed, "", 0),
        Figure("acknowledged answers lost", lost, "", 0, note=f"of {said}, synchronous=FULL"),
    ]


def run(bench: Bench) -> list[Figure]:
    """Save on the largest database that there is."""
    seeded, size = bench.largest
    with bench.lms(seeded) as running:
        return asyncio.run(_all(bench, running, seeded, size))

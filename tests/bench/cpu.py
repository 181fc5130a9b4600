"""CPU of the server per request beside the bare page, and what it bears at 1, 10, 50 clients."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from tests.bench.load import Ask, Connection, closed_loop, getting
from tests.bench.saving import savers
from tests.bench.section import Bench, headers
from tests.bench.seed import lesson_path
from tests.bench.servers import Running
from tests.bench.table import Figure

# A run is repeated, the pages taking turns, and the cheapest one counts: what other programs of
# the machine do can only add.
ROUNDS = 4


@dataclass(frozen=True)
class Page:
    """A request whose cost is measured."""

    name: str
    ask: Ask
    bar: float | None = None
    stretch: float | None = None


async def _pages(bench: Bench, running: Running) -> list[Page]:
    people = bench.seeded.people
    person = people[0]
    turn = itertools.cycle(await savers(running.port, people))

    async def save(connection: Connection, _number: int) -> int:
        return await next(turn).save(connection)

    known = headers(person)
    return [
        Page("sign-in form", getting("/en/", headers()), 11, 7),
        Page("home", getting("/en/home", known), 14, 9),
        Page("lesson", getting(lesson_path(), known), 13, 9),
        Page("quiz", getting(person.quiz, known), 18, 12),
        Page("answer saved", save, 10, 8),
    ]


async def _cost(running: Running, ask: Ask, seconds: float) -> float:
    """Return milliseconds of CPU per request at one connection."""
    before = running.cpu()
    result = await closed_loop(running.port, 1, ask, seconds=seconds)
    if result.failed or not result.seconds:
        raise RuntimeError(f"{result.failed} of {len(result.seconds)} requests failed")
    return (running.cpu() - before) / len(result.seconds) * 1000


async def _all(bench: Bench, plain: Running, program: Running) -> list[Figure]:
    bare = Page("bare page", getting("/", headers()))
    pages = await _pages(bench, program)
    where = {bare.name: plain}
    seconds = 1.0 if bench.quick else 2.0
    costs: dict[str, list[float]] = {}
    for page in (bare, *pages):
        await closed_loop(where.get(page.name, program).port, 1, page.ask, each=100)
    for _ in range(ROUNDS):
        for page in (bare, *pages):
            cost = await _cost(where.get(page.name, program), page.ask, seconds)
            costs.setdefault(page.name, []).append(cost)
    one = min(costs[bare.name])
    figures = [Figure(f"CPU, {bare.name}", one, "ms", ratio=1.0)]
    for page in pages:
        own = min(costs[page.name])
        figures.append(
            Figure(f"CPU, {page.name}", own, "ms", page.bar, page.stretch, ratio=own / one)
        )
    for page in (bare, *pages):
        for connections in (1, 10, 50):
            running = where.get(page.name, program)
            result = await closed_loop(running.port, connections, page.ask, seconds=seconds)
            note = f"p95 {result.quantile(0.95):.1f} ms"
            if result.failed:
                note += f", {result.failed} FAILED"
            figures.append(
                Figure(f"{page.name}, {connections} at once", result.per_second, "/s", note=note)
            )
    return figures


def run(bench: Bench) -> list[Figure]:
    """Measure the pages in turn, both servers standing."""
    with bench.lms() as program, bench.bare() as plain:
        return asyncio.run(_all(bench, plain, program))

"""Administrators at work on a country: what a page costs, and what savers feel of ten of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import select

from lms.accounts.models import Unit
from lms.app import create_app
from lms.db import transaction
from lms.extensions import db
from lms.reports.registry import MODULES
from lms.settings import read
from tests.bench.load import Connection, closed_loop, getting
from tests.bench.savers import SAVERS
from tests.bench.saving import Saver, savers
from tests.bench.section import BROWSER, Bench
from tests.bench.seed import Seeded
from tests.bench.servers import Running
from tests.bench.table import Figure
from tests.people import add_person

ADMINISTRATORS = 10
# What an administrator opens in a day, with its bar in milliseconds. The lists are those of the
# whole country; two pages that count how everybody stands towards every requirement have no bar.
PAGES: dict[str, tuple[str, float | None]] = {
    "what needs doing": ("/administer", None),
    "people": ("/administer/people", 60),
    "people by a name": ("/administer/people?q=ben", 60),
    "certificates": ("/administer/certificates", 60),
    "certificates withdrawn": ("/administer/certificates?state=withdrawn", 60),
    "requirements": ("/administer/requirements", None),
    "programmes": ("/administer/programmes", 60),
    "reminders": ("/administer/requirements/reminders", 60),
    **{f"report “{name}”": (f"/reports/{name}", 300) for name in MODULES},
}


def _administrators(seeded: Seeded) -> list[dict[str, str]]:
    """Give ten administrators of the country a session; return their browsers' headers."""
    environment = {"LMS_DATA": str(seeded.folder), "LMS_COURSES": str(seeded.courses)}
    found = []
    with create_app(read(environment)).app_context():
        with transaction() as session:
            country = session.scalars(select(Unit).where(Unit.kind == "country")).one()
            for number in range(ADMINISTRATORS):
                person = add_person(
                    session,
                    f"Administrator {number}",
                    f"A-{number:04}",
                    country,
                    roles=(("administrator", country),),
                    now=datetime.now(UTC),
                )
                found.append({**BROWSER, "Cookie": f"sid={person.token}"})
        db.session.remove()
        db.engine.dispose()
    return found


async def _costs(running: Running, known: dict[str, str], seconds: float) -> list[Figure]:
    figures = []
    for name, (path, bar) in PAGES.items():
        ask = getting(f"/en{path}", known)
        await closed_loop(running.port, 1, ask, each=2)
        before = running.cpu()
        result = await closed_loop(running.port, 1, ask, seconds=seconds)
        if result.failed:
            raise RuntimeError(f"{name}: {result.failed} requests failed")
        cost = (running.cpu() - before) / len(result.seconds) * 1000
        figures.append(Figure(f"CPU, {name}", cost, "ms", bar))
    return figures


async def _together(
    running: Running, clients: list[Saver], offices: list[dict[str, str]], seconds: float
) -> list[Figure]:
    async def save(connection: Connection, number: int) -> int:
        return await clients[number].save(connection)

    pages = [path for path, _ in PAGES.values()]
    turns = list(range(ADMINISTRATORS))

    async def look(connection: Connection, number: int) -> int:
        turns[number] += 1
        path = f"/en{pages[turns[number] % len(pages)]}"
        status, _, _ = await connection.ask("GET", path, offices[number])
        return status

    saving, looking = await asyncio.gather(
        closed_loop(running.port, SAVERS, save, seconds=seconds, think=(0.8, 1.2)),
        closed_loop(running.port, ADMINISTRATORS, look, seconds=seconds, think=(1, 3)),
    )
    name = f"{SAVERS} savers beside {ADMINISTRATORS} administrators"
    return [
        Figure(f"{name}, p50", saving.median, "ms", note=f"{saving.per_second:.0f} answers/s"),
        Figure(f"{name}, p95", saving.quantile(0.95), "ms", 250),
        Figure(f"{name}, longest", saving.quantile(1), "ms"),
        Figure(
            "a page of an administrator meanwhile, p95",
            looking.quantile(0.95),
            "ms",
            note=f"{looking.per_second:.1f} pages/s",
        ),
        Figure("requests refused", saving.failed + looking.failed, "", 0),
    ]


async def _all(bench: Bench, running: Running, seeded: Seeded) -> list[Figure]:
    offices = _administrators(seeded)
    clients = await savers(running.port, seeded.people[:SAVERS])
    figures = await _costs(running, offices[0], 0.5 if bench.quick else 2)
    return figures + await _together(running, clients, offices, 8 if bench.quick else 30)


def run(bench: Bench) -> list[Figure]:
    """Measure on the largest database that there is."""
    seeded, size = bench.largest
    with bench.lms(seeded) as running:
        figures = asyncio.run(_all(bench, running, seeded))
    return [Figure("measured on", None, note=size), *figures]

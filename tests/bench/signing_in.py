"""Fifty people who sign in at the same moment, as at the start of a shift, and what it leaves."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from lms.web import csrf
from tests.bench.load import Connection, Result, closed_loop
from tests.bench.section import Bench, headers
from tests.bench.seed import PASSWORD, Learner
from tests.bench.servers import Running
from tests.bench.table import Figure

AT_ONCE = 50


async def sign_in(connection: Connection, person: Learner) -> int:
    """Send the sign-in form of ``person``; 303 says that it was right."""
    secret = f"pre-session-{person.service_number}"
    fields = {
        "service_number": person.service_number,
        "password": PASSWORD,
        "csrf_token": csrf._token_for(secret),
    }
    status, _, _ = await connection.ask(
        "POST",
        "/en/sign-in",
        headers(
            None, **{"Cookie": f"pre={secret}", "Content-Type": "application/x-www-form-urlencoded"}
        ),
        urlencode(fields).encode(),
    )
    return status if status == 303 else 599


async def burst(running: Running, people: tuple[Learner, ...]) -> Result:
    """Let everybody in ``people`` sign in at once."""

    async def ask(connection: Connection, number: int) -> int:
        return await sign_in(connection, people[number])

    return await closed_loop(running.port, len(people), ask, each=1)


def run(bench: Bench) -> list[Figure]:
    """Sign fifty people in, three times, each time others."""
    people = bench.seeded.people
    figures = []
    with bench.lms() as running:
        before = running.pss()
        worst, failed = 0.0, 0
        for first in range(0, 3 * AT_ONCE, AT_ONCE):
            result = asyncio.run(burst(running, people[first : first + AT_ONCE]))
            worst, failed = max(worst, result.quantile(0.95)), failed + result.failed
        figures.append(
            Figure(
                f"{AT_ONCE} sign-ins at once, p95",
                worst,
                "ms",
                1300,
                note="the worst of three bursts",
            )
        )
        figures.append(Figure("sign-ins refused", failed, "", 0))
        note = f"{before:.0f} before"
        figures.append(
            Figure("memory after the sign-ins", running.pss(), "MiB", 140, 115, note=note)
        )
    return figures

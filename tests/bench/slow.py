"""Clients that stall, and what the others notice: heads and bodies that never end, slow readers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

from tests.bench.load import closed_loop, getting
from tests.bench.section import Bench, headers
from tests.bench.seed import SLUG, Learner
from tests.bench.servers import Running
from tests.bench.table import Figure

HALVES = 200
READERS = 100


@contextlib.asynccontextmanager
async def _open(port: int, count: int, sent: Callable[[int], bytes]) -> AsyncIterator[None]:
    """Hold ``count`` connections open on which only ``sent`` was said and little is read."""
    loop = asyncio.get_running_loop()
    lines = []
    try:
        for number in range(count):
            line = socket.socket()
            # A small window: an answer of any size waits in the server.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.setblocking(False)
            lines.append(line)
            await loop.sock_connect(line, ("127.0.0.1", port))
            await loop.sock_sendall(line, sent(number))
        yield
    finally:
        for line in lines:
            line.close()


def _half_head(port: int) -> bytes:
    return f"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Half".encode()


def _half_body(port: int) -> bytes:
    head = f"POST /en/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1000\r\n"
    return (head + "Content-Type: application/x-www-form-urlencoded\r\n\r\nservice_num").encode()


def _whole_course(port: int, person: Learner) -> bytes:
    head = f"GET /en/courses/{SLUG}/take-along HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    return f"{head}Cookie: {person.cookie}\r\nAccept-Encoding: identity\r\n\r\n".encode()


async def _others(running: Running, person: Learner, seconds: float) -> tuple[float, int]:
    """Return the p95 in milliseconds of one other person who opens page after page."""
    ask = getting("/en/home", headers(person))
    result = await closed_loop(running.port, 1, ask, seconds=seconds)
    return result.quantile(0.95), result.failed


async def _all(bench: Bench, running: Running) -> list[Figure]:
    people, port = bench.seeded.people, running.port
    seconds = 1 if bench.quick else 4
    alone, failed = await _others(running, people[0], seconds)
    figures = [Figure("p95 of others, nobody stalls", alone, "ms")]
    for name, count, sent in (
        ("half heads", HALVES, lambda _number: _half_head(port)),
        ("half bodies", HALVES, lambda _number: _half_body(port)),
        ("slow readers", READERS, lambda number: _whole_course(port, people[1 + number])),
    ):
        async with _open(port, count, sent):
            if name == "slow readers":
                # Until the answers are made: this is about sending them.
                await _settled(running)
            else:
                await asyncio.sleep(0.5)
            found, wrong = await _others(running, people[0], seconds)
        failed += wrong
        figures.append(Figure(f"p95 of others, {count} {name}", found, "ms", 15))
    return [*figures, Figure("requests of others that failed", failed, "", 0)]


async def _settled(running: Running) -> None:
    before = running.cpu()
    for _ in range(60):
        await asyncio.sleep(0.5)
        now = running.cpu()
        if now - before < 0.03:
            return
        before = now
    raise RuntimeError("the server does not come to rest")


def run(bench: Bench) -> list[Figure]:
    """Stall in three ways."""
    with bench.lms() as running:
        return asyncio.run(_all(bench, running))

"""A small load generator: keep-alive connections, one request after the other on each."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """What a run measured: seconds of every request, how long it took, how many failed."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    failed: int = 0

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.seconds) / self.wall if self.wall else 0.0

    def quantile(self, share: float) -> float:
        """Return the time below which ``share`` of the requests stayed, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0

    @property
    def median(self) -> float:
        """The middle time in milliseconds."""
        return statistics.median(self.seconds) * 1000 if self.seconds else 0.0


class Connection:
    """One keep-alive connection that knows just enough HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received = 0  # bytes of the last answer, as they came over the line
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and return (status, headers, body)."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()
        raw = await self.reader.readuntil(b"\r\n\r\n")
        head = raw.decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        said = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            said[name.lower()] = value.strip()
        length = int(said.get("content-length", 0))
        if said.get("transfer-encoding") == "chunked":
            content = await self._chunks()
        elif status in (204, 304):
            content = b""
        else:
            content = await self.reader.readexactly(length) if length else b""
        self.received = len(raw) + len(content)
        if said.get("connection") == "close":
            self.close()
        return status, said, content

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        whole = b""
        while size := int((await self.reader.readline()).strip() or b"0", 16):
            whole += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return whole

    def close(self) -> None:
        """Close it; the next request opens another."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


Ask = Callable[[Connection, int], Awaitable[int]]


async def closed_loop(
    port: int,
    connections: int,
    ask: Ask,
    *,
    seconds: float = 0,
    each: int = 0,
    think: tuple[float, float] = (0, 0),
) -> Result:
    """Run ``connections`` clients: for ``seconds``, or ``each`` requests per client.

    ask     sends one request over a connection (number of the client) and returns its status.
    think   a pause between two requests of a client, from … to seconds, chosen at random.
    """
    result = Result()
    end = time.monotonic() + seconds if seconds else None

    async def client(number: int) -> None:
        connection = Connection(port)
        done = 0
        if think[1]:
            await asyncio.sleep(random.uniform(0, think[1]))
        while (end and time.monotonic() < end) or (each and done < each):
            began = time.monotonic()
            try:
                status = await ask(connection, number)
            except (OSError, asyncio.IncompleteReadError):
                connection.close()
                status = 599
            result.seconds.append(time.monotonic() - began)
            result.failed += status >= 400
            done += 1
            if think[1]:
                await asyncio.sleep(random.uniform(*think))
        connection.close()

    began = time.monotonic()
    await asyncio.gather(*(client(number) for number in range(connections)))
    result.wall = time.monotonic() - began
    return result


def getting(path: str, headers: dict[str, str]) -> Ask:
    """Return a client that opens ``path`` again and again."""

    async def ask(connection: Connection, _number: int) -> int:
        status, _, _ = await connection.ask("GET", path, headers)
        return status

    return ask


def picked(values: Sequence[str], number: int) -> str:
    """Return the value of a client."""
    return values[number % len(values)]

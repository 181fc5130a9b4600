"""A request and its way back without a server, for what a real one cannot show exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field


@dataclass
class Headers:
    """Request headers in their order."""

    pairs: list[tuple[str, str]]

    def get(self, key: str, default: str) -> str:
        return next((value for name, value in self.pairs if name == key), default)

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Scope:
    """A request; every field may be set by the test."""

    path: str = "/page"
    method: str = "GET"
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "10.0.0.7:50000"
    scheme: str = "http"
    pairs: Sequence[tuple[str, str]] = ()

    @property
    def headers(self) -> Headers:
        return Headers(list(self.pairs))


@dataclass
class Wire:
    """The way back. ``chunks`` come in; None stands for a client that says nothing more."""

    chunks: list[bytes | None] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: tuple[object, ...] = ()
    left: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None
    asked: bool = False

    def __aiter__(self) -> Wire:
        if self.asked:
            raise RuntimeError("a body is streamed once")
        self.asked = True
        return self

    def __anext__(self) -> Awaitable[bytes]:
        return self._next()

    async def _next(self) -> bytes:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        if not self.chunks:
            raise StopAsyncIteration
        if self.chunks[0] is None:
            await asyncio.Event().wait()
        return self.chunks.pop(0) or b""

    async def _gone(self) -> None:
        await self.left.wait()

    def client_disconnect(self) -> Awaitable[None]:
        return self._gone()

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self._take(status, headers)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self._take(status, headers)
        self.body = body

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        self._take(status, headers)
        self.sent = (file,)

    def response_file_range(
        self, status: int, headers: list[tuple[str, str]], file: str, start: int, end: int
    ) -> None:
        self._take(status, headers)
        self.sent = (file, start, end)

    def _take(self, status: int, headers: list[tuple[str, str]]) -> None:
        assert self.status == 0, "a request is answered once"
        self.status, self.headers = status, dict(headers)

"""Lanes: a few threads with a bounded queue in front, seen from the event loop.

Two kinds of work must not wait for each other: pages (milliseconds) and sign-ins (tens of
milliseconds of hashing, 19 MiB each). Each has a lane; whoever finds its queue full is told to
come back instead of holding a connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Busy(Exception):  # noqa: N818  # a state, not an error
    """The queue of the lane is full."""


class Gone(Exception):  # noqa: N818
    """The client left before a thread was free; nothing was run for it."""


class Lane:
    """``threads`` threads, and at most ``waiting`` pieces of work waiting for one."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._most = threads + waiting
        self._inside = 0

    async def run(
        self, work: Callable[[], T], *, gone: Callable[[], Awaitable[None]] | None = None
    ) -> T:
        """Run ``work`` in a thread and return its result; what it raises is raised here.

        ``gone`` gives an awaitable that ends when the client leaves; with it, work that has not
        begun by then is dropped. Work that has begun always runs to its end.

        Raises Busy when the queue is full, Gone when the work was dropped.
        """
        if self._inside >= self._most:
            raise Busy
        self._inside += 1
        try:
            job = self._pool.submit(work)
            result = asyncio.wrap_future(job)
            if gone is not None and self._inside > self._threads:
                leaving = asyncio.ensure_future(gone())
                both: set[asyncio.Future[Any]] = {result, leaving}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                leaving.cancel()
                if job.cancel():
                    raise Gone
            return await result
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Wait for the work that has begun, drop the rest, end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

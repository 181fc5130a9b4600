"""Request bodies, read without holding a thread, a database connection or much memory.

A stalled body costs one entry in a table here. Were it streamed to the application, the first
look at ``request.form`` would hold a thread until the last byte: eight such clients would stop
the server.
"""

import asyncio
import contextlib
import io
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import IO

from lms.web.gate_settings import GateSettings


class Refused(Exception):
    """The gate itself answers with ``status``; ``unread`` says that body bytes may still come."""

    def __init__(
        self, status: int, *, retry_after: int | None = None, unread: bool = False
    ) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after
        self.unread = unread


class Bodies:
    """The bodies that are open now, counted in number and bytes, by address and in all."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._number: Counter[str | None] = Counter()
        self._bytes: Counter[str | None] = Counter()
        self._reading: set[asyncio.Task[object]] = set()

    @contextlib.contextmanager
    def place(self, address: str, size: int) -> Iterator[None]:
        """Hold a place for a body of ``size`` bytes from ``address`` until it has been used.

        Raises Refused 503 when there are too many.
        """
        limits = self._settings
        # The key None counts everybody.
        for key, number, total in (
            (None, limits.bodies_in_all, limits.bytes_in_all),
            (address, limits.bodies_per_address, limits.bytes_per_address),
        ):
            if self._number[key] >= number or self._bytes[key] + size > total:
                raise Refused(503, retry_after=limits.retry_after, unread=True)
        for key in (None, address):
            self._number[key] += 1
            self._bytes[key] += size
        try:
            yield
        finally:
            for key in (None, address):
                self._number[key] -= 1
                self._bytes[key] -= size
            if not self._number[address]:
                del self._number[address], self._bytes[address]

    async def read(self, chunks: AsyncIterator[bytes], size: int, *, upload: bool) -> IO[bytes]:
        """Read the ``size`` bytes that were announced; return them as a file at its start.

        Above ``file_above`` it is a temporary file without a name, below it is memory. The
        caller closes it.

        Raises Refused: 408 when no byte came in time or the whole took too long, 400 when the
        client left before the end, 503 when the server stops meanwhile.
        """
        limits = self._settings
        loop = asyncio.get_running_loop()
        end = loop.time() + (limits.upload_timeout if upload else limits.total_timeout)
        on_disk = size > limits.file_above
        body: IO[bytes] = (
            tempfile.TemporaryFile(dir=limits.body_folder) if on_disk else io.BytesIO()
        )
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        try:
            received = 0
            while received < size:
                async with asyncio.timeout(min(limits.idle_timeout, end - loop.time())):
                    chunk = await anext(chunks, b"")
                if not chunk:  # so the server says that the client has gone
                    raise Refused(400)
                received += len(chunk)
                if on_disk:
                    await asyncio.to_thread(body.write, chunk)
                else:
                    body.write(chunk)
        except BaseException as error:
            body.close()
            if isinstance(error, TimeoutError):
                raise Refused(408) from None
            if isinstance(error, asyncio.CancelledError):
                raise Refused(503, retry_after=limits.retry_after) from None
            raise
        finally:
            self._reading.discard(task)
        body.seek(0)
        return body

    async def linger(self, chunks: AsyncIterator[bytes]) -> None:
        """Throw away what still comes, for a short while, after the answer has been given.

        A client that is still sending when the connection closes sees a reset and never reads
        the answer.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.linger):
                while await anext(chunks, b""):
                    pass

    def stop(self) -> None:
        """End the waiting for bodies that are not complete: each is answered with 503."""
        for task in self._reading:
            task.cancel()

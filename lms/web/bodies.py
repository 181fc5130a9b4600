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
from collections.abc import Iterator, Mapping
from typing import IO, cast

from lms.web.gate_settings import GateSettings
from lms.web.rsgi import HTTPProtocol


class Refused(Exception):  # noqa: N818  # an answer, not an error of ours
    """The gate answers with ``status`` itself and closes the connection."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bodies:
    """The bodies that are open now, counted in number and bytes, by address and in all."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._number: Counter[str | None] = Counter()
        self._bytes: Counter[str | None] = Counter()
        self._reading: set[asyncio.Task[object]] = set()
        self._stopped = False

    def announced(self, path: str, headers: Mapping[str, str]) -> tuple[int, bool]:
        """Return the size of the body that the headers announce, and whether it is an upload.

        Raises Refused: 413 when it is larger than the path takes, 411 when no length is given
        (browsers always give one, and without it a body cut short looks whole), 507 for a large
        upload for which the disk has no room; of a small one the application says so.
        """
        if "transfer-encoding" in headers:
            raise Refused(411)
        size = int(headers.get("content-length", "0"))
        upload = self._settings.upload_limit(path)
        if size > (self._settings.body_limit if upload is None else upload):
            raise Refused(413)
        large = upload is not None and size > self._settings.file_above
        # Twice: while it comes in it lies beside the place where it will be kept.
        if large and not self._settings.has_room(2 * size):
            raise Refused(507)
        return size, upload is not None

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
                raise Refused(503)
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

    async def read(self, chunks: HTTPProtocol, size: int, *, upload: bool) -> IO[bytes]:
        """Read the ``size`` bytes that were announced; return them as a file at its start.

        Above ``file_above`` it is a temporary file without a name, below it is memory. The
        caller closes it.

        Raises Refused: 408 when no byte came in time or the whole took too long, 400 when the
        client left before the end, 503 when the server stops meanwhile, 507 when the temporary file
        cannot be written.
        """
        limits = self._settings
        on_disk = size > limits.file_above
        body: IO[bytes] = io.BytesIO()
        total = limits.upload_timeout if upload else limits.total_timeout
        task = cast("asyncio.Task[object]", asyncio.current_task())
        self._reading.add(task)
        try:
            if on_disk:
                body = tempfile.TemporaryFile(dir=limits.body_folder)  # noqa: SIM115  # the caller's
            async with asyncio.timeout(total):
                await self._fill(body, chunks, size, on_disk=on_disk)
            body.seek(0)
        except BaseException as error:
            body.close()
            if isinstance(error, TimeoutError):
                raise Refused(408) from None
            if isinstance(error, asyncio.CancelledError):
                raise Refused(503) from None
            if isinstance(error, OSError):  # the disk is full, or may not be written
                raise Refused(507) from error
            raise
        finally:
            self._reading.discard(task)
        return body

    async def _fill(
        self, body: IO[bytes], chunks: HTTPProtocol, size: int, *, on_disk: bool
    ) -> None:
        received, chunks = 0, aiter(chunks)  # the server streams from this moment on
        while received < size:
            async with asyncio.timeout(self._settings.idle_timeout):
                chunk = await _next(chunks)
            if not chunk:
                raise Refused(400)
            received += len(chunk)
            if on_disk:
                await asyncio.to_thread(body.write, chunk)
            else:
                body.write(chunk)

    async def linger(self, chunks: HTTPProtocol) -> None:
        """Throw away what still comes, for a short while, after the answer has been given.

        A client that is still sending when the connection closes sees a reset and never reads
        the answer.
        """
        seconds = 0 if self._stopped else self._settings.linger
        # The server raises RuntimeError when the body has been asked for before: nothing is left
        # then that is worth waiting for.
        with contextlib.suppress(TimeoutError, RuntimeError):
            async with asyncio.timeout(seconds):
                chunks = aiter(chunks)
                while await _next(chunks):
                    pass

    def stop(self) -> None:
        """End the waiting for bodies that are not complete: each is answered with 503."""
        self._stopped = True
        for task in self._reading:
            task.cancel()


async def _next(chunks: HTTPProtocol) -> bytes:
    """Return the next bytes; none when the body is complete or the client has gone."""
    try:
        return await anext(chunks)
    except StopAsyncIteration:
        return b""

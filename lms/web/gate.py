"""The gate: an asynchronous front (RSGI) before the unchanged WSGI application.

It does what must not hold a thread: waiting for bodies and for a turn, static files, files with
ranges. Pages run in a few threads, sign-ins in two of their own.

One request: a static file is answered from memory; else the body is read (bodies.py), a lane
waited for (lanes.py), the application called (wsgi_call.py), its answer compressed or turned into
a file (answers.py) in the same thread, and handed to the server (rsgi.py).
"""

import asyncio
import functools
import io
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lms.web import wsgi_call
from lms.web.answers import Answer, compressed, with_file
from lms.web.bodies import Bodies, Refused
from lms.web.gate_settings import METHODS, GateSettings
from lms.web.lanes import Busy, Gone, Lane
from lms.web.own_pages import OwnPages
from lms.web.rsgi import HTTPProtocol, Scope
from lms.web.static_files import StaticFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger("lms.gate")


class Gate:
    """``application`` behind the gate; the server calls ``__rsgi__`` once a request.

    ``static``: the files below ``static.prefix``. ``file_root``: where ``X-Gate-File`` points.
    ``live_session(cookie header)`` says, in a thread, whether a session is open.
    ``busy_page`` and ``refusal_page``: see OwnPages. ``on_start`` is called in a thread when the
    server starts, ``on_stop`` when the last request is finished.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        static: StaticFiles,
        settings: GateSettings,
        file_root: Path,
        live_session: Callable[[str], bool] = lambda _cookie: False,
        busy_page: Callable[[str, bytes], bytes] | None = None,
        refusal_page: Callable[[int, str], bytes] | None = None,
        on_start: Iterable[Callable[[], object]] = (),
        on_stop: Iterable[Callable[[], object]] = (),
    ) -> None:
        self._application = application
        self._static = static
        self._settings = settings
        self._file_root = file_root
        self._live_session = live_session
        self._own = OwnPages(busy_page, refusal_page, retry_after=settings.retry_after)
        self._on_start = tuple(on_start)
        self._on_stop = tuple(on_stop)
        self._bodies = Bodies(settings)
        self._pages = Lane("page", settings.threads, settings.waiting)
        self._sign_ins = Lane("sign-in", settings.sign_in_threads, settings.sign_in_waiting)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call the start hooks in a thread; the first page need not wait for them."""
        for hook in self._on_start:
            loop.run_in_executor(None, _run_hook, hook)

    def stop_reading(self) -> None:
        """Answer every body that is not complete with 503, so that a stop need not wait for it."""
        self._bodies.stop()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Finish what runs, then call the stop hooks."""
        self._pages.close()
        self._sign_ins.close()
        for hook in self._on_stop:
            _run_hook(hook)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request; no error of the application goes further than this."""
        refused = False
        try:
            answer = await self._answer(scope, protocol)
        except (Refused, Busy, Gone) as reason:
            refused = True
            status = reason.status if isinstance(reason, Refused) else 503
            answer = self._own.refusal(scope.path, status).with_header("connection", "close")
        except Exception:
            log.exception("%s %r failed", scope.method, scope.path)
            answer = self._own.refusal(scope.path, 500)
        answer.send(protocol, head=scope.method == "HEAD")
        if refused:
            await self._bodies.linger(protocol)

    async def _answer(self, scope: Scope, protocol: HTTPProtocol) -> Answer:
        if scope.path.startswith(self._static.prefix):
            asked = scope.headers.get
            return self._static.answer(
                scope.path, scope.method, asked("accept-encoding", ""), asked("if-none-match", "")
            )
        if scope.method not in METHODS or not scope.path.startswith("/") or "\0" in scope.path:
            raise Refused(400)
        headers = wsgi_call.joined_headers(scope, trusted_proxies=self._settings.trusted_proxies)
        size, upload = self._bodies.announced(scope.path, headers)
        if not size:
            return await self._call(scope, protocol, headers, io.BytesIO())
        if size > self._settings.session_above:
            cookies = headers.get("cookie", "")
            if not await self._pages.run(functools.partial(self._live_session, cookies)):
                raise Refused(413)
        address = wsgi_call.client(scope, headers, trusted_proxies=self._settings.trusted_proxies)
        read = functools.partial(self._bodies.read, protocol, size, upload=upload)
        with self._bodies.place(address, size), await read() as body:
            return await self._call(scope, protocol, headers, body)

    async def _call(
        self, scope: Scope, protocol: HTTPProtocol, headers: dict[str, str], body: IO[bytes]
    ) -> Answer:
        work = functools.partial(self._work, scope, headers, body)
        if scope.method == "POST" and self._settings.is_sign_in(scope.path):
            try:
                return await self._sign_ins.run(work, gone=protocol.client_disconnect)
            except Busy:
                return self._own.busy(scope.path, body.read(self._settings.session_above))
        # What a POST brings is wanted even if the page was closed right after it.
        reading = scope.method in ("GET", "HEAD")
        return await self._pages.run(work, gone=protocol.client_disconnect if reading else None)

    def _work(self, scope: Scope, headers: dict[str, str], body: IO[bytes]) -> Answer:
        """Run the application and, in the same thread, what costs time on its answer."""
        told = wsgi_call.call(self._application, wsgi_call.environ(scope, headers, body))
        answer = with_file(told, self._file_root, headers if scope.method == "GET" else {})
        if answer is None:
            return self._own.refusal(scope.path, 404)
        accept = headers.get("accept-encoding", "")
        return compressed(answer, accept, head=scope.method == "HEAD")


def _run_hook(hook: Callable[[], object]) -> None:
    try:
        hook()
    except Exception:
        log.exception("a hook of the server's start or stop failed")

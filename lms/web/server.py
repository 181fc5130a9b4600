"""Starting granian with the gate in it: one process, from the command line or ``lms serve``.

Granian's usual layout is a parent that watches one worker. Its embedded server runs the same
Rust code in this process. Measured with a bare application behind the gate, idle after a page
(PSS, granian 2.8.7, Python 3.11): 39 MiB for the pair, 31 MiB for the one process; CPU per page is
equal, 0.34 ms. Starting again after a crash is left to systemd, or to whoever started us.
"""

import asyncio
import errno
import http.client
import json
import os
import resource
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lms.kernel import memory

if TYPE_CHECKING:
    from lms.web.gate import Gate

# Without the first two, what 19 MiB password hashes and compressed pages have used stays with the
# process: 263 MiB after a burst of sign-ins instead of 88. With the first alone pages cost 35-45 %
# more. The third keeps all threads in one arena: each arena holds free room that no other thread
# can use (PSS 77 MiB idle instead of 83, 92 under load instead of 103), and threads that take
# turns at Python's one lock seldom ask for memory at the same moment.
# glibc's name -> its number for mallopt(3), and the value: bytes, or a count.
MALLOC = {
    "M_MMAP_THRESHOLD": (-3, 8 * 1024 * 1024),
    "M_TRIM_THRESHOLD": (-1, 4 * 1024 * 1024),
    "M_ARENA_MAX": (-8, 1),
}

# Milliseconds for a whole head; it also ends idle connections, and those that never say a word.
HEAD_TIMEOUT = 30_000
HEAD_BYTES = 64 * 1024
CONNECTIONS = 4000
# Seconds in which whoever listens at our port says who it is; a busy server of ours needs some.
LONGEST_LOOK = 5.0
GRACE = 25.0  # seconds for requests in flight; systemd kills after 90


class ServerError(Exception):
    """The server cannot start; the text says why and what to do."""


class AlreadyRunningError(ServerError):
    """A server of this program answers at that address.

    site  which one, as its /healthz says; empty where it cannot say.
    """

    site = ""


def return_memory() -> None:
    """Set MALLOC for this process, as the C library would read it from the environment.

    There it would have to stand before Python runs: starting the process a second time costs
    half a second.
    """
    memory.adjust(MALLOC.values())


def address(host: str, port: int, *, tls: bool) -> str:
    """Return what a person types, e.g. ``http://127.0.0.1:8000``."""
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def require_free(host: str, port: int, *, tls: bool) -> None:
    """Return when nobody listens at ``host``:``port``; takes LONGEST_LOOK at most.

    Raises AlreadyRunningError when it is this program, known by its name at /healthz, and
    ServerError when it is another program or the address is not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        where = address(host, port, tls=tls)
        site = _site_at(host, port, tls=tls) if error.errno == errno.EADDRINUSE else None
        if site is not None:
            running = AlreadyRunningError(f"The server is already running at {where}")
            running.site = site
            raise running from None
        if error.errno == errno.EADDRINUSE:
            message = f"Another program uses {where}. Choose another port: PORT={port + 1}"
            raise ServerError(message) from None
        raise ServerError(f"The server cannot listen at {where}: {error.strerror}.") from error


def _site_at(host: str, port: int, *, tls: bool) -> str | None:
    """Return which server of this program answers there, None for any other program."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection: http.client.HTTPConnection
    if tls:
        # Only the name of the program is asked, of a port of this machine: any certificate will do.
        unverified = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(
            reachable, port, timeout=LONGEST_LOOK, context=unverified
        )
    else:
        connection = http.client.HTTPConnection(reachable, port, timeout=LONGEST_LOOK)
    try:
        connection.request("GET", "/healthz")
        reply = connection.getresponse()
        return _site_in(reply.read(1000)) if reply.getheader("server") == "lms" else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _site_in(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("site") or "") if isinstance(said, dict) else ""


def serve(
    make_gate: "Callable[[], Gate]",
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    on_listening: Callable[[str], object] = print,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished then, for GRACE seconds.

    ``make_gate`` is called when the address is known to be free. ``tls_cert`` and ``tls_key``
    are PEM files (tls.py looks at them before); TLS 1.2 is taken because old PCs have no 1.3.
    ``on_listening`` gets the address, just before the first connection is taken.

    Raises ServerError and AlreadyRunningError as require_free does, before the gate is made.
    """
    tls = tls_cert is not None
    require_free(host, port, tls=tls)
    _allow_open_files()
    asyncio.run(_serve(make_gate(), host, port, tls_cert, tls_key, on_listening))


def _allow_open_files() -> None:
    """Take as many file descriptors as the system allows, at most what connections can use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 500
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serve(
    gate: "Gate",
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    on_listening: Callable[[str], object],
) -> None:
    from granian.constants import HTTPModes, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.embed import Server

    server = Server(
        gate,
        address=host,
        port=port,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT, max_buffer_size=HEAD_BYTES),
        websockets=False,
        backlog=1024,
        backpressure=CONNECTIONS,
        runtime_blocking_threads=4,
        log_level=LogLevels.error,
        ssl_cert=tls_cert,
        ssl_key=tls_key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    loop = asyncio.get_running_loop()

    # A thread that hangs must not keep the machine from shutting down.
    last = threading.Timer(GRACE, os._exit, (1,))
    last.daemon = True

    stopping = False

    def stop() -> None:
        nonlocal stopping
        if stopping:  # said twice, as by somebody who presses Ctrl-C again
            return
        stopping = True
        gate.stop_reading()
        # granian gives this method no types.
        server.stop()  # type: ignore[no-untyped-call]
        last.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    server.on_startup(lambda: on_listening(address(host, port, tls=tls_cert is not None)))
    memory.give_back()  # what starting has freed: 2.5 MiB
    await server.serve()
    last.cancel()

"""Starting the server: where it listens, what it says when it cannot, and how it ends."""

from __future__ import annotations

import ctypes
import http.server
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lms.web import server
from tests.web import gate_probe


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        number: int = trial.getsockname()[1]
        return number


@pytest.fixture
def listen(port: int) -> Iterator[Callable[[str], None]]:
    """Let another program listen at ``port`` under a name."""
    stops: list[Callable[[], None]] = []

    def start(name: str, said: bytes = b"", after: float = 0) -> None:
        class Answer(http.server.BaseHTTPRequestHandler):
            server_version, sys_version = name, ""

            def do_GET(self) -> None:
                time.sleep(after)
                self.send_response(503)
                self.end_headers()
                self.wfile.write(said)

            def version_string(self) -> str:
                return name

            def log_message(self, *args: Any) -> None:
                pass

        other = http.server.HTTPServer(("127.0.0.1", port), Answer)
        thread = threading.Thread(target=other.serve_forever, args=(0.01,))
        thread.start()
        stops.extend([other.shutdown, thread.join, other.server_close])

    yield start
    for stop in stops:
        stop()


def test_a_free_port_is_taken(port: int) -> None:
    server.require_free("127.0.0.1", port, tls=False)
    with socket.socket() as line:  # asking took nothing: whoever comes next can listen
        line.bind(("127.0.0.1", port))
        assert line.getsockname()[1] == port


def test_our_own_server_is_known_even_when_it_is_not_well(
    port: int, listen: Callable[[str], None]
) -> None:
    listen("lms")
    with pytest.raises(server.AlreadyRunningError, match=f"at http://127.0.0.1:{port}$"):
        server.require_free("127.0.0.1", port, tls=False)
    with pytest.raises(server.AlreadyRunningError, match=f"at http://0.0.0.0:{port}$"):
        server.require_free("0.0.0.0", port, tls=False)


@pytest.mark.parametrize(
    ("said", "site"),
    [(b'{"site": "0a1b2c3d"}', "0a1b2c3d"), (b'{"site": null}', ""), (b"[]", ""), (b"\xff", "")],
)
def test_it_says_which_of_our_servers_answers(
    port: int, listen: Callable[..., None], said: bytes, site: str
) -> None:
    listen("lms", said)
    with pytest.raises(server.AlreadyRunningError) as caught:
        server.require_free("127.0.0.1", port, tls=False)
    assert caught.value.site == site


def test_our_own_server_is_known_when_it_is_busy(port: int, listen: Callable[..., None]) -> None:
    listen("lms", after=1.2)
    with pytest.raises(server.AlreadyRunningError):
        server.require_free("127.0.0.1", port, tls=False)


@pytest.mark.parametrize("tls", [False, True])
def test_another_program_is_told_apart(
    port: int, listen: Callable[[str], None], *, tls: bool
) -> None:
    listen("something else")
    with pytest.raises(server.ServerError, match=f"PORT={port + 1}") as caught:
        server.require_free("127.0.0.1", port, tls=tls)
    assert not isinstance(caught.value, server.AlreadyRunningError)


def test_an_address_of_another_machine_is_refused_with_the_reason(port: int) -> None:
    with pytest.raises(server.ServerError, match=f"cannot listen at https://192.0.2.1:{port}: "):
        server.require_free("192.0.2.1", port, tls=True)


def test_addresses_are_written_as_they_are_typed() -> None:
    assert server.address("10.1.2.3", 80, tls=False) == "http://10.1.2.3:80"
    assert server.address("::1", 8443, tls=True) == "https://[::1]:8443"


def test_the_process_takes_the_memory_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, option: int, value: int) -> int:
            calls.append((option, value))
            return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    server.return_memory()
    assert calls == [(-3, 8_388_608), (-1, 4_194_304), (-8, 1)]
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())  # not glibc
    server.return_memory()
    assert len(calls) == 3


def test_the_c_library_accepts_them() -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        pytest.skip("not glibc")
    code = (
        "import ctypes; from lms.web.server import MALLOC; "
        "print([ctypes.CDLL(None).mallopt(*each) for each in MALLOC.values()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[1, 1, 1]"


@pytest.mark.parametrize(
    ("soft", "hard", "wanted"),
    [
        (1024, 2048, (2048, 2048)),
        (1024, 1 << 20, (4500, 1 << 20)),
        (1024, resource.RLIM_INFINITY, (4500, resource.RLIM_INFINITY)),
        (1 << 20, 1 << 20, None),
    ],
)
def test_as_many_connections_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: tuple[int, int] | None
) -> None:
    taken: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: taken.append(limits))
    server._allow_open_files()
    assert taken == ([wanted] if wanted else [])


def test_it_serves_until_it_is_told_to_stop(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "static").mkdir()
    monkeypatch.setattr(sys, "argv", ["probe", str(port), str(tmp_path)])
    monkeypatch.setattr(server, "_allow_open_files", lambda: None)
    got: list[bytes] = []

    def visit(address: str) -> None:
        until = time.monotonic() + 60
        while not got and time.monotonic() < until:
            try:
                with urllib.request.urlopen(address + "/page", timeout=30) as page:
                    got.append(page.read())
            except OSError:
                time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    threads: list[threading.Thread] = []

    def listening(address: str) -> None:
        threads.append(threading.Thread(target=visit, args=(address,)))
        threads[0].start()

    server.serve(gate_probe.gate, port=port, on_listening=listening)
    threads[0].join()
    assert got == [gate_probe.PAGE]
    assert (tmp_path / "notes.txt").read_text() == "started\nstopped\n"
    server.require_free("127.0.0.1", port, tls=False)

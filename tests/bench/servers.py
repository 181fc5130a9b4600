"""Servers for the bench: started on a free loopback port, ended by their own process id."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    pid: int
    port: int
    started_in: float

    def cpu(self) -> float:
        """Return the CPU seconds that the process has used."""
        return cpu(self.pid)

    def pss(self) -> float:
        """Return the proportional memory of the process in MiB."""
        return pss(self.pid)


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pss(pid: int) -> float:
    """Return the proportional memory of a process in MiB: shared pages count in parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel tells no Pss")


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def bare(folder: Path) -> Iterator[Running]:
    """Run the bare page."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    code = (
        "from lms.web import server; from tests.bench.bare import create_gate; "
        f"server.return_memory(); server.serve(create_gate, port={port})"
    )
    environment = {"LMS_DATA": str(folder)}
    with _started([sys.executable, "-c", code], port, environment) as running:
        yield running


@contextmanager
def lms(folder: Path, **settings: str) -> Iterator[Running]:
    """Run the program on the data folder ``folder``, without its worker unless asked.

    It is started as people start it: it sets what it needs of the C library by itself.
    """
    port = free_port()
    environment = {"LMS_DATA": str(folder), "PORT": str(port), "WORKER": "no", **settings}
    with _started([sys.executable, "-m", "lms.app", "serve"], port, environment) as running:
        yield running


@contextmanager
def _started(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Running]:
    began = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() - began > 60:
                raise RuntimeError(f"{command} did not start")
            time.sleep(0.02)
        yield Running(process.pid, port, time.monotonic() - began)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        if process.returncode:
            print(f"{command} ended with {process.returncode} when stopped", file=sys.stderr)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()

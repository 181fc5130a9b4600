"""A worker that is started, watched while it works, and perhaps killed in the middle."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from lms.admin.worker import SMALL
from tests.bench.servers import cpu, pss

EVERY = 0.1  # seconds
NOTHING = "nothing"


@dataclass
class Seen:
    """What was seen of a worker, by the kind of job that it did.

    most    the largest proportional memory in MiB.
    cpu     seconds of processor.
    wall    seconds from the first look at a job of this kind to the last.
    steps   how many steps the job had come to.
    """

    most: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    server: float = 0.0


class Worker:
    """``lms work`` on a data folder. It ends by itself when nothing is due."""

    def __init__(self, environment: Mapping[str, str], server: int | None = None) -> None:
        """Start it and begin to look; ``server`` is the process of the server beside it."""
        self.data = Path(environment["LMS_DATA"])
        self.seen = Seen()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lms.app", "work", "--idle", "1.5"],
            env={**os.environ, **environment, **SMALL},
            stdout=subprocess.DEVNULL,
        )
        self._server = server
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def finished(self, patience: float) -> Seen:
        """Wait until it has ended by itself; raises TimeoutExpired, and ends it, after a while."""
        try:
            self.process.wait(timeout=patience)
        finally:
            self.end()
        return self.seen

    def killed_after(self, kind: str, steps: int, patience: float) -> bool:
        """Kill it as a power cut would, once a job has done so many steps; False: it was faster."""
        until = time.monotonic() + patience
        while self.works and time.monotonic() < until:
            state, done = _job(self.data, kind)
            if state == "waiting" and done >= steps:
                self.process.kill()
                self.end()
                return True
            time.sleep(0.02)
        self.end()
        return False

    def end(self) -> None:
        """See that it is gone."""
        if self.works:
            self.process.terminate()
        self.process.wait(timeout=60)
        self._thread.join(timeout=10)

    def _watch(self) -> None:
        before, then = 0.0, time.monotonic()
        while self.works:
            kind, done = _at_hand(self.data)
            try:
                memory, used = pss(self.process.pid), cpu(self.process.pid)
                beside = pss(self._server) if self._server else 0.0
            except (OSError, RuntimeError, IndexError):
                return  # it has ended between two looks
            now, seen = time.monotonic(), self.seen
            seen.most[kind] = max(memory, seen.most.get(kind, 0.0))
            seen.cpu[kind] = seen.cpu.get(kind, 0.0) + used - before
            seen.wall[kind] = seen.wall.get(kind, 0.0) + now - then
            seen.steps[kind] = max(done, seen.steps.get(kind, 0))
            seen.server = max(beside, seen.server)
            before, then = used, now
            time.sleep(EVERY)


def _ask(data: Path, statement: str, *values: str) -> tuple[str, int]:
    with closing(sqlite3.connect(f"file:{data / 'lms.sqlite'}?mode=ro", uri=True)) as database:
        row = database.execute(statement, values).fetchone()
    return (row[0], row[1]) if row else (NOTHING, 0)


def _at_hand(data: Path) -> tuple[str, int]:
    """Return the kind of the job that somebody does now, and its steps so far."""
    return _ask(
        data,
        "SELECT kind, done_units FROM job WHERE state = 'waiting' AND lease_until IS NOT NULL"
        " ORDER BY lease_until DESC LIMIT 1",
    )


def _job(data: Path, kind: str) -> tuple[str, int]:
    return _ask(
        data, "SELECT state, done_units FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1", kind
    )

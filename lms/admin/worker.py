"""The worker: does the jobs that are due, and ends when nothing has been due for a minute.

``lms serve`` starts it as a child when a job waits; in ``deploy/`` systemd does, under an account
of its own that alone reads the issuing key.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.jobs import queries, running
from lms.jobs.steps import Steps

log = logging.getLogger("lms.worker")

# What keeps the worker small; deploy/lms-worker.service says the same. One thread sets a page as
# quickly as two. Memory goes back to the system at once: the limits of the web server, which is
# its parent, are for many threads that hash passwords.
SMALL = {
    "RAYON_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
IDLE = 60.0  # seconds without work after which the worker ends
LOOK_EVERY = 1.0
LONGEST_PAUSE = 60.0  # seconds after a worker that fell


def work(
    reading: Callable[[], Session],
    transaction: Callable[[], AbstractContextManager[Session]],
    steps: Steps,
    clock: Callable[[], datetime],
    *,
    idle: float = IDLE,
) -> int:
    """Do jobs until none has been due for ``idle`` seconds or a signal says to stop.

    returns the number of steps done. A step that runs when the signal comes is finished.
    """
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    owner = f"{os.uname().nodename}:{os.getpid()}"
    done, last = 0, time.monotonic()
    while not stopping.is_set() and time.monotonic() - last < idle:
        count = running.run_due(reading, transaction, steps, owner, clock, stopping.is_set)
        done += count
        if count:
            last = time.monotonic()
        stopping.wait(0.2 if count else LOOK_EVERY)
    return done


class WorkerKeeper:
    """Starts the worker as a child of the server whenever a job is due, and again when it fell."""

    def __init__(
        self, due: Callable[[], bool], environment: Mapping[str, str], *, every: float = LOOK_EVERY
    ) -> None:
        """Due   says whether a job waits; called in a thread once ``every`` seconds."""
        self._due, self._every = due, every
        self._environment = {**environment, **SMALL}
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._falls, self._not_before = 0, 0.0
        self._thread = threading.Thread(target=self._watch, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the child after its step, and stop watching."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._child.kill()

    def _watch(self) -> None:
        while not self._stopping.wait(self._every):
            if self._is_at_work() or time.monotonic() < self._not_before:
                continue
            try:
                due = self._due()
            except SQLAlchemyError:
                log.warning("the worker keeper could not read the jobs")
                continue
            if due:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "lms.app", "work"], env=self._environment
                )

    def _is_at_work(self) -> bool:
        """Return whether the worker runs; after a fall the next one waits longer each time.

        On a disk that cannot be written a worker falls at once, and starting costs a second of CPU.
        """
        if self._child is None:
            return False
        status = self._child.poll()
        if status is not None:
            self._child = None
            self._falls = self._falls + 1 if status else 0
            pause = min(2.0 ** min(self._falls, 10), LONGEST_PAUSE) if self._falls else 0.0
            self._not_before = time.monotonic() + pause
        return status is None


def is_due(session: Session, now: datetime) -> bool:
    """Return whether a job waits whose time has come."""
    due = queries.next_due(session)
    return due is not None and due <= now

"""Commands of the program as processes that begin at once, so that fifty of them can be killed.

Loading the program takes longer than what is killed here. One process loads it and then makes a
copy of itself for each command: ``python -m tests.faults.forks`` reads words as JSON, a line each,
and answers with the number of the process, later with how it ended.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.house import ROOT

LONGEST = 300.0  # seconds that a command may take, on a slow disk
QUICK = 16  # the work of scrypt: what is killed is our writing, not its


@dataclass
class Fork:
    """A command that runs; ``ended`` waits for it."""

    number: int
    loaded: subprocess.Popen[str]

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.number, signal.SIGKILL)

    def killed(self) -> bool:
        """Kill it; return whether that met it alive.

        At the last moment it may have ended by itself: nothing but its status says so.
        """
        self.kill()
        status = self.ended()
        assert status in {0, -signal.SIGKILL}, f"the command ended with {status}"
        return status != 0

    def is_running(self) -> bool:
        """Return whether it has not ended yet."""
        state = Path(f"/proc/{self.number}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        return state != "Z"

    def wait(self) -> None:
        """Wait until nothing of it runs any more; its number stays its own."""
        until = time.monotonic() + LONGEST
        while self.is_running():
            assert time.monotonic() < until, "the command does not end"
            time.sleep(0.002)

    def ended(self) -> int:
        """Wait for its end; return its status, below zero for a signal."""
        self.wait()
        _say(self.loaded, "\n")
        assert self.loaded.stdout is not None
        return int(self.loaded.stdout.readline())


@dataclass
class Forks:
    """Starts commands of the program."""

    loaded: subprocess.Popen[str]

    def start(self, *words: str) -> Fork:
        """Start a command; its end is waited for before the next one starts."""
        _say(self.loaded, json.dumps(words) + "\n")
        assert self.loaded.stdout is not None
        return Fork(int(self.loaded.stdout.readline()), self.loaded)


def moments(number: int) -> Iterator[float]:
    """Yield so many moments between 0 and 1, in any order: a random one in each part of it.

    Wholly random ones may by chance all come late, after what they should meet.
    """
    parts = random.sample(range(number), number)
    yield from ((part + random.random()) / number for part in parts)


def _say(loaded: subprocess.Popen[str], line: str) -> None:
    assert loaded.stdin is not None
    loaded.stdin.write(line)
    loaded.stdin.flush()


@contextmanager
def forks(environment: Mapping[str, str], log: Path) -> Iterator[Forks]:
    """Load the program once; what its commands print goes into ``log``."""
    with log.open("w") as said:
        loaded = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        try:
            yield Forks(loaded)
        finally:
            loaded.kill()
            loaded.communicate()


def _serve_words() -> None:
    from granian.server import embed

    from lms.admin import backup_cli, sealed, worker, worker_cli
    from lms.admin import cli as server_cli
    from lms.admin.backups import steps
    from lms.app import cli
    from lms.app.pages import blueprints
    from lms.web import server

    blueprints(demo=False)  # loaded for what follows, as are
    del backup_cli, embed, server, server_cli, steps, worker_cli
    worker.LOOK_EVERY = 0.02  # it ends as soon as nothing is due
    sealed.SCRYPT_N = QUICK
    for line in sys.stdin:
        number = os.fork()
        if not number:
            os.dup2(2, 1)
            sys.stdin = Path(os.devnull).open()  # noqa: SIM115 -- as long as the process lives
            cli(json.loads(line))
        print(number, flush=True)
        sys.stdin.readline()  # only now is it taken away: its number stays its own until then
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    _serve_words()

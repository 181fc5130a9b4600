"""A server that may be killed at any moment, with people in the middle of their tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from lms import installation
from lms.app import create_app
from lms.db import transaction
from lms.extensions import db
from lms.settings import Settings, read
from lms.web import csrf
from tests.faults.forks import Fork, Forks, forks
from tests.journeys.house import ROOT, House, free_port
from tests.people import build_places

LONGEST_START = 120.0  # seconds until a server answers, on a machine that is busy
Process = subprocess.Popen[bytes] | Fork


@dataclass(frozen=True)
class Learner:
    """Somebody who answers: their cookie, token and open test."""

    attempt: str
    token: str

    @property
    def cookie(self) -> str:
        """The Cookie header of their browser."""
        return f"sid={self.token}"

    @property
    def csrf_token(self) -> str:
        """The token that their pages carry."""
        return csrf._token_for(self.token)

    @property
    def quiz(self) -> str:
        """The address of their test."""
        return f"/en/tests/{self.attempt}"


@dataclass
class Station:
    """A data folder and a port; ``run`` starts a server on them."""

    house: House
    environment: dict[str, str]
    forks: Forks | None = None

    @contextmanager
    def loaded(self) -> Iterator[None]:
        """Let the servers of the block be copies of one process that has loaded the program.

        To load it takes a second of the processor, more than all that is done until a kill.
        """
        with forks(self.environment, self.house.data / "said") as self.forks:
            yield
        self.forks = None

    @contextmanager
    def run(self) -> Iterator[Process]:
        """Start the server, wait until it answers, and see that it is gone at the end."""
        process = self.forks.start("serve") if self.forks else self._started()
        try:
            self._wait(process)
            yield process
        finally:
            kill(process)
            if isinstance(process, Fork):
                process.ended()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "lms.app", "serve"],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )

    def _wait(self, process: Process) -> None:
        import http.client

        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until:
            if not _is_running(process):
                raise AssertionError("the server did not start again")
            connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
            try:
                connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass  # it does not listen yet
            finally:
                connection.close()
            time.sleep(0.02)
        raise AssertionError("the server did not answer")

    def learners(self, count: int) -> list[Learner]:
        """Add people with an open final test."""
        found = []
        for number in range(count):
            person = self.house.person(f"Learner {chr(65 + number % 26)} Sembene")
            found.append(Learner(str(self.house.test(person)), person.token))
        return found

    def is_sound(self) -> bool:
        """Return whether the database says of itself that it is whole."""
        with self.house.app.app_context():
            if db.engine.dialect.name != "sqlite":
                return True  # PostgreSQL replays its log at start, or does not start
            with db.engine.connect() as connection:
                quick = connection.execute(text("PRAGMA quick_check")).scalar()
                broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            return quick == "ok" and not broken


def _is_running(process: Process) -> bool:
    return process.is_running() if isinstance(process, Fork) else process.poll() is None


def kill(process: Process) -> None:
    """End the server as a power cut would: nothing is finished, nothing is flushed."""
    if _is_running(process):
        process.kill()
    process.wait()


def station(data: Path, database_url: str = "") -> Station:
    """Prepare a data folder with the real course and the places."""
    port = free_port()
    environment = {
        **os.environ,
        "LMS_DATA": str(data),
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WORKER": "no",
        "TRUSTED_HOSTS": "127.0.0.1",
    }
    subprocess.run(
        [sys.executable, "-m", "lms.app", "prepare"],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    settings: Settings = read(environment)
    app = create_app(settings)
    with app.app_context(), transaction() as session:
        installation.decide(
            session,
            {"ready": True, "names": {"en": "Prison Service Academy"}, "country": "xx"},
            now=datetime.now(UTC),
        )
        build_places(session)
    return Station(House(app, data, port), environment)

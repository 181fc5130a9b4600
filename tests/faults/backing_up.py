"""A server in use whose backups are made in every way there is, and may be killed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import verifying
from lms.admin.backup_plan import BACKUPS, DAILY, KNOWN, MAKE, WEEKLY
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from lms.settings import Settings
from tests.faults.answering import Answering, answering
from tests.faults.forks import Fork, Forks, forks
from tests.faults.station import Station

PASSPHRASE = "four words without sense"
FILES, SIZE = 60, 50_000  # beside those of the course

# Who makes the backup: a command in the data folder, one that encrypts onto a stick, the worker.
COMMAND, STICK = "lms backup", "lms backup --to"
WAYS = (COMMAND, DAILY, COMMAND, STICK, DAILY, WEEKLY)


@dataclass
class Run:
    """A server in use, its backups, and what the kills have met."""

    place: Station
    stick: Path
    secret: Path
    forks: Forks
    answering: Answering
    copying: dict[str, float] = field(default_factory=dict)
    writing: dict[str, float] = field(default_factory=dict)
    good: dict[Path, str] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    restored: int = 0
    seconds: float = 0.0

    @property
    def data(self) -> Path:
        return self.place.house.data

    @property
    def settings(self) -> Settings:
        found: Settings = self.place.house.app.config["LMS"]
        return found

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.place.house.app.app_context():
            yield db.session()
            db.session.remove()

    def folder(self, way: str) -> Path:
        return self.stick if way in {STICK, WEEKLY} else self.data / BACKUPS

    def begin(self, way: str) -> Fork:
        """Start a backup; return when it has begun to copy."""
        before = self.scratch()
        if way in {COMMAND, STICK}:
            to = ["--to", str(self.stick), "--passphrase-file", str(self.secret)]
            fork = self.forks.start("backup", *(to if way == STICK else []))
        else:
            self.ask(way)
            fork = self.forks.start("work", "--idle", "0.01")
        while self.scratch() <= before and fork.is_running():
            time.sleep(0.001)
        return fork

    def wait_for_writing(self, way: str, fork: Fork) -> None:
        """Return when the file itself is begun."""
        before = set(self.folder(way).glob("[!.]*"))
        while fork.is_running() and not any(self.folder(way).glob(".*.part")):
            if self.new_in(way, before):
                return
            time.sleep(0.001)

    def ask(self, way: str) -> None:
        """Ask the worker for a backup, unless the one that was killed has still to be made."""
        with self.place.house.app.app_context(), transaction() as session:
            waits = (Job.kind == MAKE, Job.state == "waiting", Job.due_at <= clock.now())
            # Nobody else has it: the lease of the one that was killed need not run out.
            session.execute(update(Job).where(*waits).values(lease_until=None))
            if {"kind": way} not in session.scalars(select(Job.facts).where(*waits)).all():
                self.asked += 1
                key = f"asked {self.asked}"
                jobs.ask(session, MAKE, key, {"kind": way}, now=clock.now())

    def scratch(self) -> set[str]:
        return {path.name for path in (self.data / BACKUPS).glob(".making-*")}

    def complete(self, way: str) -> Path:
        """Make a whole backup, verify it, and see that it took away what the killed one left."""
        before = set(self.folder(way).glob("*"))
        fork = self.begin(way)
        began = time.monotonic()
        self.wait_for_writing(way, fork)
        half = time.monotonic()
        while fork.is_running() and not self.new_in(way, before):
            time.sleep(0.001)
        self.copying[way], self.writing[way] = half - began, time.monotonic() - half
        assert fork.ended() == 0, f"the next {way} does not succeed"
        left = [path.name for path in self.folder(way).iterdir() if path.name.startswith(".")]
        assert left == [], f"{way} left {left}"
        assert self.scratch() == set()
        with self.reading() as session:
            known = installation.setting(session, KNOWN)
        new = {str(path) for path in self.new_in(way, before)}
        path = next(Path(each["path"]) for each in known if each["path"] in new)
        self.verify(path)
        return path

    def new_in(self, way: str, before: set[Path]) -> set[Path]:
        """Return the complete backups that a folder has now and had not before."""
        return set(self.folder(way).glob("[!.]*")) - before

    def verify(self, path: Path) -> None:
        verifying.verify(path, lambda: PASSPHRASE)
        self.good[path] = digest_of(path)


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


@contextmanager
def running(place: Station, folder: Path) -> Iterator[Run]:
    """Serve, let people answer, and have one backup of each kind made."""
    stick, secret = folder / "stick", folder / "passphrase"
    stick.mkdir()
    secret.write_text(PASSPHRASE + "\n", "utf-8")
    store = FileStore(place.house.data / "files")
    for _ in range(FILES):
        store.put(random.randbytes(SIZE))
    environment = place.environment | {
        "BACKUP_TO": str(stick),
        "BACKUP_PASSPHRASE_FILE": str(secret),
    }
    with forks(environment, folder / "said") as made, place.run():
        assert made.start("work", "--idle", "0.01").ended() == 0  # what a first start asks for
        with answering(place) as doing:
            run = Run(place, stick, secret, made, doing)
            for way in dict.fromkeys(WAYS):
                run.complete(way)
            yield run
    assert doing.refused == [], "the server did not serve all the time"

"""kill -9 at twenty moments of a restore: what was here is whole again, or what was restored is."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, select, text

from lms.admin import backup, unfinished
from lms.admin.unfinished import FILE
from lms.audit import actions as audit
from lms.audit import chain
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.kernel import clock
from lms.settings import Settings
from tests import postgres
from tests.faults.backing_up import PASSPHRASE
from tests.faults.forks import Fork, Forks, forks, moments
from tests.faults.station import Station, station

OLD, NEW = "as it was", "restored"
SINCE, KEPT = "since the backup", "kept"
FILES, SIZE = 200, 50_000
SERVED_EVERY = 5


pytestmark = pytest.mark.usefixtures("quick_and_small")


@dataclass
class Run:
    """A stopped server, a backup of it, and what the kills have met."""

    place: Station
    folder: Path
    forks: Forks
    file: Path
    paper: str
    unpacking: float = 0.0
    exchanging: float = 0.0
    met: Counter[str] = field(default_factory=Counter)

    @property
    def settings(self) -> Settings:
        found: Settings = self.place.house.app.config["LMS"]
        return found

    @property
    def data(self) -> Path:
        return self.settings.data

    def begin(self) -> Fork:
        """Start a restore; return when it has noted that."""
        secret = self.folder / "passphrase"
        fork = self.forks.start("restore", str(self.file), "--passphrase-file", str(secret))
        while not (self.data / FILE).exists() and fork.is_running():
            time.sleep(0.0005)
        return fork

    def wait_for_change(self, fork: Fork) -> None:
        """Return when the restore begins to change what is here."""
        while fork.is_running() and stage(self) == "unpacking":
            time.sleep(0.0005)

    def whole(self) -> None:
        """Let a restore end, and see how long its two halves take."""
        fork = self.begin()
        began = time.monotonic()
        self.wait_for_change(fork)
        half = time.monotonic()
        while fork.is_running() and (self.data / FILE).exists():
            time.sleep(0.0005)
        self.unpacking, self.exchanging = half - began, time.monotonic() - half
        assert fork.ended() == 0, "the restore does not finish"
        assert state(self) == NEW
        assert left(self) == set()

    def again(self) -> None:
        """Bring the server to the state from which each restore begins."""
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / KEPT, self.data)
        if not self.settings.database_url.startswith("sqlite"):
            name = make_url(self.settings.database_url).database
            copy_database(self.settings.database_url, KEPT, name or "")


def stage(run: Run) -> str:
    """Return how far a restore has come, by its note."""
    try:
        said = json.loads((run.data / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return "beginning or ended"
    if said["moves"]:
        return "exchanging"
    return {"dumping": "setting the database aside", "dumped": "filling the database"}.get(
        said["dump"], "unpacking"
    )


def copy_database(database_url: str, source: str, target: str) -> None:
    server = make_url(database_url).set(database="template1")
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {target} TEMPLATE {source}"))


def close(place: Station) -> None:
    with place.house.app.app_context():
        db.session.remove()
        db.engine.dispose()


def state(run: Run) -> str:
    """Return whether everything is as it was or everything is restored; never a half of each."""
    with run.place.house.app.app_context():
        rows = db.session.scalars(select(AuditRow.subject)).all()
        assert chain.first_bad_row(db.session()) is None
    close(run.place)
    keys = run.settings.issuing_key.parent
    old = {
        "rows": SINCE in rows,
        "secret": (run.data / "secret.key").read_bytes().startswith(b"another"),
        "files": any((run.data / "files").glob(f"*/{run.paper}")),
        "keys": (keys / "issuing.key.of-before").exists(),
    }
    assert len(set(old.values())) == 1, f"half of it is restored: {old}"
    assert run.settings.issuing_key.exists()
    assert run.place.is_sound()
    close(run.place)
    return OLD if old["rows"] else NEW


def left(run: Run) -> set[str]:
    """Return what restores have left, but for what they set aside."""
    return {path.name for path in run.data.glob("*restor*")} - {
        path.name for path in run.data.glob("before-restore-*")
    }


def kill_one(run: Run, share: float, *, changes: bool, serves: bool) -> None:
    """Kill a restore when this share of the time is over, start the server, restore once more.

    changes  it is the time in which it changes what is here, else that in which it unpacks.
    """
    run.again()
    fork = run.begin()
    if changes:
        run.wait_for_change(fork)
    time.sleep((run.exchanging if changes else run.unpacking) * share)
    run.met[stage(run) if fork.killed() else "had ended"] += 1
    if serves:
        with run.place.run():  # what it begins with puts everything back
            pass
    else:
        unfinished.settle(run.settings, lambda _: None)
    found = state(run)
    run.met[found] += 1
    if found == OLD:
        assert not list(run.data.glob("before-restore-*")), "half of it is set aside"
    run.whole()


def kills(place: Station, folder: Path, number: int) -> Run:
    """Kill so many restores, each from the same state."""
    settings: Settings = place.house.app.config["LMS"]
    (folder / "stick").mkdir()
    (folder / "passphrase").write_text(PASSPHRASE + "\n", "utf-8")
    store = FileStore(settings.data / "files")
    for _ in range(FILES):
        store.put(random.randbytes(SIZE))
    made = backup.make(settings, folder / "stick", PASSPHRASE, now=clock.now())
    with place.house.app.app_context(), transaction() as session:
        audit.append(session, None, "test.written", SINCE, {}, now=clock.now())
    close(place)
    (settings.data / "secret.key").write_bytes(b"another" * 8)
    settings.issuing_key.with_name("issuing.key.of-before").write_text("a key that came later")
    with forks(place.environment, folder / "said") as begun:
        run = Run(place, folder, begun, made.path, store.put(b"a paper that came later"))
        shutil.copytree(settings.data, folder / KEPT)
        if not settings.database_url.startswith("sqlite"):
            copy_database(
                settings.database_url, make_url(settings.database_url).database or "", KEPT
            )
        assert state(run) == OLD
        run.whole()
        early, late = moments(number - number * 2 // 3), moments(number * 2 // 3)
        for moment in range(number):
            changes = moment % 3 > 0
            share = next(late if changes else early)
            kill_one(run, share, changes=changes, serves=moment % SERVED_EVERY == 0)
    return run


def show(capsys: pytest.CaptureFixture[str], run: Run, began: float) -> None:
    """Print what a long run did, also where nobody asked for what tests print."""
    with capsys.disabled():
        print(
            f"\nrestores killed in {time.monotonic() - began:.0f} s: "
            + ", ".join(f"{name} {count}" for name, count in run.met.most_common())
        )


def test_a_few_kills_leave_no_half_restore(tmp_path: Path) -> None:
    kills(station(tmp_path / "data"), tmp_path, 3)


@pytest.mark.crash
def test_twenty_kills_leave_no_half_restore(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    run = kills(station(tmp_path / "data"), tmp_path, 20)
    show(capsys, run, began)
    assert run.met["unpacking"] >= 3
    assert run.met["exchanging"] >= 3


@pytest.mark.crash
def test_five_kills_on_postgresql_leave_no_half_restore(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if postgres.programs() is None:
        pytest.skip("this machine has no PostgreSQL server")
    began = time.monotonic()
    with postgres.server() as address:
        engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE lms TEMPLATE template0"))
        engine.dispose()
        place = station(tmp_path / "data", f"{address}/lms")
        try:
            run = kills(place, tmp_path, 5)
        finally:
            with suppress(Exception):
                close(place)
    show(capsys, run, began)
    assert run.met["setting the database aside"] + run.met["filling the database"] >= 2

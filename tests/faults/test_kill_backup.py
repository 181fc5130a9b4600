"""kill -9 at fifty moments of a backup: people go on, no half one counts, the last one is good."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from lms import installation
from lms.admin import restore
from lms.admin.backup_plan import BACKUPS, DAILY, KNOWN, WEEKLY
from lms.admin.backups import listing
from lms.app import create_app
from lms.audit import chain
from lms.extensions import db
from lms.files import FileStore
from lms.kernel import clock
from lms.settings import Settings
from tests import postgres
from tests.faults.backing_up import PASSPHRASE, STICK, WAYS, Run, digest_of, running
from tests.faults.forks import moments
from tests.faults.station import Station, station

RESTORED_EVERY = 10


pytestmark = pytest.mark.usefixtures("quick_and_small")


def kill_one(run: Run, way: str, share: float, *, writes: bool) -> None:
    """Kill a backup when this share of the time that it takes is over; look at what is there.

    writes  it is the time in which it writes the file and notes that, else the time before.
    """
    fork = run.begin(way)
    if writes:
        run.wait_for_writing(way, fork)
    time.sleep((run.writing if writes else run.copying)[way] * share)
    run.met[stage(run, way) if fork.killed() else "had ended"] += 1
    look(run)


def stage(run: Run, way: str) -> str:
    """Return how far a killed backup had come, by what it has left."""
    if any(run.folder(way).glob(".*.part")):
        return "writing the file"
    if unknown(run):
        return "noting that it was made"
    if any(each for name in run.scratch() for each in (run.data / BACKUPS / name).iterdir()):
        return "copying and comparing"
    return "beginning or ending"


def unknown(run: Run) -> list[Path]:
    """Return the files that bear a backup's name and are new."""
    found = [*(run.data / BACKUPS).glob("[!.]*"), *run.stick.glob("[!.]*")]
    return [path for path in found if path not in run.good]


def look(run: Run) -> None:
    """After a kill: everybody is served, all is there, and what counts as a backup is one."""
    for page in ("/healthz", "/en/"):
        assert status(run.place.house.port, page) == 200
    with run.reading() as session:
        assert run.answering.missing(session) == set(), "an acknowledged answer is lost"
        known = installation.setting(session, KNOWN)
    for path in unknown(run):  # all that was missing is the note that it was made
        run.verify(path)
    for folder in (run.data / BACKUPS, run.stick):
        listed = {line.path for line in listing.lines(known, folder) if line.path.exists()}
        assert listed <= run.good.keys(), "a half backup is listed"
        assert {Path(each["path"]) for each in known if Path(each["path"]).exists()} <= listed
    for path, digest in list(run.good.items()):
        if path.exists():
            assert digest_of(path) == digest, f"{path.name} has changed"
        else:
            assert path.name.startswith((DAILY, WEEKLY)), f"{path.name} is gone"
            del run.good[path]
    assert run.place.is_sound()


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def restored(run: Run, path: Path, known: int, folder: Path) -> None:
    """Restore a backup on another machine: the first ``known`` answers are there."""
    run.restored += 1
    with another_database(run.settings, folder) as url:
        other = replace(
            run.settings, data=folder, database_url=url, issuing_key=folder / "keys/issuing.key"
        )
        done = restore.restore(other, path, lambda: PASSPHRASE, now=clock.now())
        assert done.settled.recorded
        app = create_app(other)
        with app.app_context():
            assert run.answering.missing(db.session(), known) == set()
            assert chain.first_bad_row(db.session()) is None
            db.session.remove()
            db.engine.dispose()
    files = FileStore(run.data / "files").folder
    assert {each.name for each in files.rglob("*") if each.is_file()} == {
        each.name for each in (folder / "files").rglob("*") if each.is_file()
    }


@contextmanager
def another_database(settings: Settings, folder: Path) -> Iterator[str]:
    if settings.database_url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'lms.sqlite'}"
        return
    engine = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE restored TEMPLATE template0"))
            url = make_url(settings.database_url).set(database="restored")
            yield url.render_as_string(hide_password=False)
            connection.execute(text("DROP DATABASE restored"))
    finally:
        engine.dispose()


def kills(place: Station, folder: Path, number: int) -> Run:
    """Kill so many backups, one after the other, and make a whole one after each."""
    began = time.monotonic()
    with running(place, folder) as run:
        ways = list(islice(cycle(WAYS), number))
        random.shuffle(ways)
        early, late = moments(number - number * 2 // 3), moments(number * 2 // 3)
        for moment, way in enumerate(ways):
            # Two thirds while it writes the file, some of these when the file has its name.
            writes = moment % 3 > 0
            kill_one(run, way, next(late) * 1.3 if writes else next(early), writes=writes)
            known = len(run.answering.saved)
            path = run.complete(random.choice([each for each in WAYS if same(each, way)]))
            if moment % RESTORED_EVERY == RESTORED_EVERY - 1 or moment == number - 1:
                look(run)
                restored(run, path, known, folder / f"restored-{moment}")
            for old in sorted(run.good, key=lambda each: each.stat().st_mtime)[:-6]:
                old.unlink()  # an administrator takes them elsewhere
                del run.good[old]
    with run.reading() as session:
        assert chain.first_bad_row(session) is None
    run.seconds = time.monotonic() - began
    return run


def show(capsys: pytest.CaptureFixture[str], run: Run) -> None:
    """Print what a long run did, also where nobody asked for what tests print."""
    with capsys.disabled():
        print(
            f"\n{run.met.total()} backups killed in {run.seconds:.0f} s: "
            + ", ".join(f"{name} {count}" for name, count in run.met.most_common())
            + f"; {run.restored} restored; {len(run.answering.saved)} answers saved meanwhile"
        )


def same(one: str, other: str) -> bool:
    """Return whether two ways put their backups into the same folder."""
    return (one in {STICK, WEEKLY}) == (other in {STICK, WEEKLY})


def test_a_few_kills_leave_no_half_backup(tmp_path: Path) -> None:
    kills(station(tmp_path / "data"), tmp_path, 4)


@pytest.mark.crash
def test_fifty_kills_leave_no_half_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = kills(station(tmp_path / "data"), tmp_path, 50)
    show(capsys, run)
    assert run.met["copying and comparing"] >= 3
    assert run.met["writing the file"] >= 10
    assert run.met["noting that it was made"] >= 1
    assert len(run.answering.saved) > 500


@pytest.mark.crash
def test_fifteen_kills_on_postgresql_leave_no_half_backup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if postgres.programs() is None:
        pytest.skip("this machine has no PostgreSQL server")
    with postgres.server() as address:
        place = station(tmp_path / "data", f"{address}/postgres")
        try:
            run = kills(place, tmp_path, 15)
        finally:
            with place.house.app.app_context():
                db.session.remove()
                db.engine.dispose()
    show(capsys, run)
    assert run.met["copying and comparing"] >= 1
    assert run.met["writing the file"] >= 2

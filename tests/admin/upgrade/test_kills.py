"""kill -9 at fifty moments of an upgrade: the old version serves, nothing is lost, it can go on."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from lms.admin.upgrade import journal
from tests import postgres
from tests.admin.upgrade.fake import DRIVER, World, build

LONGEST = 180.0  # seconds for anything

# How long a whole upgrade takes is looked at so often: the machine may be busier than before.
MEASURED_EVERY = 5


def begin(world: World) -> subprocess.Popen[str]:
    """Start an upgrade; return when its work begins."""
    process = subprocess.Popen(
        [
            sys.executable,
            str(DRIVER),
            "upgrade",
            str(world.data),
            str(world.link),
            str(world.file),
            world.signer.public.hex(),
        ],
        env={**os.environ, "PYTHONPATH": str(DRIVER.parents[3]), **world.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def wait(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=LONGEST)
    return said


def get(port: int, path: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


@contextmanager
def serving(world: World) -> Iterator[int]:
    """Start whatever the link leads to, as a restart of the machine does."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = {**world.environment, "PORT": str(port), "PATH": os.environ["PATH"]}
    process = subprocess.Popen([str(world.link / ".venv/bin/lms"), "serve"], env=environment)
    try:
        until = time.monotonic() + LONGEST
        while True:
            assert process.poll() is None, "the server did not start"
            assert time.monotonic() < until, "the server does not answer"
            try:
                health = get(port, "/healthz")
                break
            except OSError:
                time.sleep(0.05)
        assert isinstance(health, dict)
        assert health["database"] == "good", f"version {health['version']} cannot read it"
        assert health["version"] == world.version
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(LONGEST)


def fresh(world: World, folder: Path) -> World:
    """Return a copy of a server; the programs name the place of the link, so it stays the same."""
    shutil.rmtree(world.folder / "opt", ignore_errors=True)
    shutil.rmtree(world.data, ignore_errors=True)
    shutil.copytree(folder / "opt", world.folder / "opt", symlinks=True)
    shutil.copytree(folder / "data", world.data)
    if world.database_url:
        copy_database(world.database_url, KEPT, make_url(world.database_url).database or "")
    return world


KEPT = "kept"  # the database of PostgreSQL as it was before


def copy_database(database_url: str, source: str, target: str) -> None:
    server = make_url(database_url).set(database="template1")
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {target} TEMPLATE {source}"))


def _whole(world: World, kept: Path, before: list[tuple[object, ...]]) -> float:
    """Let an upgrade end; return how long it took."""
    process = begin(fresh(world, kept))
    started = time.monotonic()
    said = wait(process)
    whole = time.monotonic() - started
    assert said.endswith("ends\n"), said
    assert (world.version, world.rows()) == ("1.1.0", before)
    return whole


def _kills(tmp_path: Path, number: int, database_url: str = "") -> dict[str, int]:
    """Kill an upgrade at so many moments; return in which states it was met."""
    world, kept = build(tmp_path / "world", database_url), tmp_path / "kept"
    kept.mkdir()
    if database_url:
        copy_database(database_url, make_url(database_url).database or "", KEPT)
    shutil.copytree(world.folder / "opt", kept / "opt", symlinks=True)
    shutil.copytree(world.data, kept / "data")
    before = world.rows()
    whole, met = 0.0, dict[str, int]()
    for moment in range(number):
        if moment % MEASURED_EVERY == 0:
            whole = _whole(world, kept, before)
        fresh(world, kept)
        process = begin(world)
        time.sleep(whole * (moment + 0.5) / number)
        process.kill()
        process.communicate(timeout=LONGEST)  # until its children have ended, too
        found = journal.read(world.data)
        state = found.state if found else "nothing"
        met[state] = met.get(state, 0) + 1
        with serving(world) as port:
            assert [tuple(row) for row in get(port, "/rows")] == before  # type: ignore[attr-defined]
        if world.version == "1.0.0":
            assert wait(begin(world)).endswith("ends\n"), f"cannot go on from {state}"
        with serving(world) as port:
            assert [tuple(row) for row in get(port, "/rows")] == before  # type: ignore[attr-defined]
        assert world.version == "1.1.0"
    return met


def show(capsys: pytest.CaptureFixture[str], met: dict[str, int]) -> None:
    """Print in which states the kills met the upgrade, also where nobody asked what tests print."""
    with capsys.disabled():
        print(f"\nan upgrade killed {sum(met.values())} times: {met}")


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    assert sum(_kills(tmp_path, 3).values()) == 3


@pytest.mark.crash
def test_fifty_kills_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    met = _kills(tmp_path, 50)
    show(capsys, met)
    assert met.get(journal.CHANGING, 0) >= 5
    assert {"nothing", journal.STAGED} & set(met), "none of the kills came early"


@pytest.mark.crash
def test_twenty_kills_on_postgresql_lose_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if postgres.programs() is None:
        pytest.skip("this machine has no PostgreSQL server")
    with postgres.server() as address:
        database_url = f"{address}/upgraded"
        copy_database(database_url, "template0", "upgraded")
        met = _kills(tmp_path, 20, database_url)
    show(capsys, met)
    assert met.get(journal.CHANGING, 0) >= 3
    assert {"nothing", journal.STAGED} & set(met), "none of the kills came early"

"""PostgreSQL's programs: none outlives its command, and what one has left does not disturb."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, inspect, text

from lms.admin import postgresql, stopped
from lms.admin.postgresql import PostgresqlError
from lms.admin.upgrade import undo
from lms.admin.upgrade.version import UpgradeError
from lms.admin.verifying import RestoreError
from lms.settings import Settings
from tests.admin.conftest import NOW, stop
from tests.journeys.house import ROOT

PROGRAM = """\
#!/bin/sh
echo $$ > {0}.part
mv {0}.part {0}
exec sleep 600
"""


@pytest.fixture
def engine(
    app: Flask, settings: Settings, leave_postgresql: Callable[[], None]
) -> Iterator[Engine]:
    """Return the database of the suite, which nobody else has open."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("runs where LMS_TEST_DATABASE names a server")
    stop(app)
    leave_postgresql()
    made = create_engine(settings.database_url, poolclass=NullPool)
    yield made
    made.dispose()


def is_running(number: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{number}/stat").read_text("ascii")
    except FileNotFoundError:
        return False


def test_a_program_ends_with_the_command_that_is_killed(tmp_path: Path) -> None:
    number, program = tmp_path / "number", tmp_path / "pg_restore"
    program.write_text(PROGRAM.format(number), "ascii")
    program.chmod(0o755)
    words = f"({str(program)!r}, 'postgresql:///x', meanwhile=print)"
    code = f"from lms.admin import postgresql; postgresql._run{words}"
    command = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    until = time.monotonic() + 180
    while not number.exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    command.kill()
    command.wait()
    until = time.monotonic() + 180
    while is_running(int(number.read_text("ascii"))):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_fill_whose_command_was_killed_does_not_stop_the_next(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    dump = tmp_path / "database.dump"
    held = postgresql.dump(settings.database_url, dump)
    known = {"application_name": postgresql.FILLING}
    killed = create_engine(engine.url, poolclass=NullPool, connect_args=known)
    with killed.connect() as left:
        left.execute(text("DROP TABLE job"))
        left.execute(text("CREATE TABLE job (number integer)"))
        postgresql.fill(settings.database_url, dump)
        left.invalidate()
    assert postgresql.rows_in(dump) == held.rows
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM job WHERE kind = 'none'")) == 0


@pytest.mark.parametrize("how", ["cut off", "killed"])
def test_a_fill_that_stops_leaves_the_database_as_it_was(
    engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    dump = tmp_path / "database.dump"
    postgresql.dump(settings.database_url, dump)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_today (number integer)"))
    whole = dump.read_bytes()
    if how == "cut off":
        dump.write_bytes(whole[: len(whole) * 2 // 3])
    else:
        before = shutil.copyfileobj

        def half(source: Any, target: Any) -> None:
            """Give half of it, then be gone as a killed process is: the pipe just ends."""
            said = io.BytesIO()
            before(source, said)
            target.write(said.getvalue()[: said.tell() // 2])
            raise BrokenPipeError

        monkeypatch.setattr(shutil, "copyfileobj", half)
    with suppress(PostgresqlError):
        postgresql.fill(settings.database_url, dump)
    with engine.begin() as connection:
        names = inspect(connection).get_table_names()
        connection.execute(text("DROP TABLE of_today"))
    assert {"of_today", "person", "job"} <= set(names)


def test_a_server_that_has_just_stopped_is_waited_for(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not through the engine: the suite would keep this connection for the next test.
    other = psycopg.connect(
        engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    monkeypatch.setattr(stopped, "PATIENCE", 0.2)
    with pytest.raises(RestoreError, match="is running"):
        stopped.require_stopped(settings)
    monkeypatch.setattr(stopped, "PATIENCE", 30.0)
    ending = threading.Timer(0.3, other.close)
    ending.start()
    stopped.require_stopped(settings)
    ending.join()


def test_the_newer_database_is_kept_aside_before_an_upgrade_is_undone(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    kept = undo.aside(settings, NOW)
    assert kept is not None
    assert "person" in postgresql.rows_in(kept / "database.dump")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UpgradeError, match="nothing was undone"):
        undo.aside(settings, NOW)

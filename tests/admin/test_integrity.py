"""The look at the database: every night, a table at a time, beside the people who write."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import installation
from lms.admin import integrity
from lms.admin.integrity import STEPS
from lms.admin.night import CHECK, LAST_CHECK
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs import running
from lms.jobs.models import Job
from lms.settings import Settings
from lms.tables import Base
from tests.admin.conftest import NOW, stop


def check(app: Flask) -> Any:
    """Do the job as the worker does and return what it left, None where it has not ended."""
    with app.app_context():
        with transaction() as session:
            jobs.ask(session, CHECK, "tonight", now=NOW)
        running.run_due(reading, transaction, STEPS, "worker", lambda: NOW)
        return installation.setting(reading(), LAST_CHECK)


def state(app: Flask) -> tuple[str, int]:
    with app.app_context():
        job = reading().query(Job).one()
        return job.state, job.done_units


def test_a_whole_database_is_said_to_be_whole(app: Flask) -> None:
    """Runs on both databases."""
    assert check(app) == {"at": NOW.isoformat(), "fault": None}
    assert state(app) == ("done", len(Base.metadata.tables))
    with app.app_context():
        assert not integrity.is_unsound(reading())


def test_a_row_without_its_parent_is_found(server: Flask, here: Settings) -> None:
    with sqlite3.connect(here.data / "lms.sqlite") as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE unit SET parent_id = x'00112233445566778899aabbccddeeff'")
    connection.close()

    assert check(server)["fault"] == "unit: a row without its unit"
    with server.app_context():
        assert integrity.is_unsound(reading())


def spoil(path: Path, table: str) -> None:
    """Write nonsense over the page of a table."""
    connection = sqlite3.connect(path)
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
    ).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 200)
        file.write(b"\xff" * (size - 200))


def test_a_spoiled_page_is_found_and_kept_for_the_doctor(server: Flask, here: Settings) -> None:
    with server.app_context(), transaction() as session:
        for number in range(20):
            audit.append(session, None, "test.written", str(number), {}, now=NOW)
    stop(server)
    spoil(here.data / "lms.sqlite", "audit")

    found = check(server)

    assert found["at"] == NOW.isoformat()
    assert found["fault"]


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "lms.sqlite"
    path.write_bytes(b"not a database" * 1000)
    assert integrity.table_fault(path, "unit") == "file is not a database"


def test_what_says_nothing_of_the_file_is_tried_again(server: Flask, here: Settings) -> None:
    (here.data / "lms.sqlite").rename(here.data / "elsewhere")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        integrity.table_fault(here.data / "lms.sqlite", "unit")


def test_people_save_while_a_table_is_looked_at(
    server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look waits in the middle; a writer must not wait for it."""
    before, saved = integrity.table_fault, threading.Event()

    def save() -> None:
        with server.app_context(), transaction() as session:
            audit.append(session, None, "test.written", "1", {}, now=NOW)
        saved.set()
        stop(server)

    def slowly(path: Path, table: str) -> str | None:
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM audit").fetchone()
        if not saved.is_set():
            threading.Thread(target=save, daemon=True).start()
            assert saved.wait(60)
        reader.close()
        return before(path, table)

    monkeypatch.setattr(integrity, "table_fault", slowly)
    assert check(server)["fault"] is None


def test_the_next_look_clears_what_was_mended(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        bad = {"at": (NOW - timedelta(days=1)).isoformat(), "fault": "unit: a row without its unit"}
        installation.decide(session, {LAST_CHECK: bad}, now=NOW)
    assert check(app)["fault"] is None

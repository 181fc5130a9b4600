"""The database: settings of every connection, and ``transaction``, the one place that commits.

Why this module exists: with SQLAlchemy's defaults on SQLite, fifty writers that read and then
write lost 72 updates without an error. Here a unit of work that writes begins IMMEDIATE, so what
it reads cannot change before it commits. In PostgreSQL, READ COMMITTED with row locks
(``with_for_update``), ``UPDATE … SET n = n + 1`` and unique constraints give the same promise.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.orm import Session

from lms.extensions import db

# SQLite's own busy handler waits unfairly; one lock in front of BEGIN IMMEDIATE more than halved
# the slowest saves of fifty people answering at once. The worker and the command line are other
# processes: they take turns with the server (_turn), and busy_timeout is how long they wait then.
_writing = threading.Lock()

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL costs two thirds of the commits per second of NORMAL. We pay: "saved" must survive
    # a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=15000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-4096",
    "PRAGMA trusted_schema=OFF",
)


def sqlite_file(database_url: str) -> Path | None:
    """Return the file of an SQLite database, None for a database of another kind."""
    url = make_url(database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def engine_options(database_url: str, threads: int) -> dict[str, Any]:
    """Return what ``create_engine`` needs besides the address.

    threads  how many threads may hold a connection at once; nobody holds two.
    """
    # An error in the log names the statement and never what somebody wrote.
    common = {"pool_size": threads, "max_overflow": 0, "hide_parameters": True}
    if database_url.startswith("sqlite"):
        return {**common, "connect_args": {"isolation_level": None, "check_same_thread": False}}
    return {**common, "isolation_level": "READ COMMITTED"}


def prepare(engine: Engine) -> None:
    """Give every connection of ``engine`` our settings and our way to begin (SQLite only)."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    with _turn(Path(connection.engine.url.database or "").parent):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Be the one process that waits for the write lock of the database in ``folder``.

    SQLite's busy handler looks for the lock ten times a second. On a slow disk a server in which
    many people save has it all the time but for a moment between two of them: a worker waited in
    vain for fifteen seconds. Where one process alone looks for it, the next transaction is its.
    """
    lock = None
    try:
        # Of a folder that cannot be opened SQLite says it; where there are no locks it waits alone.
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def reading() -> Session:
    """Return the session of this request for looking things up. It never writes."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one writing unit of work of an action: commit at the end, roll back on any error.

    Lookups that decide are made inside it. Nothing slow (hashing, PDF, network) belongs here.
    What the request read before is forgotten first: it may be old by now.
    """
    session = db.session()
    session.rollback()
    sqlite = db.engine.dialect.name == "sqlite"
    with _writing if sqlite else nullcontext():
        session.connection(execution_options={"writes": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise

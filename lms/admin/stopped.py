"""Whether anybody else has the database open: a restore and an upgrade must be alone."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from lms.admin import postgresql, trouble
from lms.admin.verifying import RestoreError
from lms.db import sqlite_file
from lms.kernel.messages import Message, msg
from lms.settings import Settings

# Seconds: SQLite waits so long for a lock, and PostgreSQL ends the side of a server that has
# stopped a moment later than the server.
PATIENCE = 2.0
RUNNING = Message(
    msg(
        "A server or its worker is running on this data folder. Stop it, then restore: a restore "
        "under a running server would lose what people do meanwhile."
    )
)


def require_stopped(settings: Settings) -> None:
    """Raise RestoreError while any other process has the database open."""
    path = sqlite_file(settings.database_url)
    if path is None:
        _require_stopped_postgresql(settings.database_url)
    else:
        _require_stopped_sqlite(path)


def _require_stopped_sqlite(path: Path) -> None:
    if not path.exists():
        return
    connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
    try:
        # Whoever has opened a database in WAL mode holds a shared lock until they close it.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise RestoreError(RUNNING) from error
    except sqlite3.DatabaseError:
        pass  # so damaged that nobody can work with it: the reason for restoring
    finally:
        connection.close()


def _require_stopped_postgresql(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        until = time.monotonic() + PATIENCE
        while postgresql.has_others(engine):
            if time.monotonic() > until:
                raise RestoreError(RUNNING)
            time.sleep(0.05)
    except SQLAlchemyError as error:
        raise RestoreError(trouble.silent(error)) from error
    finally:
        engine.dispose()

"""Whether the database is whole: looked at every night, one table a step, while people go on.

The look reads through a connection of its own and holds no lock. What it found is kept as a
decision of this installation: the doctor tells it, and every page while something is wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms import installation
from lms.admin.night import CHECK, LAST_CHECK
from lms.db import sqlite_file
from lms.extensions import db
from lms.jobs.steps import SlowStep, Steps
from lms.settings import Settings
from lms.tables import Base

# What SQLite says of a file or a disk that fails. Whatever else it says (locked, no room, no
# right to write) tells nothing of the file and is tried again.
SPOILED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNREAD = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})
# The class of PostgreSQL's codes for broken pages and indexes.
BROKEN = "XX"


@dataclass(frozen=True, slots=True)
class Looked:
    """What the look at one table found: what is wrong, or None, and whether another follows."""

    fault: str | None
    more: bool


def look(
    session: Session, facts: Mapping[str, Any], cursor: int | None, *, now: datetime
) -> Looked:
    """Look at the table with the number ``cursor``."""
    del facts, now
    session.rollback()  # what reads a large table must not hold the log of the others open
    names = sorted(Base.metadata.tables)
    number = cursor or 0
    settings: Settings = current_app.config["LMS"]
    path = sqlite_file(settings.database_url)
    if path is None:
        fault = _postgresql_fault(db.engine, names[number])
    else:
        fault = table_fault(path, names[number])
    return Looked(fault, more=number + 1 < len(names))


def note(
    session: Session,
    facts: Mapping[str, Any],
    cursor: int | None,
    prepared: Looked,
    *,
    now: datetime,
) -> int | None:
    """Keep the answer when a fault was prepared or no table is left."""
    del facts
    if prepared.more and prepared.fault is None:
        return (cursor or 0) + 1
    installation.decide(
        session, {LAST_CHECK: {"at": now.isoformat(), "fault": prepared.fault}}, now=now
    )
    return None


STEPS: Steps = {CHECK: SlowStep(look, note, lease=timedelta(minutes=30))}


def is_unsound(session: Session) -> bool:
    """Return whether the last look found something wrong."""
    last = installation.setting(session, LAST_CHECK)
    return isinstance(last, dict) and last["fault"] is not None


def is_damage(error: BaseException | None) -> bool:
    """Return whether a driver's error tells of a damaged file, not of one that is busy or gone."""
    code, state = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlstate", None)
    return (code & 0xFF) in SPOILED or code in UNREAD or str(state).startswith(BROKEN)


def table_fault(path: Path, table: str) -> str | None:
    """Return what is wrong with a table of an SQLite file and its indexes, None when it is whole.

    raises sqlite3.OperationalError when the file cannot be looked at now, which says nothing of it.
    """
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=15)
        try:
            said = str(connection.execute(f'PRAGMA quick_check("{table}")').fetchone()[0])
            orphan = connection.execute(f'PRAGMA foreign_key_check("{table}")').fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return str(error)
    if said != "ok":
        return said
    return f"{table}: a row without its {orphan[2]}" if orphan is not None else None


def _postgresql_fault(engine: Engine, table: str) -> str | None:
    """Read a table to its end, which PostgreSQL compares with its checksums where it has them.

    raises DBAPIError when the server cannot be asked now.
    """
    try:
        with engine.connect() as connection:
            connection.execute(text(f'SELECT count(each::text) FROM "{table}" AS each'))  # noqa: S608 -- names of our own tables
    except DBAPIError as error:
        if not is_damage(error.orig):
            raise
        return str(error.orig)
    return None

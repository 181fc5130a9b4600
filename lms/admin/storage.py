"""Whether what holds the data is good: its folder, the disk below it, the database."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lms.admin import schema, start
from lms.admin.backup_plan import BACKUPS
from lms.admin.findings import Finding, good, wrong
from lms.admin.integrity import is_damage
from lms.db import sqlite_file
from lms.extensions import db
from lms.files import is_low
from lms.kernel.messages import Size, msg
from lms.settings import Settings


def data_folder(data: Path) -> Finding:
    """Whether this account can work with the data folder, and others cannot look into it."""
    values = {"path": str(data)}
    if not data.is_dir():
        said = msg(
            "Data folder: there is none at %(path)s. Where yours is elsewhere, name it with "
            "LMS_DATA; on a new server run: lms prepare"
        )
        return wrong(said, values)
    try:
        start.probe(data)
    except OSError as error:
        said = msg(
            "Data folder: nothing can be written into %(path)s (%(reason)s). Either it belongs to "
            "another account (then run this as root), or its disk is full, or read-only: a disk "
            "that fails becomes so by itself. The log of the machine tells more: journalctl -k"
        )
        return wrong(said, {**values, "reason": error.strerror})
    if data.stat().st_mode & 0o007:
        said = msg(
            "Data folder: every account of this machine can look into %(path)s, where people's "
            "names are. Run: chmod o-rwx %(path)s"
        )
        return wrong(said, values)
    return good(msg("Data folder: %(path)s, closed to other accounts."), values)


def disk(data: Path) -> Finding:
    """Whether the disk under the data folder has room."""
    usage = shutil.disk_usage(data)
    values = {"free": Size(usage.free), "total": Size(usage.total)}
    if is_low(usage.free, usage.total):
        said = msg(
            "Disk space: only %(free)s of %(total)s are free. Move old backups from %(backups)s to "
            "another disk. When all is well, delete folders before-restore-… and before-undo-… in "
            "%(data)s. Or take a larger disk; a full one stops all saving."
        )
        return wrong(said, {**values, "data": str(data), "backups": str(data / BACKUPS)})
    return good(msg("Disk space: %(free)s of %(total)s are free."), values)


def schema_version() -> Finding:
    """Whether the database has the tables that this program works with."""
    wanted = schema.wanted_revision()
    try:
        present = schema.present_revision(db.engine)
    except SQLAlchemyError as error:
        return unreadable(error)
    if present == wanted:
        return good(msg("Database: it has version %(v)s."), {"v": wanted})
    if present is not None and present > wanted:
        said = msg(
            "Database: it is from a newer version of this program. Install that version; this one "
            "refuses to start, so that nothing is lost."
        )
        return wrong(said)
    return wrong(msg("Database: it is not prepared for this version yet. Run: lms prepare"))


def integrity(settings: Settings) -> Finding:
    """Whether the database file is whole."""
    path = sqlite_file(settings.database_url)
    if path is None:
        return _answering()
    if not path.exists():
        return wrong(msg("Integrity: there is no database yet. Run: lms prepare"))
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=15)
        try:
            said_of_it = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        return unreadable(error)
    if said_of_it != "ok":
        return _damaged(said_of_it)
    return good(msg("Integrity: the database file is whole."))


def _answering() -> Finding:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return unreadable(error)
    return good(msg("Integrity: PostgreSQL answers and looks after its files."))


def unreadable(error: Exception) -> Finding:
    """Return what to do about a database that cannot be asked: it need not be damaged."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if is_damage(cause):
        return _damaged(str(cause))
    said = msg(
        "Integrity: the database cannot be asked at this moment (%(reason)s). With SQLite another "
        "program may hold it: try again. With PostgreSQL look whether that runs."
    )
    return wrong(said, {"reason": str(cause).partition("\n")[0][:200]})


def _damaged(reason: str) -> Finding:
    said = msg(
        "Integrity: the database is damaged (%(reason)s). Stop the server, keep a copy of the "
        "data folder, then restore the last backup: lms restore FILE"
    )
    return wrong(said, {"reason": reason[:200]})

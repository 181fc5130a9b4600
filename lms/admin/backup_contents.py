"""What goes into a backup: a copy of the database of one moment, the stored files, the keys."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from lms.admin import postgresql, schema
from lms.admin.archive import DATABASES, Member
from lms.admin.backup_place import BackupError
from lms.admin.backup_progress import COPYING, Progress
from lms.admin.schema import Contents
from lms.db import sqlite_file
from lms.files import DIGEST
from lms.kernel.messages import Message, msg
from lms.settings import Settings

COPIED_BETWEEN = 100_000  # steps of SQLite, a few hundredths of a second


def size_of_server(settings: Settings) -> int:
    """Return about how many bytes a plain backup of this server has."""
    files = sum(path.stat().st_size for path in (settings.data / "files").glob("??/*"))
    return files + _size_of_database(settings.database_url)


def _size_of_database(database_url: str) -> int:
    """Return how large the database is; 0 where it cannot be asked: who copies it says why."""
    path = sqlite_file(database_url)
    if path is not None:
        return path.stat().st_size if path.exists() else 0
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    except SQLAlchemyError:
        return 0
    finally:
        engine.dispose()
    return int(size or 0)


def copy_database(
    database_url: str, scratch: Path, progress: Progress, last: int | None
) -> tuple[Path, Contents]:
    """Copy the database into ``scratch``; return where it lies and what it held at that moment.

    last  how many bytes the last copy had: a dump is packed, and tells only at its end how well.
    """
    path = sqlite_file(database_url)
    copy = scratch / DATABASES["postgresql" if path is None else "sqlite"]
    progress.begin(COPYING, (path is None and last) or _size_of_database(database_url))

    def reach() -> None:
        progress.reach(copy.stat().st_size if copy.exists() else 0)

    if path is None:
        return copy, postgresql.dump(database_url, copy, reach)
    _copy_sqlite(path, copy, reach)
    return copy, contents_of(copy)


def _copy_sqlite(path: Path, copy: Path, reach: Callable[[], None]) -> None:
    try:
        source = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=60
        )
        source.set_progress_handler(reach, COPIED_BETWEEN)
        try:
            # One statement, one moment: whoever writes meanwhile waits some milliseconds.
            source.execute("VACUUM INTO ?", (str(copy),))
        finally:
            source.close()
    except sqlite3.Error as error:
        if "full" in str(error):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise BackupError(
            Message(
                msg("The database %(path)s cannot be copied: %(reason)s. Run: lms doctor"),
                {"path": str(path), "reason": str(error)},
            )
        ) from error


def contents_of(path: Path) -> Contents:
    """Return what an SQLite file that nobody has open says of itself."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return schema.contents(connection)
    finally:
        engine.dispose()


def stored_files(folder: Path) -> dict[str, Path]:
    """Return the stored files under ``folder`` by their names in a backup."""
    return {
        f"files/{path.parent.name}/{path.name}": path
        for path in sorted(folder.glob("??/*"))
        if DIGEST.fullmatch(path.name) and path.parent.name == path.name[:2]
    }


def is_damaged(name: str, found: Member) -> bool:
    """Return whether a member is a stored file that is not what its name says."""
    return name.startswith("files/") and not name.endswith(f"/{found.sha256}")


def key_files(settings: Settings) -> list[Path]:
    """Return the issuing key, those before it and the key of name digests.

    Empty where this account may not read them: on a server whose worker has its own account.
    """
    folder = settings.issuing_key.parent
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []
    names = (settings.issuing_key.name, "names.key")
    return [
        path
        for path in found
        if path.name.startswith(names) and path.is_file() and os.access(path, os.R_OK)
    ]

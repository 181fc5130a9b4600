"""What a backup must be before anything of it is used: whole, of this kind, and sound."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from lms.admin import archive, integrity, postgresql, schema, sealed
from lms.admin.archive import DATABASES, ArchiveError, Manifest
from lms.admin.backup_contents import contents_of
from lms.admin.schema import Contents
from lms.db import sqlite_file
from lms.kernel.messages import Message, msg
from lms.settings import Settings


class RestoreError(Exception):
    """Nothing was restored and everything is as it was; the message says why."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


def verify(file: Path, passphrase: Callable[[], str], folder: Path | None = None) -> Manifest:
    """Read a backup to its end; unpack it into ``folder``, or only compare where that is None.

    raises RestoreError for a file that is not, byte for byte, what ``lms backup`` wrote, or that
    a newer version of this program wrote.
    """
    try:
        with file.open("rb") as stream:
            if sealed.is_sealed(stream):
                manifest = archive.unpack(sealed.SealedReader(stream, passphrase()), folder)
            else:
                manifest = archive.unpack(stream, folder)
    except (sealed.SealError, ArchiveError) as refused:
        raise RestoreError(refused.message) from refused
    if manifest.revision is not None and manifest.revision > schema.wanted_revision():
        raise RestoreError(archive.NEWER)
    return manifest


def require_kind(settings: Settings, manifest: Manifest) -> None:
    """Raise RestoreError for a backup of another kind of database than the one here."""
    here = "postgresql" if sqlite_file(settings.database_url) is None else "sqlite"
    if manifest.database != here:
        raise RestoreError(
            Message(
                msg(
                    "This backup holds a database of %(there)s, and DATABASE_URL names %(here)s. "
                    "Name a database of the same kind."
                ),
                {"there": manifest.database, "here": here},
            )
        )


def require_sound(manifest: Manifest, copy: Path) -> None:
    """Raise RestoreError unless every table is whole and has the rows that were backed up."""
    if manifest.database == "sqlite":
        for table in manifest.rows:
            require_whole(copy, table)
    require_same(manifest.held, copy)


def require_whole(copy: Path, table: str) -> None:
    """Raise RestoreError unless a table of an unpacked SQLite database is whole."""
    try:
        fault = integrity.table_fault(copy, table)
    except sqlite3.DatabaseError as error:
        raise RestoreError(unsound(str(error))) from error
    if fault is not None:
        raise RestoreError(unsound(fault))


def require_same(held: Contents, copy: Path) -> None:
    """Raise RestoreError unless the unpacked database ``copy`` holds what was backed up."""
    if copy.name == DATABASES["postgresql"]:
        rows = postgresql.rows_in(copy)
    else:
        try:
            found = contents_of(copy)
        except SQLAlchemyError as error:
            raise RestoreError(unsound(str(error.__cause__ or error))) from error
        if (found.revision, found.site) != (held.revision, held.site):
            raise RestoreError(unsound("another server"))
        rows = dict(found.rows)
    for table, count in held.rows.items():
        if rows.get(table) != count:
            raise RestoreError(unsound(f"{table}: {rows.get(table, 0)} of {count} rows"))


def unsound(reason: str) -> Message:
    """Return that a database in a backup is not sound."""
    return Message(
        msg("The database in this backup is not sound (%(reason)s). Use another backup."),
        {"reason": reason[:200]},
    )


def why(error: OSError) -> Message:
    """Return what was in the way of a restore."""
    if error.errno == errno.ENOSPC:
        return Message(
            msg(
                "There is not enough room to unpack the backup. Nothing was changed; make room, "
                "then try again."
            )
        )
    return Message(
        msg("Nothing was restored: %(path)s: %(reason)s."),
        {"path": str(error.filename or ""), "reason": error.strerror or type(error).__name__},
    )

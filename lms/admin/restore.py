"""``lms restore``: put a backup in the place of what is here, which is set aside and never lost.

Everything is unpacked and checked in a folder beside the data first. What follows then are
renames alone, undone when one of them fails.
"""

from __future__ import annotations

import errno
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.accounts import actions as accounts
from lms.accounts import queries as account_queries
from lms.accounts.queries import Codes
from lms.admin import archive, integrity, postgresql, schema, sealed, trouble
from lms.admin.archive import DATABASES, SECRET, ArchiveError, Manifest
from lms.admin.backup import contents_of, key_files
from lms.admin.exchange import Moves
from lms.admin.folders import flush_folder, scratch
from lms.admin.postgresql import PostgresqlError
from lms.admin.schema import Contents
from lms.admin.start import SITE_FILE
from lms.audit import actions as audit
from lms.db import sqlite_file
from lms.kernel.messages import Message, msg
from lms.settings import Settings

SCRATCH = ".restoring-"


class RestoreError(Exception):
    """Nothing was restored and everything is as it was; the message says why."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


# Seconds: SQLite waits so long for a lock, and PostgreSQL ends the side of a server that has
# stopped a moment later than the server.
PATIENCE = 2.0
RUNNING = Message(
    msg(
        "A server or its worker is running on this data folder. Stop it, then restore: a restore "
        "under a running server would lose what people do meanwhile."
    )
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was ended in a restored database, so that nobody is let in who should not be.

    sessions  how many people were signed in at the moment of the backup.
    codes     how many one-time and spare codes were used or replaced since, as far as is known.
    recorded  whether the audit log says so; an older schema has to be brought up first.
    """

    sessions: int
    codes: int
    recorded: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What a restore did.

    aside         the folder that holds what was here before, None when nothing was.
    settled       what was ended and recorded in the restored database.
    same_machine  whether the file ``site.id`` here names the server of the backup.
    """

    manifest: Manifest
    aside: Path | None
    settled: Settled
    same_machine: bool


def restore(
    settings: Settings, file: Path, passphrase: Callable[[], str], *, now: datetime
) -> Done:
    """Put the backup ``file`` in the place of what is here.

    passphrase  called for a sealed backup only.

    raises RestoreError when the backup cannot be verified or a server is running; then nothing
    has changed.
    """
    require_stopped(settings)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with scratch(settings.data, SCRATCH) as staged:
            _require_room(settings.data, file)
            manifest = verify(file, passphrase, staged)
            require_kind(settings, manifest)
            copy = staged / DATABASES[manifest.database]
            require_sound(manifest, copy)
            standing = _standing_codes(settings, manifest.site)
            if manifest.database == "sqlite":
                settled = _settle(f"sqlite:///{copy}", manifest, standing, now)
            aside = _exchange(settings, manifest, staged, now)
        if manifest.database == "postgresql":
            settled = _settle(settings.database_url, manifest, standing, now)
    except OSError as error:
        raise RestoreError(why(error)) from error
    except PostgresqlError as refused:
        raise RestoreError(refused.message) from refused
    return Done(manifest, aside, settled, is_same_machine(settings.data, manifest.site))


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


def _standing_codes(settings: Settings, site: UUID | None) -> Mapping[UUID, Codes]:
    """Return everybody's codes as they are here now; none where this is not the server ``site``."""
    path = sqlite_file(settings.database_url)
    if path is not None and not path.exists():
        return {}
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            known = site is not None and schema.contents(connection).site == site
            return account_queries.codes(Session(connection)) if known else {}
    except SQLAlchemyError:
        return {}  # so damaged that nobody can read it: the reason for restoring
    finally:
        engine.dispose()


def require_kind(settings: Settings, manifest: Manifest) -> None:
    """Raise RestoreError for a backup of another kind of database than the one here."""
    here = "postgresql" if sqlite_file(settings.database_url) is None else "sqlite"
    if manifest.database != here:
        raise RestoreError(
            Message(
                msg("This backup holds a database of %(there)s, and DATABASE_URL names %(here)s. "
                    "Name a database of the same kind."),
                {"there": manifest.database, "here": here},
            )
        )  # fmt: skip


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
        raise RestoreError(_unsound(str(error))) from error
    if fault is not None:
        raise RestoreError(_unsound(fault))


def require_same(held: Contents, copy: Path) -> None:
    """Raise RestoreError unless the unpacked database ``copy`` holds what was backed up."""
    if copy.name == DATABASES["postgresql"]:
        rows = postgresql.rows_in(copy)
    else:
        try:
            found = contents_of(copy)
        except SQLAlchemyError as error:
            raise RestoreError(_unsound(str(error.__cause__ or error))) from error
        if (found.revision, found.site) != (held.revision, held.site):
            raise RestoreError(_unsound("another server"))
        rows = dict(found.rows)
    for table, count in held.rows.items():
        if rows.get(table) != count:
            raise RestoreError(_unsound(f"{table}: {rows.get(table, 0)} of {count} rows"))


def _settle(
    database_url: str,
    manifest: Manifest,
    standing: Mapping[UUID, Codes],
    now: datetime,
) -> Settled:
    """End in the restored database what must not live again, and write it into the audit log."""
    if manifest.revision is None:
        return Settled(0, 0, recorded=False)
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        with Session(engine) as session:
            sessions, ended = accounts.end_what_was_restored(session, standing, now=now)
            recorded = manifest.revision == schema.wanted_revision()
            if recorded:
                moment = f"{manifest.made_at:%Y%m%dT%H%M%SZ}"
                facts = {"sessions": sessions, "codes": ended}
                audit.append(session, None, "backup.restored", moment, facts, now=now)
            session.commit()
    except SQLAlchemyError as error:
        if "full" in str(error):
            raise OSError(errno.ENOSPC, "no space") from error
        raise RestoreError(_unsound(str(error.__cause__ or error))) from error
    finally:
        engine.dispose()
    return Settled(sessions, ended, recorded)


def _exchange(settings: Settings, manifest: Manifest, staged: Path, now: datetime) -> Path | None:
    """Set aside what is here and put what was unpacked; all or nothing."""
    moves = Moves(settings.data, f"before-restore-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    try:
        moves.exchange(settings.data / SECRET, staged / SECRET)
        moves.exchange(settings.data / "files", staged / "files")
        if manifest.has_keys:
            for path in key_files(settings):
                moves.set_aside(path)
            for path in sorted((staged / "keys").iterdir()):
                moves.put(path, settings.issuing_key.parent / path.name)
        database = sqlite_file(settings.database_url)
        copy = staged / DATABASES[manifest.database]
        if database is None:
            _exchange_postgresql(settings.database_url, copy, moves.aside)
        else:
            for suffix in ("-wal", "-shm"):  # left by a server that was killed; part of it
                moves.set_aside(database.with_name(database.name + suffix))
            moves.exchange(database, copy)
    except BaseException:
        moves.undo()
        raise
    flush_folder(settings.data)
    if not moves.aside.exists():
        return None
    site = settings.data / SITE_FILE
    if site.exists():
        shutil.copy(site, moves.aside / SITE_FILE)
    return moves.aside


def _exchange_postgresql(database_url: str, dump: Path, aside: Path) -> None:
    """Dump the present database into ``aside``, then fill it from ``dump``, whole or not at all."""
    aside.mkdir(exist_ok=True, mode=0o700)
    postgresql.dump(database_url, aside / DATABASES["postgresql"])
    postgresql.fill(database_url, dump)


def is_same_machine(data: Path, site: UUID | None) -> bool:
    """Return whether the data folder belongs to the server ``site``."""
    path = data / SITE_FILE
    return path.exists() and path.read_text("ascii").strip() == str(site)


def _require_room(data: Path, file: Path) -> None:
    if shutil.disk_usage(data).free < file.stat().st_size:
        raise OSError(errno.ENOSPC, "no space")


def _unsound(reason: str) -> Message:
    return Message(
        msg("The database in this backup is not sound (%(reason)s). Use another backup."),
        {"reason": reason[:200]},
    )


def why(error: OSError) -> Message:
    """Return what was in the way of a restore."""
    if error.errno == errno.ENOSPC:
        return Message(
            msg("There is not enough room to unpack the backup. Nothing was changed; make room, "
                "then try again.")
        )  # fmt: skip
    return Message(
        msg("Nothing was restored: %(path)s: %(reason)s."),
        {"path": str(error.filename or ""), "reason": error.strerror or type(error).__name__},
    )

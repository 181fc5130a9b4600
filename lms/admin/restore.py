"""``lms restore``: put a backup in the place of what is here, which is set aside and never lost.

Everything is unpacked and checked in a folder beside the data first. What follows then are
renames alone, undone when one of them fails.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import NullPool, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.admin import archive, schema, sealed
from lms.admin.archive import DATABASES, SECRET, ArchiveError, Manifest
from lms.admin.backup import (
    BackupError,
    dump_postgresql,
    flush_folder,
    give,
    key_files,
    run_postgresql,
    sqlite_path,
)
from lms.admin.start import SITE_FILE
from lms.audit import actions as audit
from lms.installation import Site
from lms.kernel.messages import Message, msg
from lms.settings import Settings


class RestoreError(Exception):
    """Nothing was restored and everything is as it was; the message says why."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


RUNNING = Message(
    msg(
        "A server or its worker is running on this data folder. Stop it, then restore: a restore "
        "under a running server would lose what people do meanwhile."
    )
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a restore did.

    aside         the folder that holds what was here before, None when nothing was.
    recorded      whether the audit log says so; an older schema has to be brought up first.
    same_machine  whether the file ``site.id`` here names the server of the backup.
    """

    manifest: Manifest
    aside: Path | None
    recorded: bool
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
        _require_room(settings.data, file)
        staged = Path(tempfile.mkdtemp(prefix=".restoring-", dir=settings.data))
        try:
            manifest = verify(file, passphrase, staged)
            recorded = _check_database(settings, manifest, staged, now)
            aside = _exchange(settings, manifest, staged, now)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        if manifest.database == "postgresql":
            recorded = _record(settings.database_url, manifest, now)
    except OSError as error:
        raise RestoreError(_why(error)) from error
    except BackupError as refused:
        raise RestoreError(refused.message) from refused
    return Done(manifest, aside, recorded, _is_same_machine(settings.data, manifest.site))


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
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        _require_stopped_sqlite(sqlite_path(settings))
    else:
        _require_stopped_postgresql(settings.database_url)


def _require_stopped_sqlite(path: Path) -> None:
    if not path.exists():
        return
    connection = sqlite3.connect(path, isolation_level=None, timeout=2)
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
        with engine.connect() as connection:
            others = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
    except SQLAlchemyError as error:
        raise RestoreError(
            Message(msg("The database named by DATABASE_URL does not answer. Start PostgreSQL."))
        ) from error
    finally:
        engine.dispose()
    if others:
        raise RestoreError(RUNNING)


def _check_database(settings: Settings, manifest: Manifest, staged: Path, now: datetime) -> bool:
    """Compare the unpacked database with what the manifest says; return whether it was recorded."""
    here = make_url(settings.database_url).get_backend_name()
    if manifest.database != here:
        raise RestoreError(
            Message(
                msg("This backup holds a database of %(there)s, and DATABASE_URL names %(here)s. "
                    "Name a database of the same kind."),
                {"there": manifest.database, "here": here},
            )
        )  # fmt: skip
    copy = staged / DATABASES[manifest.database]
    if here == "postgresql":
        run_postgresql("pg_restore", settings.database_url, "--list", str(copy))
        return False
    try:
        _require_sound(copy)
        url = f"sqlite:///{copy}"
        engine = create_engine(url, poolclass=NullPool)
        revision = schema.present_revision(engine)
        site = _site(url)
    except (sqlite3.DatabaseError, SQLAlchemyError) as error:
        raise RestoreError(_unsound(str(error))) from error
    if (revision, site) != (manifest.revision, manifest.site):
        raise RestoreError(_unsound("another server"))
    return _record(url, manifest, now)


def _require_sound(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise RestoreError(_unsound(str(found[0])))
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
        if orphan is not None:
            raise RestoreError(_unsound(str(orphan[0])))
    finally:
        connection.close()


def _site(database_url: str) -> UUID | None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        if not inspect(connection).has_table("site"):
            return None
        return connection.scalar(select(Site.id))


def _record(database_url: str, manifest: Manifest, now: datetime) -> bool:
    """Write into the audit log of the restored database that it was restored."""
    if manifest.revision != schema.wanted_revision():
        return False
    engine = create_engine(database_url, poolclass=NullPool)
    with Session(engine) as session:
        moment = f"{manifest.made_at:%Y%m%dT%H%M%SZ}"
        audit.append(session, None, "backup.restored", moment, {}, now=now)
        session.commit()
    return True


def _exchange(settings: Settings, manifest: Manifest, staged: Path, now: datetime) -> Path | None:
    """Set aside what is here and put what was unpacked; all or nothing."""
    moves = _Moves(settings.data, f"before-restore-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    try:
        moves.exchange(settings.data / SECRET, staged / SECRET)
        moves.exchange(settings.data / "files", staged / "files")
        if manifest.has_keys:
            for path in key_files(settings):
                moves.set_aside(path)
            for path in sorted((staged / "keys").iterdir()):
                moves.put(path, settings.issuing_key.parent / path.name)
        if manifest.database == "sqlite":
            path = sqlite_path(settings)
            for suffix in ("-wal", "-shm"):  # left by a server that was killed; part of it
                moves.set_aside(path.with_name(path.name + suffix))
            moves.exchange(path, staged / DATABASES["sqlite"])
        else:
            _exchange_postgresql(
                settings.database_url, staged / DATABASES["postgresql"], moves.aside
            )
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


class _Moves:
    """Renames that can be undone."""

    def __init__(self, data: Path, name: str) -> None:
        """Set things aside in ``data``/``name``, or in ``name`` beside them where that is not."""
        self.aside, self._data, self._name = data / name, data, name
        self._done: list[tuple[Path, Path]] = []

    def exchange(self, path: Path, staged: Path) -> None:
        """Set ``path`` aside, and put ``staged`` in its place where it exists."""
        self.set_aside(path)
        if staged.exists():
            self.put(staged, path)

    def set_aside(self, path: Path) -> None:
        """Move what lies at ``path`` out of the way; nothing happens where nothing lies."""
        if not path.exists():
            return
        if path.is_relative_to(self._data):
            kept = self.aside / path.relative_to(self._data)
        else:
            kept = path.parent / self._name / path.name
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if kept.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(kept))
        path.rename(kept)
        self._done.append((path, kept))

    def put(self, staged: Path, path: Path) -> None:
        """Move something that was unpacked to where it belongs, on whichever disk that is."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _open_like(staged, path.parent)
        give(staged, path.parent)
        try:
            staged.rename(path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            near = path.with_name(f".{path.name}.restoring")
            with staged.open("rb") as source, near.open("wb") as target:
                shutil.copymode(staged, near)
                shutil.copyfileobj(source, target)
                archive.flush(target)
            give(near, path.parent)
            near.rename(path)
        self._done.append((staged, path))
        flush_folder(path.parent)

    def undo(self) -> None:
        """Put everything back, the last move first."""
        for was, now_at in reversed(self._done):
            shutil.move(now_at, was)


def _open_like(path: Path, folder: Path) -> None:
    """Let the same accounts work with what was unpacked as with ``folder``; keys stay closed."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    for each in (path, *path.rglob("*")):
        each.chmod(mode if each.is_dir() else stat.S_IMODE(each.stat().st_mode) & mode)


def _exchange_postgresql(database_url: str, dump: Path, aside: Path) -> None:
    """Dump the present database into ``aside``, then fill it from ``dump``, or else from there."""
    aside.mkdir(exist_ok=True, mode=0o700)
    kept = aside / DATABASES["postgresql"]
    dump_postgresql(database_url, kept)
    try:
        _fill_postgresql(database_url, dump)
    except BackupError:
        _fill_postgresql(database_url, kept)
        raise


def _fill_postgresql(database_url: str, dump: Path) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
    run_postgresql(
        "pg_restore", database_url, "--single-transaction", "--exit-on-error", "--no-owner",
        "--no-privileges", f"--dbname={make_url(database_url).database}", str(dump),
    )  # fmt: skip


def _is_same_machine(data: Path, site: UUID | None) -> bool:
    path = data / SITE_FILE
    return path.exists() and path.read_text("ascii").strip() == str(site)


def _require_room(data: Path, file: Path) -> None:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(data).free < file.stat().st_size:
        raise OSError(errno.ENOSPC, "no space")


def _unsound(reason: str) -> Message:
    return Message(
        msg("The database in this backup is not sound (%(reason)s). Use another backup."),
        {"reason": reason[:200]},
    )


def _why(error: OSError) -> Message:
    if error.errno == errno.ENOSPC:
        return Message(
            msg("There is not enough room to unpack the backup. Nothing was changed; make room, "
                "then try again.")
        )  # fmt: skip
    return Message(
        msg("Nothing was restored: %(path)s: %(reason)s."),
        {"path": str(error.filename or ""), "reason": error.strerror or type(error).__name__},
    )

"""Back to the old version: the database as it was before, and the link."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.admin import archive, postgresql, verifying
from lms.admin.archive import DATABASES
from lms.admin.backup_plan import BACKUPS
from lms.admin.folders import flush_folder, give, scratch
from lms.admin.postgresql import PostgresqlError
from lms.admin.upgrade import journal
from lms.admin.upgrade.journal import STAGED, UNDOING, Journal
from lms.admin.upgrade.version import UpgradeError
from lms.admin.verifying import RestoreError
from lms.audit import actions as audit
from lms.db import sqlite_file
from lms.settings import Settings


def switch(link: Path, folder: Path) -> None:
    """Let ``link`` lead to ``folder``, which lies beside it: at once, or not at all."""
    fresh = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    fresh.symlink_to(folder.name)
    try:
        fresh.rename(link)
    finally:
        fresh.unlink(missing_ok=True)
    flush_folder(link.parent)


def put_back(settings: Settings, found: Journal, *, now: datetime) -> None:
    """Put the database back as it was before an upgrade; again does the same again.

    raises UpgradeError when that is not possible: the backup is still there then.
    """
    if found.backup is None:
        raise UpgradeError("No backup was made before this upgrade. Nothing was changed.")
    file = settings.data / BACKUPS / found.backup
    path = sqlite_file(settings.database_url)
    try:
        with scratch(settings.data, ".putting-back-") as staged:
            with file.open("rb") as stream:
                manifest = archive.unpack(stream, staged)
            copy = staged / DATABASES[manifest.database]
            verifying.require_kind(settings, manifest)
            if path is None:
                postgresql.fill(settings.database_url, copy)
            else:
                _exchange(path, copy)
    except OSError as error:
        raise UpgradeError(
            f"The database could not be put back: {error.filename or file}: {error.strerror}. Put "
            f"that right, then: lms upgrade --undo"
        ) from error
    except (archive.ArchiveError, RestoreError, PostgresqlError) as refused:
        raise UpgradeError(f"The database could not be put back. {refused}") from refused
    _note(settings, found, now)


def _exchange(path: Path, copy: Path) -> None:
    """Put ``copy`` in the place of an SQLite database that nobody has open."""
    like = path.parent.stat()
    copy.chmod(stat.S_IMODE(copy.stat().st_mode) & stat.S_IMODE(like.st_mode))
    give(copy, path.parent)
    # They belong to the database that goes. Killed here, it is put back once more.
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    copy.rename(path)
    flush_folder(path.parent)


def _note(settings: Settings, found: Journal, now: datetime) -> None:
    """Write into the log of the database that is back that an upgrade was undone."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with Session(engine) as session:
            facts = {"from": found.after, "to": found.before}
            audit.append(session, None, "upgrade.undone", found.after, facts, now=now)
            session.commit()
    except SQLAlchemyError:
        return  # a log of another shape: the database itself is back
    finally:
        engine.dispose()


def finish(settings: Settings, link: Path, found: Journal, *, now: datetime) -> None:
    """Bring a server back to the old version, from whichever state it is in; again is harmless.

    The new version stays where it lies, so that the upgrade may be tried again.
    """
    old = link.with_name(f"{link.name}-{found.before}")
    if found.state == UNDOING and link.resolve() != old.resolve():
        switch(link, old)
    put_back(settings, found, now=now)
    journal.write(settings.data, replace(found, state=STAGED, backup=None))


def throw_away(settings: Settings, link: Path, found: Journal) -> None:
    """Remove a new version that lies ready, and the journal."""
    folder = link.with_name(f"{link.name}-{found.after}")
    if link.resolve() != folder.resolve():
        shutil.rmtree(folder, ignore_errors=True)
    journal.forget(settings.data)


def aside(settings: Settings, now: datetime) -> Path | None:
    """Keep a copy of the database before it is put back to an older state; return where.

    raises UpgradeError when that is not possible: then nothing is put back.
    """
    path = sqlite_file(settings.database_url)
    if path is not None and not path.exists():
        return None
    folder = settings.data / f"before-undo-{now:%Y%m%d-%H%M%S}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if path is None:
        try:
            postgresql.dump(settings.database_url, folder / DATABASES["postgresql"])
        except PostgresqlError as refused:
            raise UpgradeError(
                f"The database of the newer version could not be kept aside, so nothing was "
                f"undone. {refused}"
            ) from refused
        os.sync()
        give(folder, settings.data)
        return folder
    for suffix in ("", "-wal", "-shm"):
        each = path.with_name(path.name + suffix)
        if each.exists():
            shutil.copy2(each, folder / each.name)
            os.sync()
    give(folder, settings.data)
    return folder

"""``lms restore``: put a backup in the place of what is here, which is set aside and never lost.

Everything is unpacked and checked in a folder beside the data first. What follows is noted before
it begins (``unfinished``): whatever stops it, what was here is put back.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.accounts import actions as accounts
from lms.accounts import queries as account_queries
from lms.accounts.queries import Codes
from lms.admin import postgresql, schema, unfinished
from lms.admin.archive import DATABASES, SECRET, Manifest
from lms.admin.backup_contents import key_files
from lms.admin.exchange import Moves
from lms.admin.folders import flush_folder, scratch
from lms.admin.postgresql import PostgresqlError
from lms.admin.start import SITE_FILE
from lms.admin.stopped import require_stopped
from lms.admin.unfinished import DUMPED, DUMPING, SCRATCH, Restore
from lms.admin.verifying import (
    RestoreError,
    require_kind,
    require_sound,
    unsound,
    verify,
    why,
)
from lms.audit import actions as audit
from lms.db import sqlite_file
from lms.settings import Settings


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
    has changed. raises UnfinishedError while another restore is going on, and when what an
    interrupted one has left cannot be put back.
    """
    require_stopped(settings)
    name = f"before-restore-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (
            unfinished.begun(settings, name) as note,
            scratch(settings.data, SCRATCH) as staged,
        ):
            _require_room(settings.data, file)
            manifest = verify(file, passphrase, staged)
            require_kind(settings, manifest)
            copy = staged / DATABASES[manifest.database]
            require_sound(manifest, copy)
            wanted = _Wanted(settings, manifest, staged, name, now)
            standing = _standing_codes(settings, manifest.site)
            require_stopped(settings)  # unpacking took its time
            if manifest.database == "sqlite":
                settled = _settle(f"sqlite:///{copy}", manifest, standing, now)
            else:
                settled = _exchange_postgresql(wanted, standing, note)
            aside = _exchange(wanted, note)
    except OSError as error:
        raise RestoreError(why(error)) from error
    except PostgresqlError as refused:
        raise RestoreError(refused.message) from refused
    return Done(manifest, aside, settled, is_same_machine(settings.data, manifest.site))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was unpacked and verified, and under which name what is here is set aside."""

    settings: Settings
    manifest: Manifest
    staged: Path
    name: str
    now: datetime

    @property
    def aside(self) -> Path:
        return self.settings.data / self.name


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
        raise RestoreError(unsound(str(error.__cause__ or error))) from error
    finally:
        engine.dispose()
    return Settled(sessions, ended, recorded)


def _exchange_postgresql(
    wanted: _Wanted, standing: Mapping[UUID, Codes], note: Callable[[Restore], None]
) -> Settled:
    """Set the present database aside as a dump, fill it from the backup, and settle that."""
    url, begun = wanted.settings.database_url, Restore(wanted.name)
    moves = Moves(wanted.settings.data, wanted.name)
    note(replace(begun, dump=DUMPING))
    moves.make(wanted.aside)
    kept = wanted.aside / DATABASES["postgresql"]
    postgresql.dump(url, kept)
    os.sync()
    note(replace(begun, dump=DUMPED))
    postgresql.fill(url, wanted.staged / DATABASES["postgresql"])
    return _settle(url, wanted.manifest, standing, wanted.now)


def _exchange(wanted: _Wanted, note: Callable[[Restore], None]) -> Path | None:
    """Set aside what is here and put what was unpacked; return where the former lies."""
    settings, staged = wanted.settings, wanted.staged
    moves = Moves(settings.data, wanted.name)
    pairs = {settings.data / SECRET: staged / SECRET, settings.data / "files": staged / "files"}
    database = sqlite_file(settings.database_url)
    if database is not None:
        for suffix in ("-wal", "-shm"):  # left by a server that was killed; part of it
            pairs[database.with_name(database.name + suffix)] = staged / f"none{suffix}"
        pairs[database] = staged / DATABASES["sqlite"]
    # Keys last, and noted last: the server's own account may not put them back.
    keys = _keys(wanted)
    begun = Restore(wanted.name, DUMPED if database is None else None)
    for part in (pairs, keys):
        begun = replace(begun, moves=(*begun.moves, *(moves.planned(path) for path in part)))
        note(begun)
        for path, unpacked in part.items():
            moves.exchange(path, unpacked)
    flush_folder(settings.data)
    if not wanted.aside.exists():
        return None
    site = settings.data / SITE_FILE
    if site.exists():
        shutil.copy(site, wanted.aside / SITE_FILE)
    return wanted.aside


def _keys(wanted: _Wanted) -> dict[Path, Path]:
    """Return where each key belongs that is exchanged, and where it was unpacked, if it was."""
    if not wanted.manifest.has_keys:
        return {}
    unpacked = wanted.staged / "keys"
    here = {path: unpacked / path.name for path in key_files(wanted.settings)}
    folder = wanted.settings.issuing_key.parent
    return here | {folder / path.name: path for path in sorted(unpacked.iterdir())}


def is_same_machine(data: Path, site: UUID | None) -> bool:
    """Return whether the data folder belongs to the server ``site``."""
    path = data / SITE_FILE
    return path.exists() and path.read_text("ascii").strip() == str(site)


def _require_room(data: Path, file: Path) -> None:
    if shutil.disk_usage(data).free < file.stat().st_size:
        raise OSError(errno.ENOSPC, "no space")

"""``lms backup``: everything that a server needs to go on elsewhere, in one file, while it serves.

Inside the data folder a backup may be plain and never holds the issuing key. Anywhere else it is
sealed with a passphrase (``sealed.py``), and sealed ones hold the keys too.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from lms.admin import archive, schema
from lms.admin.archive import DATABASES, SECRET, Manifest, flush, member_of
from lms.admin.backup_contents import (
    copy_database,
    is_damaged,
    key_files,
    size_of_server,
    stored_files,
)
from lms.admin.backup_place import (
    BackupError,
    alone,
    clear,
    free_name,
    require_folder,
    require_room,
    server_of,
    stem_of,
    why,
)
from lms.admin.backup_plan import BACKUPS, BY_HAND, UPGRADE, leaves
from lms.admin.backup_progress import COMPARING, PACKING, READING, SEALING, Progress, Tell
from lms.admin.folders import flush_folder, give
from lms.admin.postgresql import PostgresqlError
from lms.admin.sealed import SealedReader, SealedWriter, SealError
from lms.kernel.messages import Message, Size, msg
from lms.settings import Settings

SHORTEST_PASSPHRASE = 12


NOT_NAMED = msg("No folder elsewhere or no file with a passphrase is named in the settings.")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that lies complete on the disk and was read back.

    damaged   digests of stored files that are not what they were; they are left out.
    """

    path: Path
    manifest: Manifest
    sealed: bool
    damaged: tuple[str, ...]


def before_upgrade(settings: Settings, *, now: datetime) -> Path:
    """Make a plain backup inside the data folder; return its path. ``lms prepare`` calls this.

    raises SchemaError when none could be made: then the schema stays as it is, too.
    """
    try:
        made = make(settings, settings.data / BACKUPS, None, now=now, name=UPGRADE)
    except BackupError as refused:
        raise schema.SchemaError(refused.message) from refused
    return made.path


def make(
    settings: Settings,
    folder: Path,
    passphrase: str | None,
    *,
    now: datetime,
    name: str = BY_HAND,
    spare: int | None = None,
    tell: Tell | None = None,
    copied: int | None = None,
) -> Made:
    """Make a backup in ``folder``, sealed where there is a passphrase; the server may go on.

    spare   bytes of the disk that must stay free for answers meanwhile; None begins in any case.
    tell    told how far it is, about once a second.
    copied  how many bytes the last copy of the database had, where that is known.

    raises BackupError when nothing was made. A half-written file never bears a backup's name.
    """
    if passphrase is None and leaves(settings, folder):
        raise BackupError(
            Message(
                msg(
                    "The folder %(folder)s is outside the data folder. A backup there is "
                    "encrypted: name a file that holds a passphrase with --passphrase-file."
                ),
                {"folder": str(folder)},
            )
        )
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupError(
            Message(
                msg(
                    "The passphrase is too short. Take at least %(number)s characters, for "
                    "example four words that do not belong together."
                ),
                {"number": SHORTEST_PASSPHRASE},
            )
        )
    require_folder(folder, settings.data)
    try:
        with alone(settings, folder) as scratch:
            if spare is not None:
                _require_spare(settings, folder, spare)
            wanted = _Wanted(settings, folder, passphrase, name, now, copied)
            return _make(wanted, scratch, Progress(tell))
    except PostgresqlError as stopped:
        raise BackupError(stopped.message) from stopped
    except OSError as error:
        raise BackupError(why(error, folder)) from error


def _require_spare(settings: Settings, folder: Path, spare: int) -> None:
    """Leave room for answers beside the copy of the database, and the backup where it lies here."""
    parts = 1 if leaves(settings, folder) else 2
    needed = parts * size_of_server(settings) + spare
    free = shutil.disk_usage(settings.data).free
    if free < needed:
        said = msg(
            "There is not enough room: a backup takes %(needed)s of free disk, and %(free)s are "
            "free. Move old backups to another disk, or keep fewer."
        )
        raise BackupError(Message(said, {"needed": Size(needed), "free": Size(free)}))


def passphrase_of(settings: Settings) -> str:
    """Return the passphrase of the copies elsewhere; raises BackupError where none can be read."""
    if settings.backup_passphrase_file is None:
        raise BackupError(Message(NOT_NAMED))
    return passphrase_in(settings.backup_passphrase_file)


def passphrase_in(path: Path) -> str:
    """Return the first line of a file; raises BackupError where there is none to read."""
    values = {"path": str(path)}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = msg(
            "The file of the passphrase, %(path)s, cannot be read as text. Is it there, and may "
            "this account read it?"
        )
        raise BackupError(Message(said, values)) from error
    if not lines or not lines[0]:
        said = msg(
            "The file of the passphrase, %(path)s, is empty: write the passphrase into its first "
            "line."
        )
        raise BackupError(Message(said, values))
    return lines[0]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What ``make`` was asked for."""

    settings: Settings
    folder: Path
    passphrase: str | None
    name: str
    now: datetime
    copied: int | None


def _make(wanted: _Wanted, scratch: Path, progress: Progress) -> Made:
    settings, folder = wanted.settings, wanted.folder
    copy, held = copy_database(settings.database_url, scratch, progress, wanted.copied)
    sources = {copy.name: copy, SECRET: settings.data / SECRET}
    if wanted.passphrase is not None:
        sources |= {f"keys/{path.name}": path for path in key_files(settings)}
    # The database was copied first: every file that it names was stored before it.
    sources |= stored_files(settings.data / "files")
    progress.begin(COMPARING, sum(path.stat().st_size for path in sources.values()), len(sources))
    members = {member: member_of(path, progress) for member, path in sources.items()}
    damaged = tuple(member for member, found in members.items() if is_damaged(member, found))
    for member in damaged:
        del members[member]
    kind = next(kind for kind, name in DATABASES.items() if name == copy.name)
    manifest = Manifest(wanted.now, held.site, held.revision, kind, held.rows, members)
    clear(folder, server_of(held.site))  # first of all: what was cut off may have filled the disk
    require_room(folder, sum(member.size + 1024 for member in members.values()))
    path = free_name(
        folder,
        stem_of(wanted.name, held.site, wanted.now),
        ".tar" if wanted.passphrase is None else ".tar.sealed",
    )
    part = folder / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        _write(part, manifest, sources, wanted.passphrase, progress)
        if not leaves(settings, folder):
            give(part, folder)
            if folder.stat().st_mode & stat.S_IWGRP:  # shared with the worker, who tries it
                part.chmod(0o640)
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    flush_folder(folder)
    lost = tuple(member.rpartition("/")[2] for member in damaged)
    return Made(path, manifest, sealed=wanted.passphrase is not None, damaged=lost)


def _write(
    part: Path,
    manifest: Manifest,
    sources: Mapping[str, Path],
    passphrase: str | None,
    progress: Progress,
) -> None:
    """Write a backup into the new file ``part``, bring it to the disk, and read it back."""
    size, files = sum(each.size for each in manifest.members.values()), len(manifest.members)
    progress.begin(PACKING if passphrase is None else SEALING, size, files)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        if passphrase is None:
            archive.pack(file, manifest, sources, progress)
        else:
            sealed = SealedWriter(file, passphrase)
            archive.pack(sealed, manifest, sources, progress)
            sealed.close()
        flush(file)
        file.seek(0)
        progress.begin(READING, size, files)
        _read_back(file, passphrase, progress)


def _read_back(file: IO[bytes], passphrase: str | None, progress: Progress) -> None:
    """Read what lies on the disk now, as a restore would."""
    source = file if passphrase is None else SealedReader(file, passphrase)
    try:
        archive.unpack(source, None, progress)
    except (archive.ArchiveError, SealError) as error:
        raise BackupError(
            Message(
                msg(
                    "The disk did not keep the backup as it was written. Take another disk; this "
                    "one is failing."
                )
            )
        ) from error

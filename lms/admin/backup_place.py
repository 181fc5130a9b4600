"""Where a backup is made: its folders, one writer at a time, and nothing left of one cut off."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from lms.admin.backup_plan import BACKUPS, leaves
from lms.admin.folders import give
from lms.kernel.messages import Message, msg
from lms.settings import Settings

MAKING = ".making-"
# What is said where an account has no right, and where systemd has not let it in.
CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class BackupError(Exception):
    """No backup was made; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


class BackupBusyError(BackupError):
    """Another backup is being made at this moment."""


@contextmanager
def alone(settings: Settings, folder: Path) -> Iterator[Path]:
    """Give an empty folder of this process alone; only one backup is made at a time.

    folder  where the backup will lie. What one that was cut off has left there, or in the data
            folder, is gone: copies of the whole database, which would take the room of the next.

    raises BackupBusyError while another one is being made.
    """
    here = settings.data / BACKUPS
    lock = os.open(here, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in here.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        clear(here)
        if not leaves(settings, folder):
            clear(folder)
        with tempfile.TemporaryDirectory(prefix=MAKING, dir=here) as scratch:
            yield Path(scratch)
    except BlockingIOError:
        raise BackupBusyError(
            Message(msg("Another backup is being made at this moment. Try again later."))
        ) from None
    finally:
        os.close(lock)


def clear(folder: Path, server: str = "") -> None:
    """Delete the half-written files of backups of every kind that were cut off.

    server  how this server is called in the names of its backups, for a folder in which others
            put theirs; in one of the data folder nobody else does.
    """
    for left in folder.glob(f".*-{server}-*.part" if server else ".*.part"):
        left.unlink()


def require_folder(folder: Path, data: Path) -> None:
    """Make the folders of the backups where they are missing; raises BackupError."""
    try:
        if not (data / BACKUPS).exists():
            (data / BACKUPS).mkdir(parents=True, exist_ok=True, mode=0o700)
            (data / BACKUPS).chmod(stat.S_IMODE(data.stat().st_mode))
            give(data / BACKUPS, data)
        # Not its parents: a stick that is not connected must not become a folder of this disk.
        folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupError(why(error, folder)) from error


def require_room(folder: Path, needed: int) -> None:
    """Raise OSError, as a full disk does, where ``needed`` bytes have no room."""
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, "no space")


def stem_of(kind: str, site: UUID | None, now: datetime) -> str:
    """Return how the name of a backup begins: its kind, its server, its moment."""
    return f"{kind}-{server_of(site)}-{now:%Y%m%d-%H%M%S}"


def server_of(site: UUID | None) -> str:
    """Return how a server is called in the names of its backups."""
    return site.hex[-8:] if site else "new"


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """Return a path in ``folder`` that nothing has yet."""
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def why(error: OSError, folder: Path) -> Message:
    """Return the sentence for what stood in the way of a backup in ``folder``."""
    if error.errno == errno.ENOSPC:
        return Message(
            msg("There is not enough room for the backup in %(folder)s. Nothing was made."),
            {"folder": str(folder)},
        )
    if isinstance(error, FileNotFoundError) and error.filename == str(folder):
        return Message(
            msg("The folder %(folder)s is not there. Is the disk or the stick connected?"),
            {"folder": str(folder)},
        )
    values = {"folder": str(folder), "reason": error.strerror or type(error).__name__}
    if error.errno in CLOSED:
        said = msg(
            "No backup was made in %(folder)s: this account may not write there (%(reason)s). Give "
            "the folder to the worker's account. Where systemd runs the worker, its unit must name "
            "the folder, too (docs/backup.md says how)."
        )
        return Message(said, values)
    return Message(msg("No backup was made in %(folder)s: %(reason)s."), values)

"""Folders of the data: their names on the disk, and to whom belongs what root puts into them."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SYSTEMD = Path("/etc/lms.env")  # there where systemd runs the server (docs/install.md)


def flush_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Put a file into its place, shared as its folder is: whole or not at all, if the power goes.

    mode  its rights, less what the umask of the process takes.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    share(part)
    part.rename(path)
    flush_folder(path.parent)


def share(path: Path) -> None:
    """Let the group of a folder use a file in it, where it may write to the folder itself.

    Two accounts work on one server: that of the pages and that of the worker, in one group.
    """
    about = path.stat()
    both = stat.S_IMODE(path.parent.stat().st_mode) & 0o060 == 0o060
    if both and about.st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(about.st_mode) | 0o060)


def give(path: Path, like: Path) -> None:
    """Give what root has made to the account that owns the folder ``like``: the server's."""
    if os.geteuid() != 0:
        return
    owner = like.stat()
    for each in (path, *path.rglob("*")):
        os.chown(each, owner.st_uid, owner.st_gid)


@contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder in ``parent`` that is gone at the end; clear those that were left.

    A process that is killed leaves its folder, perhaps with a whole database in it. One that lives
    holds a lock on its own.
    """
    with _locked(parent):  # so that nobody finds a folder whose lock is not yet taken
        for left in parent.glob(f"{prefix}*"):
            with suppress(OSError), _locked(left, wait=False):
                shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder; raises BlockingIOError where others do, unless ``wait``."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(lock)

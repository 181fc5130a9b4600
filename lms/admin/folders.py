"""Folders of the data: their names on the disk, and to whom belongs what root puts into them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

SYSTEMD = Path("/etc/lms.env")  # there where systemd runs the server (docs/install.md)


def flush_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

"""Folders of the data: their names on the disk, and to whom belongs what root puts into them."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEMD = Path("/etc/lms.env")  # there where systemd runs the server (docs/install.md)


def flush_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give(path: Path, like: Path) -> None:
    """Give what root has made to the account that owns the folder ``like``: the server's."""
    if os.geteuid() != 0:
        return
    owner = like.stat()
    for each in (path, *path.rglob("*")):
        os.chown(each, owner.st_uid, owner.st_gid)

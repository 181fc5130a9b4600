"""The content-addressed store: a file's name is the SHA-256 of its bytes, so it never changes.

A directory of the data folder; any shared file system serves several machines.
"""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import disk_usage

# With less of the disk free somebody should act, and no file is taken any more: what is left is
# for answers, which are small and cannot wait.
LEAST_FREE, LEAST_SHARE = 500_000_000, 0.05

DIGEST = re.compile(r"[0-9a-f]{64}")


def is_low(free: int, total: int) -> bool:
    """Return whether so few bytes are free that somebody should act."""
    return free < LEAST_FREE or free < total * LEAST_SHARE


def has_room(folder: Path, size: int = 0) -> bool:
    """Return whether the disk of ``folder`` has enough free with ``size`` bytes more on it."""
    usage = disk_usage(folder)
    return not is_low(usage.free - size, usage.total)


class FileStore:
    """Keeps bytes under their digest."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, which is made when something is first put in."""
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where the bytes with this digest lie; raises ValueError for another shape."""
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest[:80]!r}")
        return self.folder / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Store ``data`` and return its digest, 64 hexadecimal digits.

        The file appears complete or not at all, also when the power goes: written beside its
        place, flushed to the disk, then renamed. Putting the same bytes again does nothing.
        """
        digest = sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                # The worker writes, the web server reads: two accounts of one group.
                os.fchmod(stream.fileno(), 0o640)
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
        return digest

    def take(self, made: Path) -> str:
        """Move a finished file, which lies on the same disk, into the store; return its digest.

        For what is too large to be held in memory; see ``put``.
        """
        with made.open("rb+") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
            os.fchmod(stream.fileno(), 0o640)
            os.fsync(stream.fileno())
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.replace(path)
        _flush_folder(path.parent)
        return digest

    def drop(self, digest: str) -> bool:
        """Delete the stored bytes; return whether there were any.

        Nobody else may need them: see the caller.
        """
        path = self.path(digest)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def get(self, digest: str) -> bytes:
        """Return the stored bytes; raises FileNotFoundError when they are not there."""
        return self.path(digest).read_bytes()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

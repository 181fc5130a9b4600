"""A file of 64 MB that does nothing but hold its place, given up when the disk is full.

Why: SQLite cannot even delete a row without free space. With the file gone, answers that people
are writing at that moment can still be saved, and an administrator can still tidy up.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "reserve"
SIZE = 64 * 1024 * 1024
FULL = 16 * 1024 * 1024  # with less than this the disk counts as full


class Reserve:
    """The file ``reserve`` of the data folder."""

    def __init__(self, data: Path, size: int = SIZE) -> None:
        """Hold ``size`` bytes in the folder ``data``; nothing is made yet."""
        self.path, self._size = data / NAME, size

    @property
    def held(self) -> bool:
        """Whether the place is being held."""
        return self.path.exists()

    def adjust(self, free: int, enough: int) -> None:
        """Give the place up on a full disk; take it again where ``enough`` stays free beside it.

        free  how many bytes of the disk are free now.

        raises OSError where the file can be neither made nor removed.
        """
        if free < FULL:
            self.path.unlink(missing_ok=True)
        elif not self.held and free > enough + self._size:
            self._take()

    def _take(self) -> None:
        part = self.path.with_name(f".{NAME}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        part.rename(self.path)

"""Heads of the log that are known outside the database, so that setting it back shows.

The file ``audit-heads`` lies in the data folder beside ``site.id`` and, as that, in no backup: a
line a day names how many rows the log had and the hash of the last one. After a restore, or after
somebody has put an older copy of the database in its place, the log no longer holds what the file
says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "audit-heads"
SHORTEST = 8  # hexadecimal digits that somebody copies from paper
LONGEST = 2000  # lines that are compared: five years and more


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of the log at one moment.

    row   how many rows it had, at least 1. mark: the hash of the last one or its beginning, as
          hexadecimal digits. at: when, None where nobody knows.
    """

    row: int
    mark: str
    at: datetime | None = None

    def to_facts(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return {"row": self.row, "hash": self.mark, "at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_facts(cls, said: Mapping[str, Any]) -> Head:
        """Return what ``to_facts`` wrote; raises ValueError, KeyError or TypeError for another."""
        at = said["at"]
        return cls(int(said["row"]), str(said["hash"]), datetime.fromisoformat(at) if at else None)

    def is_of(self, found: bytes) -> bool:
        """Return whether ``found`` is the hash that this head names."""
        return found.hex().startswith(self.mark)

    @classmethod
    def typed(cls, text: str) -> Head:
        """Return what somebody copied as ``812:3fa9c0…``; raises ValueError for another shape."""
        row, _, mark = text.strip().lower().partition(":")
        mark = mark.replace(" ", "")
        int(mark or "x", 16)
        if not row.isdecimal() or len(row) > 12 or int(row) < 1 or not SHORTEST <= len(mark) <= 64:
            raise ValueError(text)
        return cls(int(row), mark)


def keep(folder: Path, row: int, found: bytes, *, now: datetime) -> None:
    """Write one more line to the file, on the disk before this returns; an empty log has none."""
    if row < 1:
        return
    line = json.dumps(Head(row, found.hex(), now).to_facts()) + "\n"
    # Web server and worker are two accounts of one group.
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o660)
    with os.fdopen(handle, "wb") as file:
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def known(folder: Path) -> list[Head]:
    """Return what the file says, the oldest first; a line that was cut off counts for nothing."""
    try:
        lines = (folder / FILE).read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines[-LONGEST:]:
        try:
            found.append(Head.from_facts(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            continue
    return found

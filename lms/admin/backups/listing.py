"""The list of backups: what is known of each, and files that lie beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lms.admin.backup_plan import BY_HAND, DAILY, UPGRADE, WEEKLY
from lms.kernel.json_value import Json
from lms.kernel.messages import msg

KIND_WORDS: Mapping[str, str] = {
    DAILY: msg("every day"),
    WEEKLY: msg("copy elsewhere"),
    BY_HAND: msg("by hand"),
    UPGRADE: msg("before an upgrade"),
}
_NAME = re.compile(r"(?P<kind>[a-z-]+)-[0-9a-z]+-\d{8}-\d{6}(?:-\d+)?\.tar(?:\.sealed)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One backup.

    kind    one of ``KIND_WORDS``; anything else for a file with another name.
    known   whether this server has noted that it made it and read it back.
    tested  how its last restore test ended: {"at", "good"}; None where there was none.
    """

    path: Path
    kind: str
    at: datetime
    size: int
    sealed: bool
    keys: bool
    known: bool
    tested: Mapping[str, Any] | None

    @property
    def tested_at(self) -> datetime | None:
        """When it was tested last."""
        return datetime.fromisoformat(self.tested["at"]) if self.tested else None


def lines(known: Json, folder: Path) -> Sequence[Line]:
    """Return the backups that lie in ``folder`` and those known elsewhere, newest first.

    known   the decision ``KNOWN``. One of this folder that is gone was deleted, and is left out.
    """
    files = _files(folder)
    noted = {Path(each["path"]): each for each in known or ()}
    found = [
        Line(
            path,
            each["kind"],
            datetime.fromisoformat(each["at"]),
            each["size"],
            each["sealed"],
            each["keys"],
            known=True,
            tested=each["tested"],
        )
        for path, each in noted.items()
        if files is None or path.parent != folder or path in files
    ]
    for path, stat in (files or {}).items():
        name = _NAME.fullmatch(path.name)
        if path not in noted and name is not None:
            at = datetime.fromtimestamp(stat.st_mtime, UTC)
            sealed = path.suffix == ".sealed"
            found.append(
                Line(
                    path,
                    name["kind"],
                    at,
                    stat.st_size,
                    sealed,
                    keys=False,
                    known=False,
                    tested=None,
                )
            )
    return sorted(found, key=lambda line: line.at, reverse=True)


def _files(folder: Path) -> dict[Path, os.stat_result] | None:
    """Return the backups that lie in a folder; None where this account may not look into it."""
    found = {}
    try:
        paths = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except FileNotFoundError:
        return {}
    except OSError:
        return None
    for path in paths:
        with suppress(OSError):  # the worker has just deleted it
            found[path] = path.stat()
    return found

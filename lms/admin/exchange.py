"""Renames that put what was unpacked in the place of what is here, and that can be undone."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from lms.admin import archive
from lms.admin.folders import flush_folder, give


@dataclass(frozen=True, slots=True)
class Move:
    """What is exchanged, and where it is set aside: None where nothing lies there."""

    path: str
    kept: str | None


class Moves:
    """Renames that can be undone."""

    def __init__(self, data: Path, name: str) -> None:
        """Set things aside in ``data``/``name``, or in ``name`` beside them where that is not."""
        self.aside, self._data, self._name = data / name, data, name
        self._done: list[tuple[Path, Path]] = []

    def exchange(self, path: Path, staged: Path) -> None:
        """Set ``path`` aside, and put ``staged`` in its place where it exists."""
        self.set_aside(path)
        if staged.exists():
            self.put(staged, path)

    def set_aside(self, path: Path) -> None:
        """Move what lies at ``path`` out of the way; nothing happens where nothing lies."""
        if not path.exists():
            return
        kept = self._kept(path)
        self.make(kept.parent)
        if kept.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(kept))
        path.rename(kept)
        flush_folder(kept.parent)
        self._done.append((path, kept))

    def planned(self, path: Path) -> Move:
        """Return what ``exchange`` will do with what lies at ``path`` now."""
        return Move(str(path), str(self._kept(path)) if path.exists() else None)

    def _kept(self, path: Path) -> Path:
        if path.is_relative_to(self._data):
            return self.aside / path.relative_to(self._data)
        return path.parent / self._name / path.name

    def make(self, folder: Path) -> None:
        """Make a folder for what is set aside; it belongs to whom the folder around it belongs."""
        if folder.exists():
            return
        self.make(folder.parent)
        folder.mkdir(mode=0o700)
        give(folder, folder.parent)

    def put(self, staged: Path, path: Path) -> None:
        """Move something that was unpacked to where it belongs, on whichever disk that is."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _open_like(staged, path.parent)
        give(staged, path.parent)
        try:
            staged.rename(path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = near(path)
            with staged.open("rb") as source, beside.open("wb") as target:
                shutil.copymode(staged, beside)
                shutil.copyfileobj(source, target)
                archive.flush(target)
            give(beside, path.parent)
            beside.rename(path)
        self._done.append((staged, path))
        flush_folder(path.parent)

    def undo(self) -> None:
        """Put everything back, the last move first."""
        for was, now_at in reversed(self._done):
            shutil.move(now_at, was)


def near(path: Path) -> Path:
    """Return where a copy from another disk is written before it takes its name."""
    return path.with_name(f".{path.name}.restoring")


def _open_like(path: Path, folder: Path) -> None:
    """Let the same accounts work with what was unpacked as with ``folder``; keys stay closed."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    for each in (path, *path.rglob("*")):
        each.chmod(mode if each.is_dir() else stat.S_IMODE(each.stat().st_mode) & mode)

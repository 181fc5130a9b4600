"""Renames that put what was unpacked in the place of what is here, and that can be undone."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from lms.admin import archive
from lms.admin.folders import flush_folder, give


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
        if path.is_relative_to(self._data):
            kept = self.aside / path.relative_to(self._data)
        else:
            kept = path.parent / self._name / path.name
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if kept.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(kept))
        path.rename(kept)
        self._done.append((path, kept))

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
            near = path.with_name(f".{path.name}.restoring")
            with staged.open("rb") as source, near.open("wb") as target:
                shutil.copymode(staged, near)
                shutil.copyfileobj(source, target)
                archive.flush(target)
            give(near, path.parent)
            near.rename(path)
        self._done.append((staged, path))
        flush_folder(path.parent)

    def undo(self) -> None:
        """Put everything back, the last move first."""
        for was, now_at in reversed(self._done):
            shutil.move(now_at, was)


def _open_like(path: Path, folder: Path) -> None:
    """Let the same accounts work with what was unpacked as with ``folder``; keys stay closed."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    for each in (path, *path.rglob("*")):
        each.chmod(mode if each.is_dir() else stat.S_IMODE(each.stat().st_mode) & mode)

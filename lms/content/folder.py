"""A course folder on the disk: taken in as values, written back as files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

MOST_FILES, MOST_BYTES_IN_ALL, MOST_DEPTH = 2000, 50 * 1024 * 1024, 4


class FolderRefusedError(Exception):
    """The folder cannot be a course: too large, or it leads outside itself."""


def load(folder: Path) -> dict[str, bytes]:
    """Return every file of ``folder`` by its path inside it, with ``/``.

    Hidden files are left out. raises FolderRefusedError for links, for anything that is no plain
    file, for more than 2,000 files or 50 MB; OSError when it cannot be read.
    """
    files: dict[str, bytes] = {}
    total = 0
    for root, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        depth = len(Path(root).relative_to(folder).parts)
        if folders and depth >= MOST_DEPTH:
            raise FolderRefusedError("A course has at most 4 folders inside each other.")
        for name in folders:
            if (Path(root) / name).is_symlink():
                raise FolderRefusedError(f"{name}: links and special files are not taken.")
        for name in sorted(names):
            path = Path(root) / name
            inside = path.relative_to(folder).as_posix()
            if name.startswith("."):
                continue
            if path.is_symlink() or not path.is_file():
                raise FolderRefusedError(f"{inside}: links and special files are not taken.")
            total += path.stat().st_size
            if total > MOST_BYTES_IN_ALL or len(files) >= MOST_FILES:
                raise FolderRefusedError("A course has at most 2,000 files and 50 MB.")
            files[inside] = path.read_bytes()
    return files


def _raise(error: OSError) -> NoReturn:
    raise error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` below ``folder``; what lies there under other names stays."""
    for inside, data in files.items():
        path = folder / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def courses_in(folder: Path) -> Iterator[Path]:
    """Yield every folder inside ``folder`` that holds a course, by name."""
    if folder.is_dir():
        yield from sorted(path.parent for path in folder.glob("*/course.toml"))

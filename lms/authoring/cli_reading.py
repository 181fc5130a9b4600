"""How commands read the course that somebody names: a folder or a package."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lms.authoring import cli_packages
from lms.content import folder
from lms.content.folder import FolderRefusedError
from lms.content.reader import Reading, read_course
from lms.content.writer import write_course

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
COURSE = click.Path(exists=True, path_type=Path)


def load(path: Path) -> dict[str, bytes]:
    """Return the files of a folder; says why and ends the command where it cannot be read."""
    try:
        return folder.load(path)
    except (FolderRefusedError, OSError) as refused:
        click.echo(str(refused))
        sys.exit(1)


def read(path: Path) -> Reading:
    """Return the course in a folder or a package, with its faults."""
    if path.is_file():
        return same(cli_packages.opened(path, None).reading)
    return same(read_course(load(path)))


def same(reading: Reading) -> Reading:
    """Return ``reading``; what is published must be what was read, byte for byte."""
    if reading.course is not None and write_course(reading.course) != reading.course.files:
        raise AssertionError("the writer changes a course that nobody edited")
    return reading

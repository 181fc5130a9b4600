"""``lms content verify | unpack``: what a package from somewhere holds, and whose it is."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import installation
from lms.authoring import packages
from lms.authoring.packages import GENUINE, WRONG, OpenedPackage
from lms.certificates.actions import RING
from lms.content import folder
from lms.content.archive import ArchiveRefusedError
from lms.content.archive_rules import MEGABYTE, MOST_PACKED
from lms.content.model import Course
from lms.content.reader import Reading
from lms.db import reading as db_reading
from lms.kernel import clock
from lms.signing import keys
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LONGEST_TEXT = 1_000_000

with_keys = click.option(
    "--keys", "ring_file", type=FILE, help="the issuer's key list instead of our own"
)
with_signature = click.option(
    "--signature", type=FILE, help="the signature of an older package, by default PACKAGE.sig"
)


@click.command("verify")
@click.argument("package", type=FILE)
@with_signature
@with_keys
@with_appcontext
def verify(package: Path, signature: Path | None, ring_file: Path | None) -> None:
    """Say whose the course in the file PACKAGE is, and whether it is what its issuer has signed.

    Needs no network and writes nothing. Ends with 0 for a genuine package whose course reads
    without faults, with 1 otherwise.
    """
    found = opened(package, ring(ring_file), signature)
    if found.state != GENUINE:
        raise click.ClickException(str(found.said))
    click.echo(str(found.said))
    course = required(found.reading)
    click.echo(
        f"It reads without faults: {course.facts.id} {course.facts.slug}, "
        f"{len(course.facts.codes())} lessons, {len(course.items[course.facts.source])} items, "
        f"languages: {', '.join(course.languages)}."
    )


@click.command("unpack")
@click.argument("package", type=FILE)
@click.option("--to", type=click.Path(path_type=Path), default=Path(), help="where to write")
@click.option("--unsigned", is_flag=True, help="also when the signature is not that of the course")
@with_signature
@with_keys
@with_appcontext
def unpack(
    package: Path, to: Path, signature: Path | None, ring_file: Path | None, *, unsigned: bool
) -> None:
    """Write the folder of the course in the file PACKAGE.

    All of it is read and judged first: a file with faults, or one that was changed after it was
    signed, leaves nothing on the disk.
    """
    found = opened(package, ring(ring_file), signature)
    click.echo(str(found.said))
    if found.state == WRONG and not unsigned:
        raise click.ClickException("Nothing was written. To write it all the same: --unsigned.")
    course = required(found.reading)
    target = to / course.facts.slug
    if target.exists():
        raise click.ClickException(
            f"{target} is there already. Move it away, or name another --to."
        )
    _write(to, target, course)
    click.echo(f"{target} ({len(course.files)} files)")


def _write(to: Path, target: Path, course: Course) -> None:
    """Write a folder that is there completely, or not at all."""
    to.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=to))
    try:
        folder.write(making / "course", course.files)
        (making / "course").rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def opened(path: Path, known: KeyRing | None, signature: Path | None = None) -> OpenedPackage:
    """Return what a package holds and whose it is; ends the command for what is none."""
    if path.stat().st_size > MOST_PACKED:
        raise click.ClickException(
            f"{path.name} is larger than {MOST_PACKED // MEGABYTE} MB, and so no course package."
        )
    beside = signature or path.with_name(path.name + ".sig")
    text = _text(beside) if beside.exists() else ""
    try:
        return packages.opened(path.read_bytes(), known, clock.now(), beside=text)
    except ArchiveRefusedError as refused:
        raise click.ClickException(str(refused)) from refused


def ring(ring_file: Path | None) -> KeyRing | None:
    """Return the keys to verify with: those of the file, else our own, else None."""
    text = _text(ring_file) if ring_file else installation.setting(db_reading(), RING)
    try:
        return None if text is None else keys.read_ring(text)
    except Unreadable as refused:
        raise click.ClickException(str(refused)) from refused


def required(reading: Reading) -> Course:
    """Return the course that was read; says every fault and ends the command where it has any."""
    if reading.course is None:
        for fault in reading.faults:
            click.echo(str(fault))
        sys.exit(1)
    return reading.course


def _text(path: Path) -> str:
    """Return a short text file; whatever it holds is judged by who reads it."""
    if path.stat().st_size > LONGEST_TEXT:
        raise click.ClickException(f"{path.name} is too large to be what is asked for.")
    try:
        return path.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name} is not a text file.") from None

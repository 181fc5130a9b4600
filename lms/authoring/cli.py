"""``lms content``: check, stamp, publish, export and verify courses."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import shipped
from lms.authoring import single as single_file
from lms.authoring.compiled import Voice
from lms.certificates.actions import RING
from lms.content import folder
from lms.content.blocks import decoded, toml_of
from lms.content.boxes import open_boxes
from lms.content.faults import CourseRefused, Faults
from lms.content.folder import FolderRefusedError
from lms.content.model import Course
from lms.content.quality.findings import FAULT
from lms.content.quality.report import Report, as_json, measure, table
from lms.content.reader import Reading, read_course
from lms.content.stamp import stamp
from lms.content.writer import write_course
from lms.db import reading as db_reading
from lms.db import transaction
from lms.files import FileStore
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.signing import editions, keys
from lms.signing.refusals import Unreadable
from lms.web.language import locale_of, sentence

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LONGEST_TEXT = 1_000_000
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("content")
def cli() -> None:
    """Check, stamp, publish, export and verify courses (courses/FORMAT.md)."""


@cli.command("check")
@click.argument("paths", type=FOLDER, nargs=-1, required=True, metavar="COURSE...")
@click.option("--report", is_flag=True, help="the figures of each course as a table, too")
@click.option("--json", "as_values", is_flag=True, help="all of it as JSON, for programs")
def check(paths: tuple[Path, ...], *, report: bool, as_values: bool) -> None:
    """Say everything that is wrong with each COURSE (a folder), with file and line.

    Of a good one it says what each country has still to write into its boxes, and what its
    measures found: a fault is to be mended and ends the command with 1, a warning is to be
    mended or answered, a note is for somebody to read. Courses are compared with those named
    before them: they share no question.
    """
    good: list[Course] = []
    values: list[object] = []
    to_mend = 0
    for path in paths:
        reading = _read(path)
        found = measure(reading.course, good) if reading.course else None
        to_mend += len(reading.faults) + (found.count(FAULT) if found else 0)
        if as_values:
            values.append(as_json(found) if found else _refused(path, reading))
        elif found:
            _say(found, tabled=report)
        else:
            for fault in reading.faults:
                click.echo(str(fault))
        if reading.course is not None:
            good.append(reading.course)
    if as_values:
        click.echo(json.dumps({"courses": values}, ensure_ascii=False, indent=1))
    elif to_mend:
        click.echo(f"{to_mend} to mend.")
    if to_mend:
        sys.exit(1)


def _say(found: Report, *, tabled: bool) -> None:
    course = found.course
    facts = course.facts
    click.echo(
        f"{facts.id} {facts.slug}: good. {len(facts.codes())} lessons, "
        f"{len(course.items[facts.source])} items, {len(course.checks[facts.source])} checks, "
        f"languages: {', '.join(course.languages)}"
        if not found.count(FAULT)
        else f"{facts.id} {facts.slug}: the format is right, the text is to mend."
    )
    for box in open_boxes(course):
        click.echo(f"nations/{box.nation}: {box.code} is empty. {box.file}:{box.line}: {box.asked}")
    for each in found.findings:
        click.echo(str(each))
    for line in table(found) if tabled else ():
        click.echo(line)


def _refused(path: Path, reading: Reading) -> dict[str, object]:
    """Return the faults of format in the shape of a report; nothing could be measured."""
    return {
        "folder": path.name,
        "counts": {FAULT: len(reading.faults)},
        "findings": [
            {"severity": FAULT, "code": "format", "file": each.file, "line": each.line,
             "text": each.text}
            for each in reading.faults
        ],
    }  # fmt: skip


@cli.command("stamp")
@click.argument("path", type=FOLDER)
@click.option(
    "--again", multiple=True, help="block brought up to date: write its digest anew; * = all"
)
def stamp_course(path: Path, again: tuple[str, ...]) -> None:
    """Write missing block ids, and from which text each translated block was made."""
    files = _load(path)
    faults = Faults()
    text = decoded("course.toml", files.get("course.toml", b""), faults) or ""
    source = (toml_of("course.toml", 0, text, faults) or {}).get("source")
    if not isinstance(source, str):
        click.echo("course.toml: write source = and the language of the course.")
        sys.exit(1)
    try:
        stamped = stamp(files, source, again=set(again))
    except CourseRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault))
        sys.exit(1)
    folder.write(path, stamped.files)
    click.echo(f"{stamped.ids} ids and the digests of {len(stamped.files)} files written.")


@cli.command("publish")
@click.argument("path", type=FOLDER)
@with_appcontext
def publish(path: Path) -> None:
    """Publish the course in PATH: a new edition where it has changed."""
    reading = _read(path)
    if reading.course is None:
        for fault in reading.faults:
            click.echo(str(fault))
        sys.exit(1)
    try:
        done = shipped.publish(
            transaction, reading.course, file_store(), installation.read(db_reading()).nation,
            spoken_voices(), now=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        click.echo(str(refused))
        sys.exit(1)
    click.echo(f"{done.course_id} {done.slug}: edition {done.edition}")
    if not installation.read(db_reading()).issues:
        click.echo("It stays without a signature: a station has no issuing key.")


@cli.command("export")
@click.argument("slug")
@click.option("--single", is_flag=True, help="one HTML file per language instead of the folder")
@click.option("--package", is_flag=True, help="the package and its signature instead of the folder")
@click.option("--to", type=click.Path(path_type=Path), default=Path(), help="where to write")
@with_appcontext
def export(slug: str, to: Path, *, single: bool, package: bool) -> None:
    """Write the published course SLUG as its folder, or in one of two other forms."""
    if single and package:
        raise click.UsageError("Choose one of --single and --package.")
    session = db_reading()
    try:
        if single:
            languages = installation.read(session).languages
            files = {
                name: data
                for language in languages
                for name, data in [single_file.build(session, SERVER, slug, language)]
            }
        elif package:
            files = shipped.packaged(session, SERVER, slug, file_store())
        else:
            files = shipped.exported(session, SERVER, slug, file_store())
    except NotFound:
        click.echo(f"No course {slug} is published here, or it is restricted.")
        sys.exit(1)
    for inside, data in files.items():
        target = to / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        click.echo(f"{target} ({len(data):,} bytes)")
    if package and len(files) == 1:
        click.echo("It has no signature: lms doctor says why.")


@cli.command("verify")
@click.argument("package", type=FILE)
@click.option("--signature", type=FILE, help="the file that lies beside it, by default PACKAGE.sig")
@click.option("--keys", "ring_file", type=FILE, help="the issuer's key list instead of our own")
@with_appcontext
def verify(package: Path, signature: Path | None, ring_file: Path | None) -> None:
    """Say whether the course in the file PACKAGE is what its issuer has signed.

    Needs no network. Ends with 0 for a genuine package, with 1 otherwise.
    """
    beside = signature or package.with_name(package.name + ".sig")
    if not beside.exists():
        raise click.ClickException(
            f"There is no signature beside the package ({beside.name}), so nobody can tell whose "
            "it is. Ask for that file, or name it with --signature."
        )
    ring_text = _text(ring_file) if ring_file else installation.setting(db_reading(), RING)
    if ring_text is None:
        raise click.ClickException("This server has no key list. Name the issuer's with --keys.")
    try:
        ring = keys.read_ring(ring_text)
        found = editions.verify(_text(beside), package.read_bytes(), ring, clock.now())
    except Unreadable as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"Genuine: course {found.course}, edition {found.edition}"
        f"{f', with the rules of {found.nation.upper()}' if found.nation else ''}, signed by "
        f"{found.issuer} on {found.signed:%Y-%m-%d}."
    )


def _text(path: Path) -> str:
    """Return a short text file; whatever it holds is judged by who reads it."""
    if path.stat().st_size > LONGEST_TEXT:
        raise click.ClickException(f"{path.name} is too large to be what is asked for.")
    try:
        return path.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name} is not a text file.") from None


def file_store() -> FileStore:
    """Return the store of this data folder."""
    return FileStore(current_app.config["LMS"].data / "files")


def spoken_voices() -> Mapping[str, Voice]:
    """Return how compiled text speaks every language of the pages."""
    country = installation.read(db_reading()).country
    return shipped.voices(LANGUAGES, country, sentence, locale_of)


def _load(path: Path) -> dict[str, bytes]:
    try:
        return folder.load(path)
    except (FolderRefusedError, OSError) as refused:
        click.echo(str(refused))
        sys.exit(1)


def _read(path: Path) -> Reading:
    reading = read_course(_load(path))
    if reading.course is not None and write_course(reading.course) != reading.course.files:
        raise AssertionError("the writer changes a course that nobody edited")
    return reading

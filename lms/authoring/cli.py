"""``lms content``: check, stamp, publish and export courses, what countries lack.

``cli_packages`` has the commands for packages.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions, cli_packages, nations, packages, shipped, weights
from lms.authoring import single as single_file
from lms.authoring.packages import GENUINE
from lms.authoring.pictures import reencode
from lms.authoring.voices import spoken_voices
from lms.authoring.weights import TooHeavy, weigh
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
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PICTURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\.webp")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
COURSE = click.Path(exists=True, path_type=Path)


@click.group("content")
def cli() -> None:
    """Check, stamp, publish, export, verify and unpack courses (courses/FORMAT.md)."""


cli.add_command(cli_packages.verify)
cli.add_command(cli_packages.unpack)


@cli.command("check")
@click.argument("paths", type=COURSE, nargs=-1, required=True, metavar="COURSE...")
@click.option("--report", is_flag=True, help="the figures of each course as a table, too")
@click.option("--json", "as_values", is_flag=True, help="all of it as JSON, for programs")
def check(paths: tuple[Path, ...], *, report: bool, as_values: bool) -> None:
    """Say everything that is wrong with each COURSE, with file and line.

    A COURSE is a folder or a package. Whose a package is, lms content verify says.

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
    for line in (*table(found), *weights.table(weigh(course))) if tabled else ():
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


@cli.command("readiness")
@click.argument("path", type=FOLDER, metavar="COURSE")
@click.option("--nation", help="of one country alone: its two letters, tn")
@click.option("--wait-for-boxes", is_flag=True, help="certificates there wait for national boxes")
@click.option("--json", "as_values", is_flag=True, help="all of it as JSON, for programs")
def readiness(path: Path, *, nation: str | None, wait_for_boxes: bool, as_values: bool) -> None:
    """Say for each country whether COURSE (a folder) is ready for its certificates, and why not.

    Boxes with their state, legal source and checker; certificates in each language; what the law
    limits there; replaced blocks of which the core says something else by now.
    """
    reading = _read(path)
    for fault in reading.faults:
        click.echo(str(fault))
    course = reading.course
    if course is None:
        sys.exit(1)
    if nation is not None and nation not in course.nations:
        raise click.ClickException(f"{course.facts.slug} has no layer for {nation}.")
    found = [
        nations.values(course, code, today=clock.now().date(), wait_for_boxes=wait_for_boxes)
        for code in ([nation] if nation else sorted(course.nations))
    ]
    if as_values:
        said = {"course": course.facts.id, "slug": course.facts.slug, "nations": found}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for each in found:
        for line in nations.lines(each):
            click.echo(line)


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


@cli.command("picture")
@click.argument("photo", type=FILE)
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="the file in media/ of the course; its name ends with .webp",
)
def picture(photo: Path, target: Path) -> None:  # fmt: skip
    """Draw the picture in the file PHOTO anew, small enough for a lesson, and say how large it is.

    Place, camera and whatever else lies in the file stay behind. Nothing is written that a course
    could not show.
    """
    if not PICTURE_NAME.fullmatch(target.name):
        raise click.UsageError("The name has letters, digits, . and - only, and ends with .webp.")
    try:
        made = reencode(photo.read_bytes())
    except Refused as refused:
        click.echo(str(refused))
        sys.exit(1)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.data)
    click.echo(
        f"{made.bytes_before:,} bytes as {made.kind.upper()}, {made.bytes_after:,} bytes as WebP, "
        f"{made.width} x {made.height} dots: {target}"
    )
    click.echo(f"In a lesson: ![what it shows](media/{target.name})")


@cli.command("publish")
@click.argument("path", type=COURSE)
@click.option("--unsigned", is_flag=True, help="take a package though nobody can tell whose it is")
@click.option(
    "--heavy",
    metavar="REASON",
    default="",
    help="why it is published although lessons are too heavy for weak lines; the audit keeps it",
)
@cli_packages.with_signature
@cli_packages.with_keys
@with_appcontext
def publish(
    path: Path, signature: Path | None, ring_file: Path | None, *, unsigned: bool, heavy: str
) -> None:  # fmt: skip
    """Publish the course in PATH, a folder or a package: a new edition where it has changed.

    A package can come from anywhere: it must bear a genuine signature of an issuer whose keys are
    known. Nothing is stored before all of it is read and judged.
    """
    if path.is_dir():
        if unsigned or signature or ring_file:
            raise click.UsageError("A folder bears no signature: leave these options out.")
        course = cli_packages.required(_read(path))
    else:
        found = cli_packages.opened(path, cli_packages.ring(ring_file), signature)
        click.echo(str(found.said))
        if found.state != GENUINE and not unsigned:
            raise click.ClickException(
                "Nothing was published. Name the issuer's key list with --keys; or, if you know "
                "where this package comes from, say --unsigned."
            )
        course = cli_packages.required(_same(found.reading))
    try:
        done = shipped.publish(
            transaction, course, file_store(), installation.read(db_reading()).nation,
            spoken_voices(), now=clock.now(), heavy_because=heavy,
        )  # fmt: skip
    except TooHeavy as heavier:
        for reason in heavier.reasons:
            click.echo(str(reason))
        click.echo("Make it lighter, or publish it with --heavy and the reason.")
        sys.exit(1)
    except Refused as refused:
        click.echo(str(refused))
        sys.exit(1)
    click.echo(f"{done.course_id} {done.slug}: edition {done.edition}")
    if not installation.read(db_reading()).issues:
        click.echo("It stays without a signature: a station has no issuing key.")


@cli.command("export")
@click.argument("slug")
@click.option("--single", is_flag=True, help="one HTML file per language instead of the folder")
@click.option(
    "--package", is_flag=True, help="one zip that bears the signature, instead of the folder"
)
@click.option("--to", type=click.Path(path_type=Path), default=Path(), help="where to write")
@with_appcontext
def export(slug: str, to: Path, *, single: bool, package: bool) -> None:
    """Write the published course SLUG as its folder, or in one of two other forms."""
    if single and package:
        raise click.UsageError("Choose one of --single and --package.")
    session = db_reading()
    signed = True
    try:
        if single:
            languages = installation.read(session).languages
            files = {
                name: data
                for language in languages
                for name, data in [single_file.build(session, SERVER, slug, language)]
            }
        elif package:
            with transaction() as writing:
                edition = actions.take_package(writing, SERVER, slug, now=clock.now())
            files = dict([packages.assembled(edition, file_store())])
            signed = actions.is_signed(edition.signature)
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
    if not signed:
        click.echo("It has no signature: lms doctor says why.")


def _load(path: Path) -> dict[str, bytes]:
    try:
        return folder.load(path)
    except (FolderRefusedError, OSError) as refused:
        click.echo(str(refused))
        sys.exit(1)


def _read(path: Path) -> Reading:
    if path.is_file():
        return _same(cli_packages.opened(path, None).reading)
    return _same(read_course(_load(path)))


def _same(reading: Reading) -> Reading:
    """Return ``reading``; what is published must be what was read, byte for byte."""
    if reading.course is not None and write_course(reading.course) != reading.course.files:
        raise AssertionError("the writer changes a course that nobody edited")
    return reading

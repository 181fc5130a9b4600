"""``lms content``: check, stamp, publish and export courses, what countries lack.

``cli_editions`` has the commands that publish and export, ``cli_packages`` those for packages.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click

from lms.authoring import cli_editions, cli_packages, nations, weights
from lms.authoring.cli_reading import COURSE, FILE, FOLDER, load, read
from lms.authoring.pictures import reencode
from lms.authoring.weights import weigh
from lms.content import folder
from lms.content.blocks import decoded, toml_of
from lms.content.boxes import open_boxes
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Course
from lms.content.quality.findings import FAULT
from lms.content.quality.report import Report, as_json, measure, table
from lms.content.reader import Reading
from lms.content.stamp import stamp
from lms.kernel import clock
from lms.kernel.errors import Refused

PICTURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\.webp")


@click.group("content")
def cli() -> None:
    """Check, stamp, publish, export, verify and unpack courses (courses/FORMAT.md)."""


cli.add_command(cli_packages.verify)
cli.add_command(cli_packages.unpack)
cli.add_command(cli_editions.publish)
cli.add_command(cli_editions.export)


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
        reading = read(path)
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
            {
                "severity": FAULT,
                "code": "format",
                "file": each.file,
                "line": each.line,
                "text": each.text,
            }
            for each in reading.faults
        ],
    }


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
    reading = read(path)
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
    files = load(path)
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
def picture(photo: Path, target: Path) -> None:
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

"""``lms content publish | export``: courses on their way into this server and out of it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions, cli_packages, packages, shipped
from lms.authoring import single as single_file
from lms.authoring.cli_reading import COURSE, read, same
from lms.authoring.packages import GENUINE
from lms.authoring.voices import spoken_voices
from lms.authoring.weights import TooHeavy
from lms.db import reading as db_reading
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store


@click.command("publish")
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
) -> None:
    """Publish the course in PATH, a folder or a package: a new edition where it has changed.

    A package can come from anywhere: it must bear a genuine signature of an issuer whose keys are
    known. Nothing is stored before all of it is read and judged.
    """
    if path.is_dir():
        if unsigned or signature or ring_file:
            raise click.UsageError("A folder bears no signature: leave these options out.")
        course = cli_packages.required(read(path))
    else:
        found = cli_packages.opened(path, cli_packages.ring(ring_file), signature)
        click.echo(str(found.said))
        if found.state != GENUINE and not unsigned:
            raise click.ClickException(
                "Nothing was published. Name the issuer's key list with --keys; or, if you know "
                "where this package comes from, say --unsigned."
            )
        course = cli_packages.required(same(found.reading))
    try:
        done = shipped.publish(
            transaction,
            course,
            file_store(),
            installation.read(db_reading()).nation,
            spoken_voices(),
            now=clock.now(),
            heavy_because=heavy,
        )
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


@click.command("export")
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

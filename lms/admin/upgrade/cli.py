"""``lms upgrade`` and ``lms release``: a new version from one signed file, and how it is signed."""

from __future__ import annotations

from pathlib import Path

import click

from lms import settings as settings_of
from lms.admin.upgrade import release as releases
from lms.admin.upgrade import trust
from lms.admin.upgrade.settle import link_of
from lms.admin.upgrade.steps import Upgrade
from lms.admin.upgrade.version import UpgradeError, version_in
from lms.kernel import clock
from lms.signing import keys
from lms.signing.refusals import Unreadable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("upgrade")
@click.argument("file", type=FILE, required=False)
@click.option("--stage", is_flag=True, help="only verify FILE and lay it ready; people go on")
@click.option("--resume", is_flag=True, help="go on with the version that lies ready")
@click.option("--undo", is_flag=True, help="go back to the version before, with its database")
@click.option("--yes", is_flag=True, help="with --undo: do not ask")
def upgrade(file: Path | None, stage: bool, resume: bool, undo: bool, yes: bool) -> None:
    """Exchange this program for the newer version in the signed FILE, without internet.

    A backup is made first. When anything fails the old version is in its place, with its database.
    """
    if (file is not None) + resume + undo != 1 or (stage and file is None):
        raise click.UsageError("Name a FILE, or one of --resume and --undo.")
    settings = settings_of.read()
    doing = Upgrade(settings, link_of(), click.echo, clock.now)
    try:
        if undo:
            _undo(doing, yes=yes)
            return
        if file is not None:
            made = doing.stage(file, dict(trust.known_keys(settings.release_keys)))
            if stage:
                click.echo(f"Version {made.after} lies ready. Nothing else has changed.")
                return
        done = doing.apply()
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Version {done.after} is in place. Start the server.")
    old, new = doing.folder(done.before), doing.folder(done.after)
    for path in sorted((new / "deploy").glob("*")):
        before = old / "deploy" / path.name
        if not before.exists() or before.read_bytes() != path.read_bytes():
            click.echo(f"Changed, copy it where it is used: {doing.link / 'deploy' / path.name}")
    click.echo(f"The old one lies in {old}. To go back to it: lms upgrade --undo")


def _undo(doing: Upgrade, *, yes: bool) -> None:
    if not yes:
        click.confirm(
            "What people have done since the new version started will not be in the old one. Go "
            "back?", abort=True,
        )  # fmt: skip
    found, kept = doing.go_back()
    if found.state == "staged":
        click.echo(f"Version {found.after}, which lay ready, is thrown away.")
        return
    click.echo(f"Version {found.before} is in place, with its database. Start the server.")
    if kept is not None:
        click.echo(f"The database of the newer version lies in {kept}.")


@click.group("release")
def release() -> None:
    """Sign a version of the program: for the project, or a ministry with a key of its own."""


@release.command("new-key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def new_key(path: Path) -> None:
    """Make a release key in the new file PATH, and print the line for the list of keys."""
    try:
        made = keys.create_private_key(path)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}.") from error
    click.echo(f"Keep {path} on a stick in a safe; never on a server. Its line for the file that")
    click.echo("RELEASE_KEYS names, or for deploy/release-keys, with whose key it is:")
    click.echo(f"{made.public.hex()}  NAME")


@release.command("sign")
@click.argument("folder", type=FOLDER)
@click.option("--key", required=True, type=FILE, help="the file with the release key")
@click.option("--to", "target", type=FOLDER, help="folder for the file; else beside FOLDER")
def sign(folder: Path, key: Path, target: Path | None) -> None:
    """Write the version in FOLDER (made by make bundle) as one signed file."""
    try:
        version = version_in(folder)
        path = (target or folder.resolve().parent) / f"lms-{version}.release"
        releases.sign(folder, version, path, keys.load_private_key(key), now=clock.now())
    except (UpgradeError, Unreadable) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{path} ({path.stat().st_size // 1_000_000} MB)")


@release.command("check")
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Verify FILE as an upgrade would; changes nothing."""
    try:
        found = releases.read(file, trust.known_keys(settings_of.read().release_keys))
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"Version {found.version} of {found.made_at:%Y-%m-%d} for {found.platform}, Python "
        f"{found.python}: {len(found.members)} files, all as they were signed."
    )

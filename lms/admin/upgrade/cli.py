"""``lms upgrade``: a new version from one signed file."""

from __future__ import annotations

from pathlib import Path

import click

from lms import settings as settings_of
from lms.admin.begun import require_begun
from lms.admin.upgrade import journal, trust
from lms.admin.upgrade.settle import link_of
from lms.admin.upgrade.steps import Upgrade
from lms.admin.upgrade.version import UpgradeError
from lms.kernel import clock

CGROUP = Path("/proc/self/cgroup")  # names the unit in which this runs
UNITS = frozenset({".service", ".timer"})
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
    # An upgrade that has begun may have moved the database away.
    if not (settings.data / journal.FILE).exists():
        require_begun(settings)
    doing = Upgrade(settings, link_of(), click.echo, clock.now)
    try:
        if undo:
            _undo(doing, yes=yes)
            return
        if file is not None:
            made = doing.stage(file, trust.known_keys(settings))
            if stage:
                click.echo(f"Version {made.after} lies ready. Nothing else has changed.")
                return
        done = doing.apply()
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Version {done.after} is in place. {_next(doing.link)}")
    for command in _copies(doing.folder(done.before), doing.folder(done.after), doing.link):
        click.echo(f"This part of it is used elsewhere and has changed. Run: {command}")
    click.echo(f"The old one lies in {doing.folder(done.before)}. To go back: lms upgrade --undo")


def _next(link: Path) -> str:
    """Say what starts the server: systemd does by itself after the command of ``deploy/lms``."""
    here = CGROUP.read_text("ascii", "replace") if CGROUP.exists() else ""
    if "lms-upgrade.service" in here:
        return "The server starts by itself."
    # A shell that stands in the link still stands in the folder of the old version.
    return f"Go into its folder anew, then start the server: cd {link}"


def _copies(old: Path, new: Path, link: Path) -> list[str]:
    """Return the commands that bring to their places what has changed from version to version."""
    units = "/etc/systemd/system/"
    places = {"lms": "/usr/local/sbin/lms"} | {
        path.name: units for path in new.glob("deploy/lms*.*") if path.suffix in UNITS
    }
    found = []
    for name, place in sorted(places.items()):
        before, now = old / "deploy" / name, new / "deploy" / name
        if now.exists() and (not before.exists() or before.read_bytes() != now.read_bytes()):
            again = " && systemctl daemon-reload" if place == units else ""
            found.append(f"cp {link / 'deploy' / name} {place}{again}")
    return found


def _undo(doing: Upgrade, *, yes: bool) -> None:
    known = journal.read(doing.settings.data)
    if not yes and known is not None and known.state != journal.STAGED:
        click.confirm(
            "What people have done since the new version started will not be in the old one. Go "
            "back?",
            abort=True,
        )
    found, kept = doing.go_back()
    if found.state == journal.STAGED:
        click.echo(f"Version {found.after}, which lay ready, is thrown away.")
        return
    click.echo(f"Version {found.before} is in place, with its database. {_next(doing.link)}")
    if kept is not None:
        click.echo(f"The database of the newer version lies in {kept}.")

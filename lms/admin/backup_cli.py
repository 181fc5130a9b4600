"""``lms backup``, ``lms restore``, ``lms doctor``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from lms import installation
from lms import settings as settings_of
from lms.admin import backup as backups
from lms.admin import doctor as doctors
from lms.admin import restore as restores
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.kernel import clock
from lms.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.option("--to", "target", type=FOLDER, help="folder for the backup, e.g. of a stick")
@click.option("--passphrase-file", type=FILE, help="file whose first line is the passphrase")
@with_appcontext
def backup(target: Path | None, passphrase_file: Path | None) -> None:
    """Make a backup while the server goes on; encrypted where it leaves the data folder."""
    settings: Settings = current_app.config["LMS"]
    session = reading()
    folder = target or backups.folder_of(settings, installation.setting(session, backups.BACKUPS))
    session.close()
    passphrase = _first_line(passphrase_file) if passphrase_file else None
    if passphrase is None and backups.leaves(settings, folder) and sys.stdin.isatty():
        passphrase = click.prompt(
            "A passphrase for this backup (without it nobody can read it, neither can you)",
            hide_input=True, confirmation_prompt="The same once more",
        )  # fmt: skip
    now = clock.now()
    try:
        made = backups.make(settings, folder.absolute(), passphrase, now=now)
    except backups.BackupError as refused:
        raise click.ClickException(str(refused)) from refused
    with transaction() as writing:
        done = {"at": now.isoformat(), "path": str(made.path), "sealed": made.sealed}
        installation.decide(writing, {doctors.LAST_BACKUP: done}, now=now)
        facts = {"sealed": made.sealed, "keys": made.manifest.has_keys}
        audit.append(writing, None, "backup.made", f"{now:%Y%m%dT%H%M%SZ}", facts, now=now)
    click.echo(f"Backup: {made.path} ({_size(made.path)}), read back and complete.")
    if not made.manifest.has_keys:
        click.echo(
            "It does not hold the issuing key. For that, make an encrypted one as the account "
            "that owns the key: lms backup --to FOLDER --passphrase-file FILE"
        )
    for digest in made.damaged:
        click.echo(f"The stored file {digest} is damaged and was left out.")
    if made.damaged:
        click.echo("The disk of this server is failing. Restore an older backup on another disk.")
        sys.exit(1)


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--passphrase-file", type=FILE, help="file whose first line is the passphrase")
def restore(file: Path, passphrase_file: Path | None) -> None:
    """Put the backup FILE in the place of what is here, which is set aside."""

    def passphrase() -> str:
        if passphrase_file:
            return _first_line(passphrase_file)
        if not sys.stdin.isatty():
            raise click.ClickException(
                "This backup is encrypted: name the file that holds its passphrase with "
                "--passphrase-file."
            )
        return str(click.prompt("The passphrase of this backup", hide_input=True))

    try:
        settings = settings_of.read()
        done = restores.restore(settings, file, passphrase, now=clock.now())
    except (settings_of.SettingsError, restores.RestoreError) as refused:
        raise click.ClickException(str(refused)) from refused
    manifest = done.manifest
    click.echo(f"Restored: this server is as it was at {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.aside:
        click.echo(f"What was here before lies in {done.aside}. Delete it when all is well.")
    if not manifest.has_keys:
        click.echo("The backup held no issuing key; the key here, if there is one, was kept.")
    if not done.recorded:
        click.echo("Its schema is older: lms serve brings it up to date.")
    if done.same_machine:
        click.echo("Next: lms serve")
    else:
        click.echo(
            "It is the database of another machine. If this one takes its place, and that one is "
            "switched off for good: lms site replace. If this is a new station: lms site new. "
            "Then: lms serve"
        )


@click.command("doctor")
@click.pass_obj
def doctor(info: ScriptInfo) -> None:
    """Say of each part of this server whether it is good, or what to do."""
    try:
        settings = settings_of.read()
        application = info.load_app()
    except (settings_of.SettingsError, OSError) as wrong:
        raise click.ClickException(f"The server cannot start: {wrong}") from wrong
    with application.app_context():
        findings = doctors.examine(settings, reading(), now=clock.now())
    for finding in findings:
        click.echo(f"{doctors.STATES[finding.state]:<8}  {finding.sentence}")
    if any(finding.state == doctors.WRONG for finding in findings):
        sys.exit(1)


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read as text.") from error
    if not lines or not lines[0]:
        raise click.ClickException(f"{path} is empty: write the passphrase into its first line.")
    return lines[0]


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"

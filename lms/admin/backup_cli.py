"""``lms backup``, ``lms restore``, ``lms doctor``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from lms import installation
from lms import settings as settings_of
from lms.admin import backup as backups
from lms.admin import doctor as doctors
from lms.admin import drill, lost_key, storage, unfinished
from lms.admin import restore as restores
from lms.admin.backup_place import BackupError
from lms.admin.backup_plan import BACKUPS, BY_HAND, folder_of, leaves
from lms.admin.backups import actions
from lms.admin.backups.actions import Backup
from lms.admin.findings import GOOD, STATES, WRONG, Finding
from lms.admin.folders import SYSTEMD
from lms.admin.unfinished import UnfinishedError
from lms.admin.upgrade import remembered
from lms.admin.verifying import RestoreError
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.messages import Size
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
    folder = target or folder_of(settings, installation.setting(session, BACKUPS))
    session.close()
    passphrase = _first_line(passphrase_file) if passphrase_file else None
    if passphrase is None and leaves(settings, folder) and sys.stdin.isatty():
        passphrase = click.prompt(
            "A passphrase for this backup (without it nobody can read it, neither can you)",
            hide_input=True,
            confirmation_prompt="The same once more",
        )
    now, began = clock.now(), clock.monotonic()
    try:
        made = backups.make(settings, folder.absolute(), passphrase, now=now)
    except BackupError as refused:
        raise click.ClickException(str(refused)) from refused
    known = Backup(
        BY_HAND,
        str(made.path),
        made.path.stat().st_size,
        made.sealed,
        made.manifest.has_keys,
        clock.monotonic() - began,
        made.manifest.copied,
    )
    with transaction() as writing:
        actions.remember(writing, known, now=now)
    click.echo(f"Backup: {made.path} ({Size(known.size)}), read back and complete.")
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
@click.option(
    "--try",
    "only_try",
    is_flag=True,
    help="restore into a scratch folder, compare, remove it; changes nothing and needs no stop",
)
@click.option(
    "--key",
    "only_key",
    is_flag=True,
    help="bring the lost issuing key back, and nothing else; needs no stop",
)
@click.pass_obj
def restore(
    info: ScriptInfo, file: Path, passphrase_file: Path | None, only_try: bool, only_key: bool
) -> None:
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
        if only_try or only_key:
            unfinished.require_finished(settings.data, None)
        if only_try:
            _try(info, settings, file, passphrase)
            return
        if only_key:
            _bring_key_back(info, settings, file, passphrase)
            return
        done = restores.restore(settings, file, passphrase, now=clock.now())
    except (settings_of.SettingsError, RestoreError, UnfinishedError) as refused:
        raise click.ClickException(str(refused)) from refused
    manifest = done.manifest
    click.echo(f"Restored: this server is as it was at {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.aside:
        click.echo(f"What was here before lies in {done.aside}. Delete it when all is well.")
    if not manifest.has_keys:
        click.echo("The backup held no issuing key; the key here, if there is one, was kept.")
    if done.settled.sessions:
        click.echo("Everybody signs in again; forms that were held for somebody are gone.")
    if done.settled.codes:
        click.echo(
            f"One-time or spare codes that were used or replaced since then: {done.settled.codes}. "
            "They do not work again. Who cannot sign in gets another: lms person reset-code NUMBER"
        )
    if not done.settled.recorded:
        click.echo("Its schema is older: the start of the server brings it up to date.")
    if done.same_machine:
        click.echo(f"Next: {_start()}")
    else:
        click.echo(
            "It is the database of another machine. If this one takes its place, and that one is "
            "switched off for good: lms site replace. If this is a new station: lms site new. "
            f"Then: {_start()}"
        )
    if done.settled.recorded:
        _say_whose_versions(settings)


def _say_whose_versions(settings: Settings) -> None:
    """Say which release keys were trusted at the moment of a backup: trust does not come back."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with Session(engine) as session:
            found = remembered.lost(session, settings)
    finally:
        engine.dispose()
    if not found:
        return
    click.echo(
        "At the moment of the backup the server took new versions of these owners. It takes them "
        "only when their keys are trusted anew, since a backup could be forged:"
    )
    for each in found:
        click.echo(f"  {each.fingerprint}   {each.owner or 'without a name'}")
    click.echo(
        "When the server runs, take the printed succession card, then: lms release trust --again"
    )


def _bring_key_back(
    info: ScriptInfo, settings: Settings, file: Path, passphrase: Callable[[], str]
) -> None:
    with info.load_app().app_context():
        found = doctors.issuing_key(reading(), settings)
        reading().close()
    if found.state == GOOD:
        raise click.ClickException(f"{found.sentence} Nothing was changed.")
    aside = lost_key.bring_back(settings, file, passphrase, now=clock.now())
    with info.load_app().app_context(), transaction() as session:
        audit.append(session, None, "issuing-key.back", file.name[:80], now=clock.now())
    click.echo("The issuing key of this server is back; everything else is as it was.")
    if aside is not None:
        click.echo(f"The key that was here lies in {aside}.")


def _start() -> str:
    """Return the command that starts the server here."""
    by_systemd = "systemctl enable --now lms.service lms-worker.timer"
    return by_systemd if SYSTEMD.exists() else "lms serve"


def _try(info: ScriptInfo, settings: Settings, file: Path, passphrase: Callable[[], str]) -> None:
    """Test a backup; where it is one of this server, the doctor knows of it afterwards."""
    manifest = drill.try_now(settings, file, passphrase)
    rows = sum(manifest.rows.values())
    click.echo(
        f"This backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC can be restored: all its "
        f"{rows} rows and {len(manifest.members)} files are there."
    )
    if restores.is_same_machine(settings.data, manifest.site):
        with info.load_app().app_context(), transaction() as session:
            drill.remember(
                session, rows=rows, fault=None, file=str(file.absolute()), now=clock.now()
            )


@click.command("doctor")
@click.pass_obj
def doctor(info: ScriptInfo) -> None:
    """Say of each part of this server whether it is good, or what to do."""
    try:
        settings = settings_of.read()
        if not settings.data.is_dir():  # looking must not make one
            _print([storage.data_folder(settings.data)])
        application = info.load_app()
    except (settings_of.SettingsError, OSError) as wrong:
        raise click.ClickException(f"The server cannot start: {wrong}") from wrong
    with application.app_context():
        found = doctors.examine(settings, reading(), now=clock.now())
    _print(found)


def _print(found: Sequence[Finding]) -> None:
    """Print what was found; end with status 1 where something is to be done."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for finding in found:
        head = f"{STATES[finding.state]:<8}  "
        click.echo(click.wrap_text(str(finding.sentence), width, head, " " * len(head)))
    if any(finding.state == WRONG for finding in found):
        sys.exit(1)


def _first_line(path: Path) -> str:
    try:
        return backups.passphrase_in(path)
    except BackupError as refused:
        raise click.ClickException(str(refused)) from refused

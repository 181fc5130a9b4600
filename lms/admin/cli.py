"""``lms serve``, ``prepare``, ``site``: starting the program."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from lms import installation
from lms import settings as settings_of
from lms.admin import actions, housekeeping, start
from lms.admin.folders import share
from lms.admin.start import StartRefusedError
from lms.admin.upgrade.version import UpgradeError
from lms.audit import actions as audit
from lms.db import reading, sqlite_file, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.installation import Site
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import minute_of
from lms.settings import Settings
from lms.web import server, tls

if TYPE_CHECKING:
    from lms.admin.upgrade.journal import Journal


@click.command("serve")
@click.pass_obj
def serve(info: ScriptInfo) -> None:
    """Serve until the process is told to stop; HOST, PORT, TLS_CERT, TLS_KEY, LMS_DATA."""
    server.return_memory()
    try:
        chosen = settings_of.read()
    except settings_of.SettingsError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    try:
        if chosen.tls_cert and chosen.tls_key:
            tls.require_pair(chosen.tls_cert, chosen.tls_key)
        server.require_free(chosen.host, chosen.port, tls=chosen.tls)
        start.require_folder(chosen.data)
        upgraded = _settle(chosen)
        cut_off = start.was_cut_off(chosen)
        start.give_up_reserve(chosen.data)
        application = info.load_app()
        with application.app_context():
            found = start.look(chosen)
            db.engine.dispose()
        if found.needs_preparing:
            click.echo("Preparing the data folder ...")
            subprocess.run([sys.executable, "-m", "lms.app", "prepare"], check=True)
        with application.app_context():
            if upgraded is not None:
                _note_upgrade(chosen, upgraded)
            code = start.first_run_code(transaction, now=clock.now())
            with transaction() as session:
                start.ask_for_work(session, cut_off=cut_off, now=clock.now())
        if code:
            click.echo(f"First run: {chosen.public_address}/first-run/{code}")
        server.serve(
            lambda: application.config["GATE"](application),
            host=chosen.host,
            port=chosen.port,
            tls_cert=chosen.tls_cert,
            tls_key=chosen.tls_key,
            on_listening=lambda _: click.echo(f"Serving at {chosen.public_address}"),
        )
        # Threads of the server's Rust part still come back to Python now and then. During the
        # end of the interpreter that aborts the process (SIGABRT, in three of eight stops after
        # load); everything is finished and closed by now, so the interpreter is not ended.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    except server.AlreadyRunningError as running:
        # A folder that never served cannot be the one that does.
        own = start.known_site(chosen.data)
        if not own or (running.site and running.site != own):
            where = server.address(chosen.host, chosen.port, tls=chosen.tls)
            raise click.ClickException(
                f"At {where} this program serves another data folder, the demonstration perhaps. "
                f"Stop that one, or choose another port: PORT={chosen.port + 1}"
            ) from running
        click.echo(str(running))
    except (server.ServerError, tls.TlsError, StartRefusedError, UpgradeError) as refused:
        raise click.ClickException(str(refused)) from refused
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)


def _settle(chosen: Settings) -> Journal | None:
    """End what an interrupted restore or upgrade has left.

    returns the journal of the upgrade at the first start after it.
    """
    if (chosen.data / "restore.json").exists():
        from lms.admin import unfinished

        try:
            unfinished.settle(chosen, click.echo)
        except unfinished.UnfinishedError as refused:
            raise click.ClickException(str(refused)) from refused
    if not (chosen.data / "upgrade.json").exists():
        return None
    from lms.admin.upgrade import settle

    return settle.settle(chosen, click.echo, now=clock.now())


def _note_upgrade(chosen: Settings, upgraded: Journal) -> None:
    """Write into the log that the new version has started."""
    from lms.admin.upgrade import settle

    facts = {"from": upgraded.before, "to": upgraded.after}
    with transaction() as session:
        audit.append(session, None, "upgrade.done", upgraded.after, facts, now=clock.now())
    settle.end(chosen.data, upgraded)


def _share_database(settings: Settings) -> None:
    """Make the file of an SQLite database, so that it and what lies beside it have its rights."""
    path = sqlite_file(settings.database_url)
    if path is None or not path.parent.is_dir():
        return
    with suppress(OSError):  # the look that follows says what is wrong with the folder
        path.touch(exist_ok=False)
        share(path)


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Bring schema, identity, issuing key and courses up to date. ``lms serve`` calls this."""
    from lms.admin import schema
    from lms.authoring import shipped
    from lms.authoring.voices import spoken_voices
    from lms.authoring.weights import TooHeavy
    from lms.certificates.work import ensure_keys, lacks_key
    from lms.content.faults import CourseRefused

    settings: Settings = current_app.config["LMS"]
    try:
        _share_database(settings)
        found = start.look(settings)
        if found.schema_old:
            if schema.present_revision(db.engine) is not None:
                _backup_before_upgrade(settings)
            db.session.remove()
            db.engine.dispose()
            schema.upgrade(settings.database_url)
        start.found_site(transaction, settings.data, now=clock.now())
        if lacks_key(reading(), settings):
            ensure_keys(settings)
        for done in shipped.take(
            transaction,
            settings.courses,
            FileStore(settings.data / "files"),
            installation.read(reading()).nation,
            spoken_voices(),
            now=clock.now(),
        ):
            click.echo(f"Course {done.course_id} {done.slug}: {done.state} {done.edition}".rstrip())
    except (StartRefusedError, schema.SchemaError) as refused:
        raise click.ClickException(str(refused)) from refused
    except CourseRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault))
        raise click.ClickException(str(refused)) from refused
    except TooHeavy as refused:
        for reason in refused.reasons:
            click.echo(str(reason))
        click.echo("To publish it all the same: lms content publish FOLDER --heavy REASON")
        raise click.ClickException(str(refused)) from refused
    except LmsError as refused:
        raise click.ClickException(str(refused.message)) from refused


def _backup_before_upgrade(settings: Settings) -> None:
    from lms.admin import backup
    from lms.admin.upgrade.journal import INSIDE

    if os.environ.get(INSIDE) == "yes":
        return  # the upgrade that calls this has made one
    path = backup.before_upgrade(settings, now=clock.now())
    click.echo(f"The database as it was before the upgrade: {path}")


@click.group("site")
def site() -> None:
    """Say which server this is, after its database was moved, and that its clock is right."""


@site.command("replace")
@with_appcontext
def replace_site() -> None:
    """Let this machine take the place of the server that the database comes from."""
    settings: Settings = current_app.config["LMS"]
    with transaction() as session:
        row = installation.found_site(session, now=clock.now())
        start.write_site(settings.data, row.id)
    click.echo("This machine is that server now. Never start the old one again.")


@site.command("new")
@with_appcontext
def new_site() -> None:
    """Make this machine a station that only begins with the other server's contents."""
    settings: Settings = current_app.config["LMS"]
    with transaction() as session:
        session.query(Site).update({Site.id: new_ordered_id(), Site.public_key: None})
        row = installation.found_site(session, now=clock.now())
        start.write_site(settings.data, row.id)
        actions.let_issue(session, issues=False, now=clock.now())
    click.echo("This machine has an identity of its own now, and is a station: its certificates")
    click.echo("come from the national server. For another national server: lms site issues yes")


@site.command("issues")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@with_appcontext
def site_issues(answer: str) -> None:
    """Say whether this server gives certificates (yes), or is a station (no).

    A station has no issuing key. It teaches and tests; the certificates come from the national
    server.
    """
    with transaction() as session:
        actions.let_issue(session, issues=answer == "yes", now=clock.now())
    if answer == "yes":
        click.echo("This server gives certificates. Its key is made by: lms prepare")
    else:
        click.echo("This server is a station: its certificates come from the national server.")


@site.command("clock")
@with_appcontext
def confirm_clock() -> None:
    """Say that the clock of this machine is right now, though it was ahead before."""
    now = clock.now()
    if now < clock.BUILD_DATE:
        raise click.ClickException("The clock is before the day on which this program was made.")
    zone = ZoneInfo(installation.read(reading()).time_zone)
    if not click.confirm(f"It is {minute_of(now.astimezone(zone))}. Is that right?"):
        raise click.ClickException("Set date and time of the machine first.")
    with transaction() as session:
        housekeeping.ask_anew(session, now=now)
        audit.confirm_clock(session, now=now)
    click.echo("Certificates are given again, dated by this clock, and the nights planned by it.")

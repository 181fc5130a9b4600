"""``lms demo``: the server with an invented national service, in a data folder of its own."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from lms import installation
from lms import settings as settings_of
from lms.admin import cli as starting
from lms.admin import schema, start
from lms.admin.demo import service
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.kernel import clock
from lms.settings import Settings

FOLDER = Path("instance") / "demo"
# Enough for every office and a learner in every state.
FEWEST_STAFF, MOST_STAFF = 45, 100_000


@click.command("demo")
@click.option(
    "--staff",
    envvar="STAFF",
    default=service.STAFF,
    show_default=True,
    type=click.IntRange(FEWEST_STAFF, MOST_STAFF),
    help="how many people the service has",
)
@click.option("--only-build", is_flag=True, help="build what is missing, then end")
@click.pass_context
def demo(context: click.Context, staff: int, only_build: bool) -> None:
    """Serve an invented national service in instance/demo; LMS_DATA names another folder."""
    os.environ["LMS_DEMO"] = "yes"
    os.environ["LMS_DATA"] = os.environ.get("LMS_DATA") or str(FOLDER)
    try:
        settings_of.read()
    except settings_of.SettingsError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    if only_build:
        context.invoke(build_demo, staff=staff)
        return
    # The same application serves afterwards; it may hold no connection until then.
    with context.ensure_object(ScriptInfo).load_app().app_context():
        built = not _look(current_app.config["LMS"]).schema_old and _is_built()
        db.session.remove()
        db.engine.dispose()
    if not built:
        _build_apart(staff)
    context.invoke(starting.serve)


def _build_apart(staff: int) -> None:
    """Build in a process of its own: what that loads must not stay in the memory of the server."""
    os.environ["STAFF"] = str(staff)
    try:
        subprocess.run([sys.executable, "-m", "lms.app", "demo", "--only-build"], check=True)
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)


def _look(settings: Settings) -> start.Found:
    """Return what is missing in the data folder; a refusal becomes its sentence."""
    try:
        return start.look(settings)
    except start.StartRefusedError as refused:
        raise click.ClickException(str(refused)) from refused


@click.command("build-demo")
@click.option("--staff", type=int)
@click.pass_context
@with_appcontext
def build_demo(context: click.Context, staff: int) -> None:
    """Build the invented service in an empty data folder; where it is built, do nothing."""
    # Rendering courses and signing certificates: the server that follows must not load them.
    from lms.admin.demo import build, country
    from lms.admin.demo.accounts_file import ACCOUNTS
    from lms.certificates.work import office

    settings: Settings = current_app.config["LMS"]
    began, now = clock.monotonic(), clock.now()
    found = _look(settings)
    if schema.present_revision(db.engine) is not None:
        if found.schema_old:
            context.invoke(starting.prepare)
        if _is_built():
            return
    click.echo(f"Building an invented service of {staff:,} people in {settings.data} ...")
    _prepare(context, settings, founded=now - build.BEGAN)
    with _no_collecting(), transaction() as session:
        steps = current_app.config["JOB_STEPS"]()
        few = min(staff, service.STAFF)
        build.build(session, settings.data, steps, now=now, staff=few)
        if staff > few:
            added = country.add(session, staff - few, office(settings), now=now)
            click.echo(
                f"Around them {added.people:,} people with {added.records:,} learning records, "
                f"{added.answers:,} answers and {added.certificates:,} certificates."
            )
    click.echo(f"Built in {clock.monotonic() - began:.0f} s.")
    click.echo(f"Who can sign in, and how: {settings.data / ACCOUNTS}")


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Do without the collector of reference cycles: millions of rows, and no cycle among them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_built() -> bool:
    """Return whether the demonstration is there; raises ClickException for a real service."""
    session = reading()
    built = installation.setting(session, service.DOORS) is not None
    if not built and installation.read(session).ready:
        raise click.ClickException(
            "This data folder belongs to a real service. The demonstration takes a folder of its "
            "own: name another with LMS_DATA, or leave LMS_DATA out."
        )
    return built


def _prepare(context: click.Context, settings: Settings, *, founded: datetime) -> None:
    """Do what ``lms prepare`` does, but found the site and publish its courses at ``founded``.

    The invented people have learned from those courses for two years.
    """
    from lms.authoring import shipped
    from lms.authoring.voices import spoken_voices

    db.session.remove()
    db.engine.dispose()
    schema.upgrade(settings.database_url)
    start.found_site(transaction, settings.data, now=founded)
    store = FileStore(settings.data / "files")
    shipped.take(transaction, settings.courses, store, None, spoken_voices(), now=founded)
    context.invoke(starting.prepare)

"""``lms installation``: what this server has decided, its pass mark, what certificates wait for."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms import installation as decided
from lms.accounts.rules import SERVER
from lms.admin.testrules import actions, queries
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError


@click.group("installation")
def installation() -> None:
    """Show what this server has decided; decide its pass mark and what certificates wait for."""


@installation.command("show")
@with_appcontext
def show() -> None:
    """Print what is decided for the country, and which pass mark is in force for each course."""
    session = reading()
    here = decided.read(session)
    click.echo(f"Country: {here.country}")
    for language, name in here.names.items():
        click.echo(f"Name of the organisation ({language}): {name}")
    click.echo(f"Languages: {' '.join(here.languages)}")
    click.echo(f"Digits on certificates: {here.digits}")
    click.echo(f"Time zone: {here.time_zone}")
    click.echo(f"Gives certificates: {'yes' if here.issues else 'no, it is a station'}")
    click.echo(f"Pass mark of the country: {here.least_percent} % (floor {here.pass_floor} %)")
    waits = "yes" if here.refuse_unconfirmed_boxes else "no, they say so on the paper"
    click.echo(f"Certificates wait for national boxes: {waits}")
    for each in queries.marks(session, SERVER, "en", floor=here.least_percent):
        click.echo(
            f"{each.course_id} {each.slug}: its own mark {each.own} %, in force {each.here} %, "
            f"for a renewal {each.renewal} %"
        )
    for made in queries.decisions(session, SERVER):
        click.echo(f"{made.at:%Y-%m-%d}: from {made.before} to {made.percent} %: {made.reason}")


@installation.command("pass-mark")
@click.argument("percent", type=int)
@click.option("--reason", required=True, help="why; it stays in the list of decisions")
@with_appcontext
def pass_mark(percent: int, reason: str) -> None:
    """Let no test that begins from now on be passed with less than PERCENT."""
    try:
        with transaction() as session:
            actions.decide_pass_mark(session, SERVER, percent, reason, now=clock.now())
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"Pass mark of the country: {percent} %. Servers that run follow in some seconds.")


@installation.command("wait-for-boxes")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@click.option("--reason", required=True, help="why; it stays in the audit")
@with_appcontext
def wait_for_boxes(answer: str, reason: str) -> None:
    """Say whether certificates wait until the national boxes of their course are confirmed."""
    wait = answer == "yes"
    try:
        with transaction() as session:
            actions.decide_boxes(session, SERVER, reason, wait=wait, now=clock.now())
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(
        "Certificates wait until blocking boxes are confirmed; passes are kept meanwhile."
        if wait
        else "Certificates do not wait for boxes: what is not confirmed is said on the paper."
    )

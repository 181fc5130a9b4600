"""``lms audit``: look at the chain of the log, name its head, search it."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.admin.trail import queries
from lms.admin.trail.rules import Wanted
from lms.admin.trail.verdict import verdict
from lms.audit import chain, heads
from lms.audit.chain import Looked, Place
from lms.audit.heads import Head
from lms.db import reading
from lms.kernel import clock
from lms.kernel.errors import NotFound

AT_ONCE = 20_000


@click.group("audit")
def cli() -> None:
    """Prove that the log of who did what is whole, and search it."""


@cli.command("verify")
@click.option(
    "--head",
    "typed",
    multiple=True,
    metavar="ROW:HASH",
    help="a head known elsewhere: from the card, a print, a message",
)
@with_appcontext
def verify(typed: tuple[str, ...]) -> None:
    """Look at every row; name the first that does not fit. Exit status 1 when something is wrong.

    The log is compared with the heads in the data folder's file audit-heads, with those that
    certificates keep, and with each --head.
    """
    data, session = current_app.config["LMS"].data, reading()
    try:
        known = [*heads.known(data), *map(Head.typed, typed)]
    except ValueError as wrong:
        raise click.ClickException(
            f"{wrong} is no head. Write row and hash, at least eight digits: 812:3fa9c07b"
        ) from wrong
    found = whole(session, known)
    came_to = verdict(session, found)
    click.echo(str(came_to.said))
    missing = _missing_certificates(session) if found.bad is None else 0
    if missing:
        click.echo(
            f"Certificates whose head of the log is no longer in it: {missing}. The log was "
            "written anew, or put back, apart from the certificates."
        )
    if came_to.good and not missing:
        if found.strange is None:
            heads.keep(data, found.place.row, found.place.hash, now=clock.now())
        return
    sys.exit(1)


def whole(session: Session, known: list[Head]) -> Looked:
    """Look at the whole chain, a part at a time, and compare it with known heads."""
    found, strange = Looked(Place()), None
    while not found.ended:
        found = chain.look(session, found.place, AT_ONCE, known)
        strange = found.strange or strange
    return Looked(found.place, found.bad, found.ended, strange)


def _missing_certificates(session: Session) -> int:
    """Return how many heads that certificates keep the log does not hold."""
    kept = queries.certificate_heads(session, SERVER) - {chain.START.hex()}
    with closing(queries.hashes(session, SERVER)) as hashes:
        for found in hashes:
            if not kept:
                break
            kept.discard(found.hex())
    return len(kept)


@cli.command("head")
@with_appcontext
def head() -> None:
    """Print the head of the log, to be kept elsewhere: on paper, in a message to another office."""
    place = chain.head(reading())
    click.echo(f"{place.row}:{place.hash.hex()}")


@cli.command("list")
@click.option("--person", "number", default="", help="service number of who did it or had it done")
@click.option("--action", default="", help="such as certificate.withdrawn")
@click.option("--subject", default="", help="id, certificate number or code of a place")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="first day, UTC")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="last day, UTC")
@click.option("--limit", default=50, type=click.IntRange(1, 1_000_000), help="rows, newest first")
@with_appcontext
def listed(
    number: str,
    action: str,
    subject: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """Print rows of the log, the newest first: row, moment (UTC), action, actor, subject, facts."""
    session, person = reading(), None
    if number:
        try:
            person = queries.person(session, SERVER, number, today=clock.now().date())[0]
        except NotFound as missing:
            raise click.ClickException("Nobody has this service number.") from missing
    wanted = Wanted(
        person,
        action,
        queries.subject(session, SERVER, subject) if subject else "",
        _midnight(since.date()) if since else None,
        _midnight(until.date() + timedelta(days=1)) if until else None,
    )
    for row in queries.every_entry(session, SERVER, wanted, limit):
        actor = row.actor.id if row.actor else "-"
        click.echo(
            f"{row.id}\t{row.at:%Y-%m-%dT%H:%M:%SZ}\t{row.action}\t{actor}\t{row.subject}\t"
            f"{row.json}"
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

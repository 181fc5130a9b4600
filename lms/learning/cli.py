"""``lms attempt``, ``progress``: what an administrator does for learners by command."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import SERVER, folded_service_number
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.learning import actions, records


@click.group("attempt")
def attempt() -> None:
    """Give attempts at final tests."""


@attempt.command("grant")
@click.argument("service_number")
@click.argument("slug")
@click.option("--reason", required=True, help="why one more attempt is given")
@with_appcontext
def grant(service_number: str, slug: str, reason: str) -> None:
    """Give a person one more attempt at the final test of a course."""
    if not reason.strip():
        raise click.BadParameter("Say why one more attempt is given.", param_hint="--reason")
    try:
        with transaction() as session:
            person = _person(session, service_number)
            actions.grant_attempt(session, SERVER, person.person_id, slug, reason, now=clock.now())
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{service_number}: one more attempt at {slug}.")


@click.group("progress")
def progress() -> None:
    """Compare or rebuild the progress that is computed from learning records."""


@progress.command("rebuild")
@click.option("--check", is_flag=True, help="only compare, and exit with 1 where they differ")
@with_appcontext
def rebuild(check: bool) -> None:
    """Compute progress anew from the learning records."""
    if check:
        wrong = 0
        for enrolment_id, stored, projected in records.differences(reading()):
            wrong += 1
            click.echo(f"{enrolment_id}: stored {stored}, records say {projected}")
        click.echo(f"{wrong} differences.")
        sys.exit(1 if wrong else 0)
    with transaction() as session:
        click.echo(f"{records.rebuild(session)} rows were wrong and are right now.")


def _person(session: Session, service_number: str) -> Identity:
    found = session.scalar(
        select(Identity).where(
            Identity.service_number_folded == folded_service_number(service_number)
        )
    )
    if found is None:
        raise click.ClickException(f"Nobody has the service number {service_number}.")
    return found

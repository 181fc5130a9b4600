"""``lms unit``, ``lms person``, ``lms grant``: people and places from the command line.

Whoever may run these commands on the server stands above every unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions, passwords
from lms.accounts.actions import NewPerson, NewRole, NewUnit
from lms.accounts.models import Grant, Identity, Unit
from lms.accounts.rules import (
    FIRST_CODE_LIVES,
    FUNCTIONS,
    MOST_EXTRA_TIME,
    RESET_CODE_LIVES,
    SERVER,
    UNIT_KINDS,
    folded_service_number,
)
from lms.db import reading, transaction
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.ids import grouped, one_time_code
from lms.kernel.names import PersonName
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES

DAY = click.DateTime(["%Y-%m-%d"])
ROLE = click.Choice(sorted(UNIT_ROLES | COURSE_ROLES))


@contextmanager
def _writing() -> Iterator[Session]:
    """Open the transaction of a command; a refusal becomes its sentence and exit status 1."""
    try:
        with transaction() as session:
            yield session
    except NotFound as missing:
        raise click.ClickException(
            "No person, unit or role is called so here. Codes of units keep their capital letters: "
            "lms unit list prints them."
        ) from missing
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal


@click.group("unit")
def unit() -> None:
    """Keep the tree of places: country, regions, facilities, sections."""


@unit.command("add")
@click.argument("kind", type=click.Choice(UNIT_KINDS))
@click.argument("code")
@click.option("--below", help="code of the unit above; none for the country")
@click.option("--name", "names", multiple=True, required=True, help="en=Northgate, once a language")
@with_appcontext
def add_unit(kind: str, code: str, below: str | None, names: tuple[str, ...]) -> None:
    """Add the unit CODE of this KIND."""
    named = dict(name.partition("=")[::2] for name in names)
    if not set(named) <= set(LANGUAGES) or not all(named.values()):
        raise click.ClickException("Write each name as language=name: --name en=Northgate")
    with _writing() as session:
        actions.add_unit(session, SERVER, NewUnit(kind, code, named, below), now=clock.now())
    click.echo(f"{code} is added.")


@unit.command("list")
@with_appcontext
def list_units() -> None:
    """Print the tree."""
    for code, path, names in reading().execute(
        select(Unit.code, Unit.path, Unit.names).where(Unit.closed_on.is_(None)).order_by(Unit.path)
    ):
        name = names.get("en") or next(iter(names.values()), "")
        click.echo(f"{'  ' * (path.count('/') - 2)}{code}  {name}")


@click.group("person")
def person() -> None:
    """Add people, give them one-time codes, shut them out."""


@person.command("add")
@click.argument("service_number")
@click.argument("name")
@click.option("--unit", "unit_code", required=True, help="code of the unit where they work")
@click.option("--latin", help="the name in Latin letters, where NAME is in others")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--function", type=click.Choice(FUNCTIONS), default="P1", show_default=True)
@click.option("--role", type=click.Choice(sorted(UNIT_ROLES)), help="a role at that unit")
@click.option("--until", type=DAY, help="last day of the role")
@with_appcontext
def add_person(
    service_number: str,
    name: str,
    unit_code: str,
    latin: str | None,
    language: str,
    function: str,
    role: str | None,
    until: datetime | None,
) -> None:
    """Add a person and print the one-time code for their first sign-in."""
    code = one_time_code(passwords.CODE_LENGTH)
    code_hash = passwords.hashed(code)
    with _writing() as session:
        now = clock.now()
        new = NewPerson(
            service_number,
            PersonName.of(name),
            unit_code,
            name_latin=actions.latin(latin),
            language=language,
            function=function,
        )
        actions.add_person(session, SERVER, new, code_hash, now=now)
        if role:
            first = installation.day_of(session, now)
            given = NewRole(role, first, until and until.date(), unit_code=unit_code)
            actions.give_role(session, SERVER, service_number, given, now=now)
    _print_code(code, f"{FIRST_CODE_LIVES.days} days")


@person.command("reset-code")
@click.argument("service_number")
@with_appcontext
def reset_code(service_number: str) -> None:
    """Print a one-time code in the place of a forgotten password; every session ends."""
    code = one_time_code(passwords.CODE_LENGTH)
    code_hash = passwords.hashed(code)
    with _writing() as session:
        actions.reset_code(session, SERVER, service_number, code_hash, now=clock.now())
    _print_code(code, f"{int(RESET_CODE_LIVES.total_seconds()) // 3600} hours")


def _print_code(code: str, lives: str) -> None:
    click.echo(f"One-time code: {grouped(code)}")
    click.echo(f"It is shown only now, works once, and lives {lives}. Type it as the password.")


@person.command("disable")
@click.argument("service_number")
@with_appcontext
def disable(service_number: str) -> None:
    """Let somebody not sign in any more, from this moment on."""
    with _writing() as session:
        actions.disable(session, SERVER, service_number, now=clock.now())
    click.echo("Done.")


@person.command("enable")
@click.argument("service_number")
@with_appcontext
def enable(service_number: str) -> None:
    """Let somebody sign in again."""
    with _writing() as session:
        actions.enable(session, SERVER, service_number, now=clock.now())
    click.echo("Done.")


@person.command("extra-time")
@click.argument("service_number")
@click.argument("percent", type=click.IntRange(0, MOST_EXTRA_TIME))
@with_appcontext
def extra_time(service_number: str, percent: int) -> None:
    """Give PERCENT more time in every test that has a limit; 0 takes it away."""
    with _writing() as session:
        actions.give_extra_time(session, SERVER, service_number, percent, now=clock.now())
    click.echo(f"{service_number}: {percent} % more time.")


@click.group("grant")
def grant() -> None:
    """Give and end roles: who may do what, where, until when."""


@grant.command("give")
@click.argument("service_number")
@click.argument("role", type=ROLE)
@click.option("--unit", "unit_code", help="code of the unit, for a role at a unit")
@click.option("--course", "course_id", help="id of the course, for a role at a course")
@click.option("--from", "starts", type=DAY, help="first day; today when left out")
@click.option("--until", type=DAY, help="last day")
@with_appcontext
def give(
    service_number: str,
    role: str,
    unit_code: str | None,
    course_id: str | None,
    starts: datetime | None,
    until: datetime | None,
) -> None:
    """Give a person a role and print the grant's id."""
    with _writing() as session:
        now = clock.now()
        new = NewRole(
            role,
            starts.date() if starts else installation.day_of(session, now),
            until and until.date(),
            unit_code=unit_code,
            course_id=course_id,
        )
        click.echo(actions.give_role(session, SERVER, service_number, new, now=now))


@grant.command("end")
@click.argument("grant_id", type=click.UUID)
@with_appcontext
def end(grant_id: UUID) -> None:
    """Take a role away at once."""
    with _writing() as session:
        actions.end_role(session, SERVER, grant_id, now=clock.now())
    click.echo("Done.")


@grant.command("list")
@click.argument("service_number")
@with_appcontext
def list_grants(service_number: str) -> None:
    """Print the roles of a person, former ones too."""
    for row in reading().execute(
        select(Grant.id, Grant.role, Unit.code, Grant.course_id, Grant.starts_on, Grant.ends_on)
        .join(Identity, Identity.person_id == Grant.person_id)
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .where(Identity.service_number_folded == folded_service_number(service_number))
        .order_by(Grant.starts_on, Grant.id)
    ):
        click.echo(
            f"{row.id}  {row.role}  {row.code or row.course_id}  "
            f"{row.starts_on} to {row.ends_on or 'no end'}"
        )


cli = (unit, person, grant)

"""``lms programme``: programmes and their courses from the command line."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.accounts.rules import SERVER
from lms.catalogue.models import Course, ProgrammeCourse
from lms.catalogue.programmes import actions, queries, rules
from lms.catalogue.programmes.actions import Details
from lms.certificates.glyphs import require_glyphs
from lms.db import reading, transaction
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("programme")
def cli() -> None:
    """Keep programmes: training that several partners carry for a time."""


@cli.command("add")
@click.argument("code")
@click.option("--kind", type=click.Choice(rules.KINDS), default=rules.PROGRAMME, show_default=True)
@click.option("--title", "titles", multiple=True, required=True, help="en=…, once a language")
@click.option("--from", "starts", type=DAY, required=True, help="first day")
@click.option("--to", "ends", type=DAY, help="last day")
@with_appcontext
def add(
    code: str, kind: str, titles: tuple[str, ...], starts: datetime, ends: datetime | None
) -> None:
    """Add a programme under the permanent CODE; partners and plan are written in the browser."""
    told = dict(title.partition("=")[::2] for title in titles)
    if not set(told) <= set(LANGUAGES) or not all(told.values()):
        raise click.ClickException("Write each title as language=title: --title en=Health")
    new = Details(told, starts.date(), ends.date() if ends else None)
    try:
        require_glyphs(new.titles.values())
        with transaction() as session:
            actions.add(session, SERVER, code, kind, new, now=clock.now())
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{code} is added.")


@cli.command("list")
@with_appcontext
def show() -> None:
    """Print every programme with its period, the number of its courses, and its title."""
    for row in queries.programmes(reading(), SERVER):
        _, title = rules.said_in(row.titles, "en")
        click.echo(
            f"{row.code}  {row.kind}  {row.starts_on} to {row.ends_on or 'no end'}  "
            f"{row.courses} courses  {title}"
        )


@cli.command("course")
@click.argument("code")
@click.argument("slug")
@click.option("--remove", is_flag=True, help="let the course belong to it no longer")
@with_appcontext
def course(code: str, slug: str, remove: bool) -> None:
    """Let the course SLUG belong to the programme CODE."""
    try:
        with transaction() as session:
            found = queries.programme(session, SERVER, code)
            course_id = session.scalar(select(Course.id).where(Course.slug == slug))
            if course_id is None:
                raise NotFound
            belongs = ProgrammeCourse.programme_id == found.id
            chosen = set(session.scalars(select(ProgrammeCourse.course_id).where(belongs)))
            wanted = chosen - {course_id} if remove else chosen | {course_id}
            actions.choose_courses(session, SERVER, code, wanted, now=clock.now())
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{slug} {'no longer belongs' if remove else 'belongs'} to {code}.")

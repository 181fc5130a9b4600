"""``lms enrol``: what the page "Enrol by a list" does, from the command line.

Whoever may run these commands on the server stands above every unit and may enrol in every course.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy import or_, select

from lms import installation
from lms.accounts.rules import SERVER, folded_service_number
from lms.admin.requirements import offered
from lms.admin.requirements.forms import numbers_in
from lms.catalogue.models import Course
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.requirements import actions

DAY = click.DateTime(["%Y-%m-%d"])
MOST_NUMBERS = 50_000
LARGEST_LIST = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """In what people are to be enrolled: a course's id, the last day, a programme's code."""

    course_id: str
    due_on: date | None
    programme: str | None


@dataclass(slots=True)
class Outcome:
    """What became of each number, as it was written."""

    enrolled: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@click.command("enrol")
@click.argument("service_numbers", nargs=-1, metavar="[NUMBER]...")
@click.argument("course")
@click.option(
    "--list",
    "listed",
    type=click.File("rb"),
    help="a file with service numbers, one a line; - for standard input",
)
@click.option("--due", type=DAY, help="the last day on which it is to be passed")
@click.option("--programme", help="code of the programme for which these people learn")
@click.option("--dry-run", is_flag=True, help="tell who would be enrolled, and change nothing")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@with_appcontext
def enrol(
    service_numbers: tuple[str, ...],
    course: str,
    listed: BinaryIO | None,
    due: datetime | None,
    programme: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Enrol people by their service numbers in COURSE (its slug or id).

    Whoever is enrolled already is passed over, so that a list may be given again. Exit status 1
    where nobody has one of the numbers; all others are enrolled.
    """
    numbers = _numbers(service_numbers, listed)
    found = reading().scalar(select(Course).where(or_(Course.slug == course, Course.id == course)))
    if found is None:
        raise click.ClickException(f"There is no course {course!r}.")
    slug, wanted = found.slug, Wanted(found.id, due.date() if due else None, programme)
    try:
        actions.course_and_programme(
            reading(), SERVER, wanted.course_id, programme, now=clock.now()
        )
        outcome = _do(numbers, wanted, dry_run=dry_run)
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    if as_json:
        click.echo(json.dumps(_told(outcome, wanted, slug, dry_run=dry_run), indent=2))
    else:
        _say(outcome, slug, dry_run=dry_run)
    if outcome.unknown:
        sys.exit(1)


def _numbers(typed: tuple[str, ...], listed: BinaryIO | None) -> dict[str, str]:
    """Return folded number -> as it was written, each once, in the order of the list."""
    text = "\n".join(typed)
    if listed is not None:
        data = listed.read(LARGEST_LIST + 1)
        if len(data) > LARGEST_LIST:
            raise click.ClickException("This list is too large to be one of service numbers.")
        try:
            text += "\n" + data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise click.ClickException("The list is not a text in UTF-8.") from error
    found: dict[str, str] = {}
    for number in numbers_in(text, MOST_NUMBERS):
        found.setdefault(folded_service_number(number), number)
    if not found:
        raise click.ClickException("Give at least one service number, or a --list of them.")
    return found


def _do(numbers: dict[str, str], wanted: Wanted, *, dry_run: bool) -> Outcome:
    """Enrol everybody, a part of the list in each transaction: others wait to save meanwhile.

    A command that is cut off is given again; who was enrolled by then is passed over.
    """
    outcome, folded = Outcome(), list(numbers)
    for start in range(0, len(folded), actions.A_STEP):
        part = folded[start : start + actions.A_STEP]
        if dry_run:
            session = reading()
            today = installation.day_of(session, clock.now())
            lines = offered.preview(session, SERVER, part, wanted.course_id, today=today)
            done = {line.number for line in lines if line.known and not line.enrolled}
        else:
            with transaction() as session:
                now = clock.now()
                done = set(
                    actions.enrol_people(
                        session,
                        SERVER,
                        part,
                        wanted.course_id,
                        due_on=wanted.due_on,
                        programme=wanted.programme,
                        now=now,
                    )
                )
                lines = offered.preview(
                    session, SERVER, part, wanted.course_id, today=installation.day_of(session, now)
                )
        for line in lines:
            known = outcome.enrolled if line.number in done else outcome.already
            (known if line.known else outcome.unknown).append(numbers[line.number])
    return outcome


def _told(outcome: Outcome, wanted: Wanted, slug: str, *, dry_run: bool) -> dict[str, Any]:
    return {
        "course": wanted.course_id,
        "slug": slug,
        "programme": wanted.programme,
        "due_on": wanted.due_on.isoformat() if wanted.due_on else None,
        "dry_run": dry_run,
        "enrolled": outcome.enrolled,
        "already": outcome.already,
        "unknown": outcome.unknown,
    }


def _say(outcome: Outcome, slug: str, *, dry_run: bool) -> None:
    for number in outcome.enrolled:
        click.echo(f"{number} {'would be' if dry_run else 'is'} enrolled in {slug}.")
    for number in outcome.already:
        click.echo(f"{number} is enrolled in {slug} already.")
    for number in outcome.unknown:
        click.echo(f"Nobody has the service number {number}.", err=True)
    if dry_run:
        click.echo("Nothing was changed.")

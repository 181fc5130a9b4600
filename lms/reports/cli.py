"""``lms report NAME``: what the page gives, as CSV on standard output."""

from __future__ import annotations

import sys
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.db import reading
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.reports import about
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from lms.reports.sheet import sheet
from lms.reports.steps import table_of
from lms.sheets.writer import csv_lines


@click.command("report")
@click.argument("name", type=click.Choice(list(MODULES)))
@click.option("--filter", "pairs", multiple=True, metavar="NAME=VALUE", help="as in the address")
@click.option("--table", default="", help="which of its tables; the first where none is named")
@click.option("--language", default="en", help="of its words")
@click.option("--csv", "as_csv", is_flag=True, help="print CSV, which is also what happens without")
@with_appcontext
def report_command(
    name: str, pairs: tuple[str, ...], table: str, language: str, as_csv: bool
) -> None:
    """Print a report as CSV: the same figures as on its page for the whole country.

    Exit status 1 where a filter names a place that there is not.
    """
    del as_csv  # the one form; named so that a script says what it expects
    wanted, session = report(name), reading()
    filters = dict(pair.partition("=")[::2] for pair in pairs)
    unknown = sorted(set(filters) - set(wanted.filters))
    if unknown:
        raise click.ClickException(
            f"{name} has no filter {', '.join(unknown)}; it has {', '.join(wanted.filters)}."
        )
    zone = ZoneInfo(installation.read(session).time_zone)
    today = clock.now().astimezone(zone).date()
    asked = Question(session, SERVER, language, today, filters, zone)
    try:
        answer = wanted.answer(asked)
    except NotFound as missing:
        raise click.ClickException("There is no such place.") from missing
    made = sheet(table_of(answer, table), about.lines(asked, wanted, answer), language)
    for piece in csv_lines(made):
        sys.stdout.buffer.write(piece)

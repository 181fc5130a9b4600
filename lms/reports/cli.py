"""``lms report NAME`` prints what a page gives; ``lms check-file FILE`` looks at a signature."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.audit import actions as audit
from lms.certificates.actions import RING
from lms.db import reading, transaction
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.reports import about
from lms.reports.evidence.document import KIND as EVIDENCE_KIND
from lms.reports.frozen.cli import verify
from lms.reports.frozen.rules import KIND as FROZEN_KIND
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from lms.reports.sheet import sheet
from lms.reports.steps import table_of
from lms.sheets.writer import csv_lines
from lms.signing import keys, signed_json
from lms.signing.refusals import Unreadable

# The kinds of signed files that this program writes about people and figures.
SIGNED_KINDS = (EVIDENCE_KIND, FROZEN_KIND)


class Reports(click.Group):
    """Every report is a command; what else can be done with reports stands beside them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*MODULES, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None for a name that nobody knows."""
        return _of_report(cmd_name) if cmd_name in MODULES else super().get_command(ctx, cmd_name)


@click.group("report", cls=Reports)
def cli() -> None:
    """Print a report as CSV, or check the file of a frozen quarter."""


cli.add_command(verify)


def _of_report(name: str) -> click.Command:
    """Return the command that prints a report: the figures of its page for the whole country."""

    @click.command(name, help=report(name).about)
    @click.option(
        "--filter", "pairs", multiple=True, metavar="NAME=VALUE", help="as in the address"
    )
    @click.option("--table", default="", help="which of its tables; the first where none is named")
    @click.option("--language", default="en", type=click.Choice(LANGUAGES), help="of its words")
    @click.option("--csv", "as_csv", is_flag=True, help="print CSV, also without this option")
    @with_appcontext
    def command(pairs: tuple[str, ...], table: str, language: str, *, as_csv: bool) -> None:
        del as_csv  # the one form; named so that a script says what it expects
        _print(name, pairs, table, language)

    return command


def _print(name: str, pairs: tuple[str, ...], table: str, language: str) -> None:
    """Print a report; exit status 1 where a filter names what there is not."""
    wanted, session = report(name), reading()
    filters = dict(pair.partition("=")[::2] for pair in pairs)
    unknown = sorted(set(filters) - set(wanted.filters))
    if unknown:
        has = ", ".join(wanted.filters) or "none"
        raise click.ClickException(f"{name} has no filter {', '.join(unknown)}; it has {has}.")
    if not all(filters.values()):
        raise click.ClickException("Write each filter as NAME=VALUE.")
    zone = ZoneInfo(installation.read(session).time_zone)
    today = clock.now().astimezone(zone).date()
    asked = Question(session, SERVER, language, today, filters, zone)
    try:
        answer = wanted.answer(asked)
    except NotFound as missing:
        raise click.ClickException(f"{name} does not offer {', '.join(pairs)}.") from missing
    try:
        chosen = table_of(answer, table)
    except NotFound as missing:
        has = ", ".join(each.name for each in answer.tables)
        raise click.ClickException(f"{name} has no table {table}; it has {has}.") from missing
    if wanted.names:
        _note(name, chosen.name, filters)
    made = sheet(chosen, about.lines(asked, wanted, answer), language)
    for piece in csv_lines(made):
        sys.stdout.buffer.write(piece)


def _note(name: str, table: str, filters: Mapping[str, str]) -> None:
    """Write into the log that somebody at the server has printed a list of names."""
    facts = {"table": table, "filters": dict(filters), "form": "csv"}
    with transaction() as session:
        audit.append(session, None, "report.export asked", name, facts, now=clock.now())


@click.command("check-file")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def check_file(file: BinaryIO) -> None:
    """Say whether a signed FILE of evidence or figures is unchanged and signed by this service.

    Exit status 1 where it is not.
    """
    text = file.read(signed_json.LONGEST + 1).decode("utf-8", "replace")
    if text.startswith("%PDF"):
        raise click.ClickException(
            f"This is the paper. Its signed file lies in it: pdfdetach -saveall {file.name}, then "
            "lms check-file evidence.json, and compare what that holds with the paper."
        )
    ring = installation.setting(reading(), RING)
    if ring is None:
        raise click.ClickException("This server knows no signing key yet.")
    try:
        kind = str(json.loads(text).get("kind", ""))
        found = signed_json.parse(text, kind if kind in SIGNED_KINDS else "")
    except (Unreadable, ValueError, AttributeError) as error:
        raise click.ClickException("This is no signed file of evidence or figures.") from error
    known = {key.kid: key.public for key in keys.parse_ring(ring).keys if key.withdrawn is None}
    if not signed_json.is_sealed(found, known, keys.is_signed_by):
        raise click.ClickException(
            "The file was changed after it was signed, or somebody else has signed it."
        )
    click.echo(f"{found['kind']}: unchanged, signed by a key of this service.")

"""``lms report NAME``: what its page gives, as CSV; ``lms report verify``: checks a file."""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.certificates.actions import RING
from lms.db import reading
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.reports import about
from lms.reports.frozen import rules
from lms.reports.frozen.rules import Frozen
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from lms.reports.sheet import sheet
from lms.reports.steering.tables import tables
from lms.reports.steps import table_of
from lms.sheets.writer import csv_lines
from lms.signing import keys
from lms.signing.refusals import Unreadable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


def _of_report(name: str) -> click.Command:
    """Return the command that prints a report: the figures of its page for the whole country."""

    @click.command(name, help=report(name).about)
    @click.option(
        "--filter", "pairs", multiple=True, metavar="NAME=VALUE", help="as in the address"
    )
    @click.option("--table", default="", help="which of its tables; the first where none is named")
    @click.option("--language", default="en", help="of its words")
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


@cli.command("verify")
@click.argument("file", type=FILE)
@click.option("--keys", "ring_file", type=FILE, help="the issuer's key list instead of our own")
@with_appcontext
def verify(file: Path, ring_file: Path | None) -> None:
    """Check the FILE of a frozen quarter, without a network, and print its figures.

    Whether a later file corrects it, only its page knows. Ends with 0 for a genuine file, else 1.
    """
    try:
        ring = keys.read_ring(_text(ring_file) if ring_file else _own_ring())
    except Unreadable as refused:
        raise click.ClickException(str(refused)) from refused
    text = _text(file)
    verdict = rules.verify(text, ring)
    click.echo(str(verdict.message))
    if verdict.frozen is not None:
        _tell(verdict.frozen, text)
    sys.exit(0 if verdict.frozen is not None else 1)


def _own_ring() -> str:
    text = installation.setting(reading(), RING)
    if text is None:
        raise click.ClickException("This server has signed nothing yet, so it has no key list.")
    return str(text)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name} is not a text file.") from None


def _tell(frozen: Frozen, text: str) -> None:
    """Print what was signed: facts, then the figures of each table as CSV."""
    facts: list[tuple[str, object]] = [
        ("issuer", frozen.issuer),
        ("programme", frozen.body.programme or "whole country"),
        ("quarter", frozen.body.quarter),
        ("frozen", f"{frozen.at:%Y-%m-%d %H:%M} UTC, number {frozen.number}"),
        ("sha256", rules.digest(text)),
    ]
    if frozen.corrects is not None:
        facts += [("corrects", frozen.corrects.file), ("reason", frozen.corrects.reason)]
    for label, value in facts:
        click.echo(f"{label:<10} {value}")
    for table in tables(frozen.body, "en"):
        said = b"".join(csv_lines(sheet(table, {}, "en"))).decode("utf-8-sig")
        click.echo(f"\n{table.name}\n{said}", nl=False)

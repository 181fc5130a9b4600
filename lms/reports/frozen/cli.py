"""``lms report verify FILE``: whether the file of a frozen quarter is genuine, and its figures."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms import installation
from lms.certificates.actions import RING
from lms.db import reading
from lms.reports.frozen import rules
from lms.reports.frozen.rules import Frozen
from lms.reports.sheet import sheet
from lms.reports.steering.tables import tables
from lms.sheets.writer import csv_lines
from lms.signing import keys
from lms.signing.refusals import Unreadable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
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

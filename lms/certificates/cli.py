"""``lms certificate``: look up, check without a network, withdraw, replace, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.audit import queries as audit
from lms.certificates import actions, queries, rules
from lms.certificates.keys_cli import new_key, own_ring, refusals, show_keys, withdraw_key
from lms.certificates.office.cli import export
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import grouped
from lms.signing import codes, keys, transcripts, verify, withdrawals
from lms.signing.payload import CertificatePayload
from lms.signing.refusals import Unreadable
from lms.signing.transcripts import SignedLine, TranscriptVerdict
from lms.tables import AnyRow

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LONGEST_FILE = 1_000_000


@click.group("certificate")
def cli() -> None:
    """Look up, check, withdraw, replace and export certificates."""


for command in (export, show_keys, new_key, withdraw_key):
    cli.add_command(command)


@cli.command("show")
@click.argument("number")
@with_appcontext
def show(number: str) -> None:
    """Say what is known about the certificate NUMBER (its number or its code)."""
    session = reading()
    row = _find(number)
    events = queries.events(session, row.id)
    state = rules.state_of(
        issued=row.issued_at is not None,
        events=[each.kind for each in events],
        valid_through=row.valid_through,
        today=clock.now().astimezone(ZoneInfo(installation.read(session).time_zone)).date(),
    )
    snapshot = row.snapshot or {}
    titles = snapshot.get("titles", {})
    _table(
        ("state", rules.STATE_WORDS[state]),
        ("number", row.number or "not drawn yet"),
        ("code", grouped(row.code)),
        ("name", " / ".join(row.names) if row.names else "no longer kept"),
        ("course", f"{row.course_id} {titles.get(snapshot.get('language'), '')}".strip()),
        ("edition", snapshot.get("edition", "")),
        ("completed on", row.completed_on),
        ("valid through", row.valid_through or "no end date"),
        ("generation", row.generation),
        ("issued at", f"{row.issued_at:%Y-%m-%d %H:%M} UTC" if row.issued_at else "not yet"),
        ("paper", row.pdf or "none"),
        *((each.kind, f"{each.at:%Y-%m-%d %H:%M} UTC: {each.reason}") for each in events),
    )


@cli.command("verify")
@click.argument("text", required=False)
@click.option("--file", "file", type=FILE, help="a file with the text of the QR code")
@click.option("--keys", "ring_file", type=FILE, help="the issuer's key list instead of our own")
@click.option("--list", "list_file", type=FILE, help="a withdrawal list (LMSW1:…), likewise")
@with_appcontext
def check(
    text: str | None, file: Path | None, ring_file: Path | None, list_file: Path | None
) -> None:
    """Check the TEXT of a certificate's large QR code (LMSC1:…), as scanned.

    The code of a training record (LMST1:…) is checked, too, and said to be one. Needs no network:
    public keys and withdrawal list come from files, else from this server. Ends with 0 for a valid
    certificate and for a genuine training record, with 1 otherwise.
    """
    if (text is None) == (file is None):
        raise click.UsageError("Give the text, or --file with a file that holds it.")
    said = text if file is None else _read(file)
    try:
        ring = keys.read_ring(_read(ring_file) if ring_file else own_ring())
        if transcripts.is_transcript(said or ""):  # no list says anything of these
            _check_transcript(transcripts.verify(said or "", ring, clock.now()))
        listed = _read(list_file) if list_file else queries.newest_withdrawal_list(reading())
        known = withdrawals.read(listed, ring) if listed else None
    except Unreadable as refused:
        raise click.ClickException(str(refused)) from refused
    verdict = verify.verify(said or "", ring, known, clock.now())
    click.echo(str(verdict.message))
    if verdict.knowledge:
        click.echo(str(verdict.knowledge))
    if verdict.certificate:
        _signed(verdict.certificate)
    sys.exit(0 if verdict.is_valid else 1)


def _check_transcript(verdict: TranscriptVerdict) -> NoReturn:
    """Say what a training record is and what is signed, and end the command."""
    click.echo(str(verdict.message))
    if verdict.sheet:
        _table(
            ("name", " / ".join(verdict.sheet.names)),
            ("as of", verdict.sheet.day),
            ("sheet", f"{verdict.sheet.number} of {verdict.sheet.sheets}"),
            ("issuer", verdict.sheet.issuer),
            *((line.course or "course", _in_words(line)) for line in verdict.sheet.lines),
        )
    sys.exit(0 if verdict.is_valid else 1)


def _in_words(line: SignedLine) -> str:
    result = "" if line.percent is None else f"{line.percent} %"
    hours = f"{line.half_hours / 2:g} h" if line.half_hours else ""
    said = (line.edition, line.state, line.completed_on, hours, result, line.number)
    return " · ".join(str(each) for each in said if each)


@cli.command("withdraw")
@click.argument("number")
@click.option("--reason", required=True, help="kept with the certificate, shown to its holder")
@with_appcontext
def withdraw(number: str, reason: str) -> None:
    """Take the certificate NUMBER (its number or its code) back."""
    found, now = _find(number), clock.now()
    shown = found.number or grouped(found.code)
    if not installation.read(reading()).issues:
        raise click.ClickException("This server is a station: withdraw it on the national server.")
    with refusals(), transaction() as session:
        event = actions.withdraw(session, SERVER, found.id, reason, now=now)
        at, why = event.at, event.reason
    if at < now:
        click.echo(f"{shown} was withdrawn already on {at:%Y-%m-%d %H:%M} UTC: {why}")
    else:
        click.echo(f"{shown} is withdrawn. The worker publishes a new list.")


@cli.command("replace")
@click.argument("number")
@click.option("--reason", required=True, help="kept with the certificate, shown to its holder")
@click.option("--language", type=click.Choice(installation.LANGUAGES), help="that of the new paper")
@with_appcontext
def replace(number: str, reason: str, language: str | None) -> None:
    """Make a new certificate with the name in the register now; NUMBER no longer counts."""
    found = _find(number)
    with refusals(), transaction() as session:
        new = actions.replace_certificate(
            session,
            SERVER,
            found.id,
            reason,
            installation.read(session),
            language=language,
            clock_is_right=rules.clock_is_right(clock.now(), audit.newest_at(session)),
            now=clock.now(),
        )
        code = grouped(new.code)
    shown = found.number or grouped(found.code)
    click.echo(f"{shown} is replaced. The worker makes the new one, with code {code}.")


def _find(typed: str) -> AnyRow:
    """Return the certificate with that number or code."""
    try:
        key, kind = str(codes.read_number(typed)), "number"
    except Unreadable:
        if sum(letter.isalnum() for letter in typed) != codes.LENGTH:
            raise click.ClickException(
                f"{typed!r} is neither the number of a certificate, such as TN-2026-00417, nor its "
                "check code: twelve letters and digits in three groups of four."
            ) from None
        try:
            key, kind = codes.read_code(typed), "code"
        except Unreadable as refused:
            raise click.ClickException(str(refused)) from refused
    try:
        return queries.find(reading(), SERVER, key)
    except NotFound:
        raise click.ClickException(f"There is no certificate with this {kind}.") from None


def _read(path: Path) -> str:
    if path.stat().st_size > LONGEST_FILE:
        raise click.ClickException(f"{path.name} is too large to be what is asked for.")
    try:
        return path.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name} is not a text file.") from None


def _signed(certificate: CertificatePayload) -> None:
    """Print what was signed, to be compared with the paper."""
    _table(
        ("name", " / ".join(certificate.names)),
        ("course", certificate.course_title),
        ("edition", certificate.edition),
        ("completed on", certificate.completed_on),
        ("valid through", certificate.valid_through or "no end date"),
        ("hours", f"{certificate.hours:g}"),
        ("number", certificate.number),
        ("code", codes.shown(certificate.code)),
        ("issuer", certificate.issuer),
    )


def _table(*rows: tuple[str, object]) -> None:
    for name, value in rows:
        click.echo(f"{name:<14} {value}")

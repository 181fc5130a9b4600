"""``lms certificate keys``, ``new-key``, ``withdraw-key``: with what this server signs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.rules import SERVER
from lms.certificates import actions, queries
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.settings import Settings
from lms.signing import keys


@click.command("keys")
@click.option("--list", "with_list", is_flag=True, help="print the withdrawal list instead")
@with_appcontext
def show_keys(*, with_list: bool) -> None:
    """Print the signed list of public keys, for those who check without a network."""
    text = queries.newest_withdrawal_list(reading()) if with_list else own_ring()
    if text is None:
        raise click.ClickException("No withdrawal list was published yet.")
    click.echo(text)


@click.command("new-key")
@with_appcontext
def new_key() -> None:
    """Make a new signing key; the former one vouches for it and is kept beside it.

    Run it as the worker's user while the worker is stopped. Stopped half-way, run it again. Where
    the former key is lost, everybody who checks certificates needs the new key list from you.
    """
    settings: Settings = current_app.config["LMS"]
    path = settings.issuing_key
    coming = path.with_name(path.name + ".new")
    known = keys.parse_ring(own_ring()).current()
    with refusals():
        former = keys.load_private_key(path) if path.exists() else None
        new = keys.load_private_key(coming) if coming.exists() else keys.create_private_key(coming)
        if known is None or known.kid != new.kid:
            with transaction() as session:
                actions.take_new_key(session, SERVER, former, new, now=clock.now())
    time.sleep(1)  # the new key counts from the next full second
    if former is not None:
        path.replace(path.with_name(f"{path.name}.{former.kid.hex()}"))
    coming.replace(path)
    click.echo(f"Key {new.kid.hex()} signs from now on. Make a backup of {path.parent} today.")
    if former is None or known is None or former.kid != known.kid:
        click.echo(
            "The former key was not here, so it does not vouch for this one. Whoever checks "
            "certificates without a network needs the new list: lms certificate keys"
        )


@click.command("withdraw-key")
@click.argument("kid")
@click.option("--reason", required=True, help="kept in the log")
@click.option("--yes", is_flag=True, help="do not ask")
@with_appcontext
def withdraw_key(kid: str, reason: str, *, yes: bool) -> None:
    """Take the former signing key KID back, because others may have it.

    Nothing that it ever signed counts from then on, since a thief could date it back. Take a new
    key first (new-key). Run it as the worker's user. KID is the name of the key, as the file
    beside the new one ends, such as issuing.key.0011223344556677.
    """
    settings: Settings = current_app.config["LMS"]
    key = keys.parse_ring(own_ring()).find(_name_in(kid))
    if key is None:
        raise click.ClickException("No such key is in the key list of this server.")
    numbers = queries.counting_of(reading(), SERVER, key)
    if not yes:
        click.confirm(
            f"Certificates that count and were signed with this key: {len(numbers)}. Everybody who "
            "checks without a network will refuse their papers. Withdraw the key?",
            abort=True,
        )
    with refusals():
        signer = keys.load_private_key(settings.issuing_key)
        with transaction() as session:
            actions.withdraw_key(session, SERVER, key.kid, signer, reason, now=clock.now())
    click.echo(
        "The key is withdrawn. Whoever checks certificates without a network needs the new list: "
        "lms certificate keys"
    )
    if numbers:
        click.echo("Give new papers for these: lms certificate replace NUMBER --reason REASON")
    for number in numbers:
        click.echo(f"  {number}")


def _name_in(typed: str) -> bytes:
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise click.ClickException(
            "A key is named by 16 digits and letters, such as 0011223344556677."
        ) from None


@contextmanager
def refusals() -> Iterator[None]:
    """Let a command say the sentence of a refusal; every other fault passes."""
    try:
        yield
    except LmsError as refused:
        raise click.ClickException(str(refused)) from refused
    except PermissionError as refused:
        raise click.ClickException(
            f"This account may not use {refused.filename}. Run the command as the worker's account."
        ) from refused


def own_ring() -> str:
    """Return the signed key list of this server; raises ClickException before the first one."""
    text = installation.setting(reading(), actions.RING)
    if text is None:
        raise click.ClickException("This server has issued nothing yet, so it has no key list.")
    return str(text)

"""``lms card``: the succession card on standard output."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.accounts.rules import SERVER
from lms.admin.folders import SYSTEMD
from lms.admin.succession.card import card
from lms.db import reading
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.web.language import say, sentence


@click.command("card")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="of its words")
@with_appcontext
def card_command(language: str) -> None:
    """Print the card from which the next administrator can take over; it has no secrets."""
    now = clock.now()
    found = card(reading(), SERVER, current_app.config["LMS"], language, now=now)
    click.echo(f"{sentence('Succession card', language)} · {now:%Y-%m-%d %H:%M} UTC\n")
    for label, value in found.facts:
        said = value if isinstance(value, str) else say(value, language)
        click.echo(f"{say(label, language)}: {said}")
    click.echo(f"\n{sentence('Who administers it', language)}")
    for name, place, until in found.people:
        click.echo(f"- {name} · {place}{f' · {until}' if until else ''}")
    if found.more:
        click.echo(say(found.more, language))
    click.echo(f"\n{sentence('The server is dead: five commands on a new machine', language)}")
    click.echo(say(found.before, language))
    for number, (command, does) in enumerate(found.commands, 1):
        click.echo(f"{number}. {command}\n   {say(does, language)}")
    if found.settings:
        click.echo(f"\n{SYSTEMD}")
        click.echo("\n".join(found.settings))

"""Every command, by name."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from lms import settings

# Each command is loaded when it is called: serving must not load what only publishing needs.
COMMANDS = {
    "serve": "lms.admin.cli:serve",
    "prepare": "lms.admin.cli:prepare",
    "work": "lms.admin.worker_cli:work",
    "demo": "lms.admin.demo.cli:demo",
    "site": "lms.admin.cli:site",
    "installation": "lms.admin.testrules.cli:installation",
    "backup": "lms.admin.backup_cli:backup",
    "restore": "lms.admin.backup_cli:restore",
    "doctor": "lms.admin.backup_cli:doctor",
    "card": "lms.admin.succession.cli:card_command",
    "audit": "lms.admin.trail.cli:cli",
    "upgrade": "lms.admin.upgrade.cli:upgrade",
    "release": "lms.admin.upgrade.release_cli:release",
    "content": "lms.authoring.cli:cli",
    "questions": "lms.authoring.questions.cli:cli",
    "certificate": "lms.certificates.cli:cli",
    "verify": "lms.certificates.cli:check",
    "unit": "lms.accounts.cli:unit",
    "person": "lms.accounts.cli:person",
    "grant": "lms.accounts.cli:grant",
    "people": "lms.accounts.importing.cli:people",
    "attempt": "lms.learning.cli:attempt",
    "enrol": "lms.admin.requirements.cli:enrol",
    "check-file": "lms.reports.cli:check_file",
    "report": "lms.reports.cli:cli",
    "programme": "lms.admin.programmes.cli:cli",
    "progress": "lms.learning.cli:progress",
}

# What a disk says that is full, failing, or may only be read.
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


class Commands(click.Group):
    """The commands of every feature, by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which help shows them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None for a name that nobody has."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- whatever the command returns
        """Run a command; what stops every command alike is said in a sentence."""
        try:
            return super().invoke(ctx)
        except settings.SettingsError as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except SQLAlchemyError as error:
            from lms.admin import trouble

            said = trouble.sentence(error, settings.read().data)
            if said is None:
                raise
            raise click.ClickException(str(said)) from error
        except PermissionError as error:
            raise click.ClickException(
                f"This account may not use {error.filename}. Run the command as root, or as the "
                "account of the server."
            ) from error
        except OSError as error:
            if error.errno not in DISK:
                raise
            where = f" to {error.filename}" if error.filename else ""
            raise click.ClickException(
                f"Nothing could be written{where}: {error.strerror}. How the disk of this server "
                "is, and what to do, says lms doctor; a stick or another disk may be full, too."
            ) from error

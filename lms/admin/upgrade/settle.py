"""What each start asks first: was an upgrade interrupted? Then the old database is put back."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lms.admin.upgrade import journal
from lms.admin.upgrade.journal import CHANGING, DONE, FILE, INSIDE, SWITCHED, UNDOING, Journal
from lms.admin.upgrade.version import UpgradeError, program_folder
from lms.settings import Settings

# They look after an upgrade themselves, or touch no database.
FREE = frozenset({"upgrade", "release", "serve", "verify"})


def link_of(folder: Path | None = None) -> Path:
    """Return the link that leads to the version in use: ``lms`` beside ``lms-1.4.0``.

    The folder of a program that was never upgraded may bear that name itself.
    """
    here = folder or program_folder()
    name = here.name.rpartition("-")[0] or here.name
    return here.with_name(name)


def require_settled(data: Path, command: str | None) -> None:
    """Raise UpgradeError while the database may be half upgraded, for what would use it."""
    if command in FREE or os.environ.get(INSIDE) == "yes" or not (data / FILE).exists():
        return
    found = journal.read(data)
    if found is None or found.state not in {CHANGING, UNDOING}:
        return
    if found.state == CHANGING and _is_switched(link_of(), found):
        return
    raise UpgradeError(
        "An upgrade is going on, or was interrupted. Starting the server puts everything back as "
        "it was; so does: lms upgrade --undo"
    )


def settle(settings: Settings, say: Callable[[str], None], *, now: datetime) -> Journal | None:
    """End what an interrupted upgrade has left, before the server opens the database.

    returns the journal when this start is the first of a new version: see ``note_first_start``.
    raises UpgradeError while an upgrade is going on, and when the old state cannot be put back.
    """
    if os.environ.get(INSIDE) == "yes" or not (settings.data / FILE).exists():
        return None
    with journal.held(settings.data):
        found, link = journal.read(settings.data), link_of()
        if found is None or found.state == DONE:
            return None
        if found.state in {CHANGING, SWITCHED} and _is_switched(link, found):
            return found
        if found.state in {CHANGING, UNDOING}:
            from lms.admin.upgrade import undo  # it loads what serving never needs

            say("An upgrade was interrupted. Putting the database back as it was before ...")
            try:
                undo.finish(settings, link, found, now=now)
            except OSError as error:
                raise UpgradeError(
                    f"An upgrade was interrupted and could not be undone by this account "
                    f"({error.strerror}). Run as root: lms upgrade --undo"
                ) from error
        return None


def _is_switched(link: Path, found: Journal) -> bool:
    return link.is_symlink() and link.resolve().name == f"{link.name}-{found.after}"


def end(data: Path, found: Journal) -> None:
    """Note that the new version has started."""
    journal.write(data, replace(found, state=DONE))

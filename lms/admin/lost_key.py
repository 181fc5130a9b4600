"""``lms restore --key``: bring the lost issuing key back from a backup, and nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lms.admin.exchange import Moves
from lms.admin.folders import scratch
from lms.admin.restore import is_same_machine
from lms.admin.unfinished import SCRATCH
from lms.admin.verifying import RestoreError, verify, why
from lms.kernel.messages import Message, msg
from lms.settings import Settings


def bring_back(
    settings: Settings, file: Path, passphrase: Callable[[], str], *, now: datetime
) -> Path | None:
    """Put the keys of a backup of this server where they belong; people go on working.

    returns where a key that was here is set aside, None when nothing was exchanged.
    raises RestoreError for a backup that is damaged, without keys, or of another server.
    """
    try:
        with scratch(settings.data, SCRATCH) as folder:
            manifest = verify(file, passphrase, folder)
            if not is_same_machine(settings.data, manifest.site):
                raise RestoreError(
                    Message(
                        msg(
                            "This backup is of another server, so its key is not that of this "
                            "one. Nothing was changed."
                        )
                    )
                )
            if not manifest.has_keys:
                raise RestoreError(
                    Message(
                        msg(
                            "This backup holds no issuing key: only encrypted ones do. Take "
                            "another. Nothing was changed."
                        )
                    )
                )
            return _exchange(settings, folder / "keys", now)
    except OSError as error:
        raise RestoreError(why(error)) from error


def _exchange(settings: Settings, staged: Path, now: datetime) -> Path | None:
    """Put each key that is missing or different; all or nothing.

    The issuing key comes last. Killed in between, the server has no issuing key as before: nothing
    is issued with half of the keys, health tells of it, and the same command goes on.
    """
    name = f"before-restore-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    moves = Moves(settings.data, name)
    place, issuing = settings.issuing_key.parent, settings.issuing_key.name
    try:
        for path in sorted(staged.iterdir(), key=lambda each: each.name == issuing):
            present = place / path.name
            if present.exists() and present.read_bytes() == path.read_bytes():
                continue
            moves.exchange(present, path)
    except BaseException:
        moves.undo()
        raise
    for aside in (moves.aside, place / name):
        if aside.exists():
            return aside
    return None

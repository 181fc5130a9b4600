"""How far an upgrade has come: one small file in the data folder, and a lock beside it.

The states, in their order:

staged     the new version lies ready beside this one; nothing else has changed.
changing   the new version may have changed the database; a backup of before lies complete. Whoever
           starts the old version in this state puts the database back first.
switched   the link leads to the new version.
done       the new version has started and has written so into the log.
undoing    somebody goes back from the new version: first the link, then the database.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lms.admin.folders import flush_folder, give
from lms.admin.upgrade.version import UpgradeError, require_version

FILE, LOCK = "upgrade.json", "upgrade.lock"
STAGED, CHANGING, SWITCHED, DONE, UNDOING = "staged", "changing", "switched", "done", "undoing"
STATES = frozenset({STAGED, CHANGING, SWITCHED, DONE, UNDOING})
# Set for what an upgrade starts itself, which must not take it for an interrupted one.
INSIDE = "LMS_UPGRADING"
PATIENCE = 10.0  # seconds in which the children of a killed upgrade end

GOING_ON = (
    "An upgrade is going on at this moment. Wait until it has ended; when nothing happens any "
    "more, restart the machine."
)


@dataclass(frozen=True, slots=True)
class Journal:
    """What is known of the last upgrade.

    before, after  the two versions.
    digest         of the signed head of the new one.
    backup         the name of the backup that was made before the database was touched.
    """

    state: str
    before: str
    after: str
    digest: str
    backup: str | None = None


def read(data: Path) -> Journal | None:
    """Return the journal of a data folder, None where there was no upgrade.

    raises UpgradeError for a file that nobody can understand.
    """
    try:
        said = json.loads((data / FILE).read_text("utf-8"))
        found = Journal(**said)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError) as error:
        raise UpgradeError(f"{data / FILE} is damaged. Ask the makers of the program.") from error
    named = found.backup is None or Path(found.backup).name == found.backup
    if found.state not in STATES or not named:
        raise UpgradeError(f"{data / FILE} is damaged. Ask the makers of the program.")
    require_version(found.before)
    require_version(found.after)
    return found


def write(data: Path, journal: Journal) -> None:
    """Put a journal in the place of the former one: whole, and on the disk."""
    part = data / f".{FILE}.{os.getpid()}"
    with part.open("w", encoding="utf-8") as stream:
        json.dump(asdict(journal), stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.chmod(0o660)
    give(part, data)
    part.rename(data / FILE)
    flush_folder(data)


def forget(data: Path) -> None:
    """Take the journal away."""
    (data / FILE).unlink(missing_ok=True)
    flush_folder(data)


@contextmanager
def held(data: Path, *, patience: float = PATIENCE) -> Iterator[int]:
    """Hold the lock of upgrades; yield its descriptor, which children inherit.

    A child that outlives a killed upgrade goes on holding it, so that nobody works beside it.
    raises UpgradeError while somebody else holds it, and where there is no server.
    """
    if not data.is_dir():
        raise UpgradeError(f"There is no server at {data}. Name its data folder with LMS_DATA.")
    path = data / LOCK
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    try:
        if os.geteuid() == 0:
            give(path, data)
        _take(lock, time.monotonic() + patience)
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise UpgradeError(GOING_ON) from None
            time.sleep(0.1)
        else:
            return

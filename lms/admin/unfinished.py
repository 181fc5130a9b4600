"""A restore that has begun: what it notes before it changes anything, and how all is put back.

The note lies in the data folder from the first byte that is unpacked to the last one that is in
its place. Whoever finds it, the next start of the server or the next restore, puts back what was
here before. That may be done again and again: killed in its middle, it begins anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lms.admin import postgresql
from lms.admin.archive import DATABASES
from lms.admin.exchange import Move, near
from lms.admin.folders import flush_folder, scratch
from lms.admin.postgresql import PostgresqlError
from lms.admin.start import SITE_FILE
from lms.settings import Settings

FILE, LOCK, SCRATCH = "restore.json", "restore.lock", ".restoring-"
DUMPING, DUMPED = "dumping", "dumped"
_NAME = re.compile(r"before-restore-\d{8}-\d{6}-[0-9a-f]{4}")
# They put things back themselves, or touch nothing that belongs to the server.
FREE = frozenset({"restore", "serve", "verify"})

GOING_ON = "A restore is going on at this moment. Wait until it has ended."


class UnfinishedError(Exception):
    """A restore is going on, or what an interrupted one has left could not be put back."""


@dataclass(frozen=True, slots=True)
class Restore:
    """How far a restore has come.

    aside  the name of the folder in which is set aside what was here.
    dump   of a database in PostgreSQL: whether it is being written into that folder, or lies there
           whole; from then on the database itself may be another one.
    moves  what may have been exchanged.
    """

    aside: str
    dump: str | None = None
    moves: Sequence[Move] = ()


@contextmanager
def begun(settings: Settings, aside: str) -> Iterator[Callable[[Restore], None]]:
    """Note that a restore has begun; give what notes how far it is. A fault puts all back.

    raises UnfinishedError while another one is going on.
    """
    data = settings.data
    with _held(data):
        _put_back(settings)
        write(data, Restore(aside))
        try:
            yield lambda found: write(data, found)
        except BaseException:
            _put_back(settings)
            raise
        _forget(data)


def settle(settings: Settings, say: Callable[[str], None]) -> None:
    """Put back what an interrupted restore has left, before the server opens the database.

    raises UnfinishedError while a restore is going on, and when this account cannot do it.
    """
    with _held(settings.data):
        if read(settings.data) is not None:
            say("A restore was interrupted. Putting everything back as it was before ...")
            _put_back(settings)


def require_finished(data: Path, command: str | None) -> None:
    """Raise UnfinishedError while data may be half restored, for what would use them."""
    if command in FREE or not (data / FILE).exists():
        return
    raise UnfinishedError(
        "A restore is going on, or was interrupted. Starting the server puts everything back as "
        "it was; so does the next restore: lms restore FILE"
    )


def read(data: Path) -> Restore | None:
    """Return what a restore has noted, None where none has begun.

    raises UnfinishedError for a note that nobody can understand, or that others may have written.
    """
    path = data / FILE
    if not path.is_symlink() and not path.exists():
        return None
    about = path.lstat()
    # It names what is moved and removed, perhaps by root: whoever may write into the folder of the
    # data must not say so.
    if not stat.S_ISREG(about.st_mode) or (os.geteuid() == 0 and about.st_uid != 0):
        raise UnfinishedError(
            f"Others than root can have written {path}. Look who did that. Then, as root: rm {path}"
        )
    try:
        said = json.loads(path.read_text("utf-8"))
        found = Restore(said["aside"], said["dump"], [Move(**each) for each in said["moves"]])
        known = _NAME.fullmatch(found.aside) and found.dump in {None, DUMPING, DUMPED}
    except (ValueError, TypeError, KeyError) as error:
        raise UnfinishedError(f"{path} is damaged. Ask the makers of the program.") from error
    if not known:
        raise UnfinishedError(f"{path} is damaged. Ask the makers of the program.")
    return found


def write(data: Path, found: Restore) -> None:
    """Put a note in the place of the former one: whole, and on the disk."""
    part = data / f".{FILE}.{os.getpid()}"
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(found), stream)
        stream.flush()
        os.fchmod(stream.fileno(), 0o644)  # the server's account reads it
        os.fsync(stream.fileno())
    part.rename(data / FILE)
    flush_folder(data)


def _put_back(settings: Settings) -> None:
    """Put back what was here before a restore that did not end; nothing where none began."""
    found = read(settings.data)
    if found is None:
        return
    aside = settings.data / found.aside
    dump = aside / DATABASES["postgresql"]
    try:
        for move in reversed(found.moves):
            _move_back(move)
        if found.dump == DUMPED:
            postgresql.fill(settings.database_url, dump)
        for each in (dump, aside / SITE_FILE):
            each.unlink(missing_ok=True)
        _drop_empty(aside, found.moves)
    except OSError as error:
        raise UnfinishedError(
            "A restore was interrupted, and what was here before could not be put back by this "
            f"account: {error.filename or aside}: {error.strerror}. Put that right, then, as root, "
            "restore again: lms restore FILE"
        ) from error
    except PostgresqlError as refused:
        raise UnfinishedError(
            f"A restore was interrupted, and what was here before could not be put back. {refused}"
        ) from refused
    with suppress(OSError), scratch(settings.data, SCRATCH):
        pass  # to make one clears those that were left
    _forget(settings.data)


def _move_back(move: Move) -> None:
    """Undo one exchange, whether it was done, half done or not begun."""
    path, kept = Path(move.path), move.kept and Path(move.kept)
    near(path).unlink(missing_ok=True)
    if kept and not kept.exists():
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if kept:
        kept.rename(path)
    if path.parent.exists():
        flush_folder(path.parent)


def _drop_empty(aside: Path, moves: Sequence[Move]) -> None:
    """Remove the folders in which something was set aside and nothing is left."""
    folders = {aside, *(Path(move.kept).parent for move in moves if move.kept)}
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _forget(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)
    flush_folder(data)


@contextmanager
def _held(data: Path) -> Iterator[None]:
    """Hold the lock of restores; raises UnfinishedError while somebody else does."""
    path = data / LOCK
    lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        if not _take(lock, path):
            raise UnfinishedError(GOING_ON)
        for left in data.glob(f".{FILE}.*"):
            left.unlink()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _take(lock: int, path: Path) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # Whoever held it may have taken it away meanwhile, and a third may hold the next one.
    return path.exists() and path.stat().st_ino == os.fstat(lock).st_ino

"""What the program says when a database cannot be used at all, instead of where in the code."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lms.admin.integrity import is_damage
from lms.kernel.messages import Message, msg

NOT_PREPARED = msg(
    "The database in %(folder)s is not prepared for this version. Run: lms prepare. If this is not "
    "your data folder, name it with LMS_DATA."
)
NOT_OPENED = msg(
    "The database in %(folder)s cannot be opened or written. Is the folder there, does it belong "
    "to this account, has its disk room, may it be written? Run lms doctor as root to see more."
)
FULL = msg(
    "The disk of %(folder)s is full, so nothing can be saved. Move old backups to another disk."
)
LOCKED = msg(
    "The database in %(folder)s is busy: another program works with it. Try again in a minute."
)
DAMAGED = msg(
    "The database in %(folder)s is damaged. Stop the server, keep a copy of the data folder, then "
    "restore the last backup: lms restore FILE"
)
SILENT = msg(
    "The database named by DATABASE_URL cannot be used: %(reason)s. Is PostgreSQL running, and are "
    "the name and the password in DATABASE_URL right?"
)

# What SQLite and PostgreSQL say, in small letters, and what it means to whoever runs the server.
SIGNS = (
    (("no such table", "no such column", "undefinedtable", "undefinedcolumn"), NOT_PREPARED),
    (("unable to open", "readonly", "read-only", "permission denied", "disk i/o"), NOT_OPENED),
    (("is full", "no space left"), FULL),
    (("is locked",), LOCKED),
    (("connection", "password authentication", "does not exist"), SILENT),
)


def sentence(error: SQLAlchemyError, data: Path) -> Message | None:
    """Return what to tell somebody at a terminal; None where only the log can help."""
    if not isinstance(error, DBAPIError):
        return None
    if is_damage(error.orig):
        return Message(DAMAGED, {"folder": str(data)})
    said = f"{type(error.orig).__name__} {error.orig}".lower()
    for signs, meaning in SIGNS:
        if any(sign in said for sign in signs):
            return Message(meaning, {"folder": str(data), "reason": _reason(error)})
    return None


def silent(error: SQLAlchemyError) -> Message:
    """Return the sentence for a PostgreSQL server that cannot be used."""
    return Message(SILENT, {"reason": _reason(error)})


def _reason(error: SQLAlchemyError) -> str:
    lines = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip()[:300]

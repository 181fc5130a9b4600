"""What a look at the chain of the log came to, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.admin.trail import queries
from lms.audit.chain import Looked
from lms.audit.heads import Head
from lms.kernel.messages import Message, msg


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a look ended. good: whether nobody need act."""

    good: bool
    said: Message


def verdict(session: Session, found: Looked) -> Verdict:
    """Return what the last part of a look means."""
    if found.bad is not None:
        said = msg(
            "The log was changed: row %(row)s does not fit the row before it, or is missing. All "
            "rows before it are as they were written. Keep a copy of the data folder and find out "
            "who had access to the database."
        )
        return Verdict(good=False, said=Message(said, {"row": found.bad}))
    if found.strange is not None:
        return _set_back(session, found, found.strange)
    said = msg(
        "The log is whole: %(rows)s rows, each fits the one before it. Its head is %(head)s."
    )
    values = {"rows": found.place.row, "head": head_words(found)}
    return Verdict(good=True, said=Message(said, values))


def head_words(found: Looked) -> str:
    """Return the head as people copy it from paper: row and first 16 digits of the hash."""
    return f"{found.place.row}:{found.place.hash.hex()[:16]}"


def _set_back(session: Session, found: Looked, known: Head) -> Verdict:
    """Say that the log is an older state, and whether a restore explains it."""
    when = known.at or "?"
    restored = queries.newest_restore(session, SERVER, known.at)
    if restored is not None:
        said = msg(
            "The log is whole, and was set back by a restore: row %(row)s, known since %(when)s, "
            "is no longer in it. Row %(restored)s says when a backup was restored. If that was "
            "you, nothing is wrong; what was done between backup and restore is lost."
        )
        values = {"row": known.row, "when": when, "restored": restored.id}
        return Verdict(good=True, said=Message(said, values))
    said = msg(
        "The log was set back to an older state: row %(row)s, known since %(when)s, is not in it, "
        "and no restore was recorded. It has %(rows)s good rows. Somebody has put an older "
        "database in its place, or has written the log anew."
    )
    values = {"row": known.row, "when": when, "rows": found.place.row}
    return Verdict(good=False, said=Message(said, values))

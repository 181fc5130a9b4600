"""What ``lms doctor`` looks at: each part of the server is good, or a sentence says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import schema
from lms.admin.backup import sqlite_path
from lms.admin.vital import clock_fault, is_low, line_fault, minute_of
from lms.audit import queries as audit
from lms.catalogue.models import Edition, OfferedChange
from lms.extensions import db
from lms.jobs import queries as jobs
from lms.kernel.messages import Message, msg
from lms.settings import Settings
from lms.web.language import CATALOGUES

GOOD, NOTE, WRONG = "good", "note", "wrong"
STATES = {GOOD: "good", NOTE: "to know", WRONG: "TO DO"}
LAST_BACKUP = "last_backup"  # the setting that ``lms backup`` leaves

BACKUP_EVERY = timedelta(days=7)
LATE = timedelta(minutes=10)
# Two machines, or one that has just asked a time server, may differ by this much.
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one part: good, something to know, or something to do."""

    state: str
    sentence: Message


def examine(settings: Settings, session: Session, *, now: datetime) -> list[Finding]:
    """Look at every part of the server; writes nothing. A part that fails hides no other one."""
    found = [disk(settings.data), schema_version()]
    if found[-1].state != WRONG:
        checks: tuple[Callable[[], Finding], ...] = (
            lambda: clock(session, now),
            lambda: last_backup(session, now),
            lambda: issuing_key(session, settings),
            lambda: languages(session),
            lambda: worker(session, now),
            lambda: courses(session),
            lambda: editions(session),
        )
        for check in checks:
            try:
                found.append(check())
            except SQLAlchemyError as error:
                session.rollback()
                found.append(_unreadable(str(error.__cause__ or error)))
                break
    found.append(integrity(settings))
    if said := line_fault(settings):
        found.append(Finding(NOTE, said))
    return found


def disk(data: Path) -> Finding:
    """Whether the disk under the data folder has room."""
    usage = shutil.disk_usage(data)
    values = {"free": _size(usage.free), "total": _size(usage.total)}
    if is_low(usage.free, usage.total):
        said = msg(
            "Disk space: only %(free)s of %(total)s are free. Move old backups to another disk, "
            "or take a larger one; a full disk stops all saving."
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Disk space: %(free)s of %(total)s are free."), values))


def clock(session: Session, now: datetime) -> Finding:
    """Whether the clock can be right."""
    fault = clock_fault(now, audit.newest_at(session))
    if fault is not None:
        return Finding(WRONG, fault)
    said = msg("Clock: it says %(now)s. Compare it with a watch.")
    return Finding(GOOD, Message(said, {"now": minute_of(now)}))


def schema_version() -> Finding:
    """Whether the database has the tables that this program works with."""
    wanted = schema.wanted_revision()
    try:
        present = schema.present_revision(db.engine)
    except SQLAlchemyError as error:
        return _unreadable(str(error.__cause__ or error))
    if present == wanted:
        return Finding(GOOD, Message(msg("Database: it has version %(v)s."), {"v": wanted}))
    if present is not None and present > wanted:
        said = msg(
            "Database: it is from a newer version of this program. Install that version; this one "
            "refuses to start, so that nothing is lost."
        )
        return Finding(WRONG, Message(said))
    said = msg("Database: it is not prepared for this version yet. Run: lms serve")
    return Finding(WRONG, Message(said))


def last_backup(session: Session, now: datetime) -> Finding:
    """Whether there is a backup that is not too old and still lies where it was put."""
    known = installation.setting(session, LAST_BACKUP)
    if not isinstance(known, dict):
        return Finding(WRONG, Message(msg("Backup: there is none yet. Run: lms backup")))
    at, path = datetime.fromisoformat(known["at"]), Path(known["path"])
    values = {"day": minute_of(at), "path": str(path)}
    if now - at > BACKUP_EVERY:
        said = msg(
            "Backup: the last one is of %(day)s, more than 7 days ago. Run: lms backup, better "
            "every night (docs/backup.md says how)."
        )
        return Finding(WRONG, Message(said, values))
    if known["sealed"]:  # it may lie on a stick that is rightly in a safe
        said = msg("Backup: the last one is of %(day)s, encrypted, put at %(path)s.")
        return Finding(GOOD, Message(said, values))
    if not path.exists():
        said = msg("Backup: the last one, of %(day)s, is no longer at %(path)s. Run: lms backup")
        return Finding(WRONG, Message(said, values))
    said = msg(
        "Backup: the last one is of %(day)s, on the disk of this server. When that disk fails the "
        "backup goes with it: put one elsewhere each week with lms backup --to FOLDER"
    )
    return Finding(NOTE, Message(said, values))


def issuing_key(session: Session, settings: Settings) -> Finding:
    """Whether certificates can be issued here, as far as this account may look."""
    path = settings.issuing_key
    if not installation.read(session).issues:
        said = msg(
            "Issuing key: this server is a station and needs none; its certificates come from the "
            "national server."
        )
        return Finding(GOOD, Message(said))
    if not os.access(path.parent, os.X_OK) and path.parent.exists():
        said = msg(
            "Issuing key: only the worker's account may look at it, as it should be. Run lms "
            "doctor as that account to see more."
        )
        return Finding(GOOD, Message(said))
    values = {"path": str(path)}
    if not path.exists():
        said = msg(
            "Issuing key: there is none at %(path)s, so no certificate is issued. Bring it back "
            "from an encrypted backup; on a new server lms serve makes one."
        )
        return Finding(WRONG, Message(said, values))
    if path.stat().st_mode & 0o077:
        said = msg(
            "Issuing key: other accounts of this machine can read %(path)s. Run: chmod 600 %(path)s"
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Issuing key: it is there and nobody else can read it.")))


def languages(session: Session) -> Finding:
    """Whether the pages can speak every language of this installation."""
    chosen = installation.read(session).languages
    missing = [
        code
        for code in chosen
        if code != "en" and not (CATALOGUES / code / "LC_MESSAGES" / "messages.po").exists()
    ]
    names = [installation.LANGUAGE_NAMES[code] for code in missing or chosen]
    values = {"names": ", ".join(names)}
    if missing:
        said = msg(
            "Languages: the sentences in %(names)s are missing, so those pages speak English. "
            "Install the program again, complete with its folder translations."
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Languages: %(names)s."), values))


def worker(session: Session, now: datetime) -> Finding:
    """Whether the work in the background gets done."""
    failed, due = jobs.failed(session), jobs.next_due(session)
    if failed:
        said = msg(
            "Work in the background: %(number)s pieces gave up. Look into the server's log for "
            '"job", put right what it names, then restart the server.'
        )
        return Finding(WRONG, Message(said, {"number": failed}))
    if due is not None and due < now - LATE:
        said = msg(
            "Work in the background: something has waited since %(due)s. The server must be "
            "running; where the worker is a service of its own, start that."
        )
        return Finding(WRONG, Message(said, {"due": minute_of(due)}))
    return Finding(GOOD, Message(msg("Work in the background: nothing waits, nothing failed.")))


def courses(session: Session) -> Finding:
    """Whether the course folders differ from what is published."""
    offered = session.scalar(select(func.count()).select_from(OfferedChange)) or 0
    if offered:
        said = msg(
            "Courses: changes of %(number)s courses wait until somebody takes them. Learners "
            "keep what is published. To take one: lms content publish FOLDER"
        )
        return Finding(NOTE, Message(said, {"number": offered}))
    return Finding(GOOD, Message(msg("Courses: what is in the folders is what is published.")))


def editions(session: Session) -> Finding:
    """Whether every edition that is published here carries a signature."""
    unsigned = session.scalar(
        select(func.count()).select_from(Edition).where(Edition.signature.is_(None))
    )
    if not unsigned:
        return Finding(GOOD, Message(msg("Editions: every one that is published here is signed.")))
    if not installation.read(session).issues:
        said = msg(
            "Editions: not signed, since a station has no issuing key: %(number)s. Learners see "
            "no difference, but another server cannot tell where such a package comes from."
        )
        return Finding(NOTE, Message(said, {"number": unsigned}))
    said = msg(
        "Editions: not signed yet: %(number)s. The worker signs them; learners see no difference. "
        "If this still stands here tomorrow, look at the issuing key and at the work in the "
        "background."
    )
    return Finding(NOTE, Message(said, {"number": unsigned}))


def integrity(settings: Settings) -> Finding:
    """Whether the database file is whole."""
    if make_url(settings.database_url).get_backend_name() != "sqlite":
        return _answering()
    path = sqlite_path(settings)
    if not path.exists():
        said = msg("Integrity: there is no database yet. Run: lms serve")
        return Finding(WRONG, Message(said))
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=15)
        try:
            said_of_it = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        return _unreadable(str(error))
    if said_of_it != "ok":
        return _unreadable(said_of_it)
    return Finding(GOOD, Message(msg("Integrity: the database file is whole.")))


def _answering() -> Finding:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return _unreadable(str(error.__cause__ or error))
    return Finding(GOOD, Message(msg("Integrity: PostgreSQL answers and looks after its files.")))


def _unreadable(reason: str) -> Finding:
    said = msg(
        "Integrity: the database cannot be read (%(reason)s). Stop the server, keep a copy of the "
        "data folder, then restore the last backup: lms restore FILE"
    )
    return Finding(WRONG, Message(said, {"reason": reason[:200]}))


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB"

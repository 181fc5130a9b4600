"""What ``lms doctor`` looks at: each part of the server is good, or a sentence says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import schema, start
from lms.admin.backup import LAST_BACKUP
from lms.admin.drill import LAST_DRILL
from lms.admin.findings import GOOD, NOTE, WRONG, Finding
from lms.admin.integrity import LAST_CHECK, is_damage
from lms.admin.network import network
from lms.admin.vital import clock_fault, is_low, minute_of, size_of
from lms.audit import queries as audit
from lms.catalogue.models import Edition, OfferedChange
from lms.certificates.actions import RING
from lms.db import sqlite_file
from lms.extensions import db
from lms.jobs import queries as jobs
from lms.kernel.clock import BUILD_DATE
from lms.kernel.messages import Message, msg
from lms.settings import Settings
from lms.signing import keys
from lms.signing.refusals import Unreadable
from lms.web.language import CATALOGUES

BACKUP_EVERY = timedelta(days=7)
# A server that is switched off over a long weekend has done nothing wrong.
CHECK_EVERY, DRILL_EVERY = timedelta(days=4), timedelta(days=16)
LATE = timedelta(minutes=10)


def examine(settings: Settings, session: Session, *, now: datetime) -> list[Finding]:
    """Look at every part of the server; changes nothing. A part that fails hides no other one."""
    found = [data_folder(settings.data)]
    if not os.access(settings.data, os.R_OK | os.X_OK):
        return found
    found += [disk(settings.data), schema_version()]
    if found[-1].state != WRONG:
        checks: tuple[Callable[[], Finding], ...] = (
            lambda: identity(settings, session),
            lambda: clock(session, now),
            lambda: last_backup(session, now),
            lambda: restore_test(session, now),
            lambda: issuing_key(session, settings),
            lambda: languages(session),
            lambda: worker(session, now),
            lambda: courses(session),
            lambda: editions(session),
            lambda: nightly_check(session, now),
        )
        for check in checks:
            try:
                found.append(check())
            except SQLAlchemyError as error:
                session.rollback()
                found.append(_unreadable(error))
                break
    whole = integrity(settings)
    found += [] if whole in found else [whole]
    found.extend(network(settings, now))
    return found


def data_folder(data: Path) -> Finding:
    """Whether this account can work with the data folder, and others cannot look into it."""
    values = {"path": str(data)}
    if not data.is_dir():
        said = msg(
            "Data folder: there is none at %(path)s. Where yours is elsewhere, name it with "
            "LMS_DATA; on a new server run: lms serve"
        )
        return Finding(WRONG, Message(said, values))
    try:
        start.probe(data)
    except OSError as error:
        said = msg(
            "Data folder: nothing can be written into %(path)s (%(reason)s). Either it belongs to "
            "another account (then run this as root), or its disk is full, or read-only: a disk "
            "that fails becomes so by itself. The log of the machine tells more: journalctl -k"
        )
        return Finding(WRONG, Message(said, {**values, "reason": error.strerror}))
    if data.stat().st_mode & 0o007:
        said = msg(
            "Data folder: every account of this machine can look into %(path)s, where people's "
            "names are. Run: chmod o-rwx %(path)s"
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Data folder: %(path)s, closed to other accounts."), values))


def identity(settings: Settings, session: Session) -> Finding:
    """Whether the database belongs to this machine."""
    site = session.scalar(select(installation.Site.id))
    if site is None:
        said = msg("Identity: this server has none yet. Run: lms serve")
        return Finding(WRONG, Message(said))
    try:
        start.require_site(settings.data, site)
    except start.StartRefusedError as refused:
        return Finding(WRONG, Message(msg("Identity: %(what)s"), {"what": refused.message}))
    return Finding(GOOD, Message(msg("Identity: the database belongs to this machine.")))


def disk(data: Path) -> Finding:
    """Whether the disk under the data folder has room."""
    usage = shutil.disk_usage(data)
    values = {"free": size_of(usage.free), "total": size_of(usage.total)}
    if is_low(usage.free, usage.total):
        said = msg(
            "Disk space: only %(free)s of %(total)s are free. Move old backups to another disk, "
            "or take a larger one; a full disk stops all saving."
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Disk space: %(free)s of %(total)s are free."), values))


def clock(session: Session, now: datetime) -> Finding:
    """Whether the clock can be right."""
    newest = audit.newest_at(session)
    fault = clock_fault(now, newest)
    if fault is not None and newest is not None and now >= BUILD_DATE:
        said = msg(
            "Clock: it says %(now)s, and something was recorded at %(newest)s already, so no "
            "certificate is given. Set date and time of the machine. If they are right now and "
            "were ahead before: lms site clock"
        )
        values = {"now": minute_of(now), "newest": minute_of(newest)}
        return Finding(WRONG, Message(said, values))
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
        return _unreadable(error)
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


def restore_test(session: Session, now: datetime) -> Finding:
    """Whether a backup was restored lately, into a scratch folder, and was found whole."""
    known = installation.setting(session, LAST_DRILL)
    if not isinstance(known, dict):
        said = msg(
            "Restore test: none was made yet. The server makes one by itself in the night to "
            "Sunday, or when it runs next after that."
        )
        return Finding(NOTE, Message(said))
    at = datetime.fromisoformat(known["at"])
    values = {"day": minute_of(at), "rows": known["rows"], "reason": known["fault"]}
    if known["fault"] is not None:
        said = msg(
            "Restore test: that of %(day)s failed (%(reason)s). Put right what it names, make a "
            "backup with lms backup, then test it: lms restore --try FILE"
        )
        return Finding(WRONG, Message(said, values))
    if now - at > DRILL_EVERY:
        said = msg(
            "Restore test: the last one is of %(day)s, and there should be one every week. Test "
            "your newest backup: lms restore --try FILE"
        )
        return Finding(WRONG, Message(said, values))
    said = msg(
        "Restore test: on %(day)s a backup was restored in a scratch folder; all its %(rows)s "
        "rows were there."
    )
    return Finding(GOOD, Message(said, values))


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
        if not start.has_key_list(session):
            said = msg("Issuing key: there is none yet. The first start makes it: lms serve")
            return Finding(WRONG, Message(said))
        said = msg(
            "Issuing key: it is no longer at %(path)s, so no certificate is issued. Bring it back "
            "from an encrypted backup, which holds it; a station that never issues needs none."
        )
        return Finding(WRONG, Message(said, values))
    if path.stat().st_mode & 0o077:
        said = msg(
            "Issuing key: other accounts of this machine can read %(path)s. Run: chmod 600 %(path)s"
        )
        return Finding(WRONG, Message(said, values))
    if not signs_as_listed(session, path):
        said = msg(
            "Issuing key: %(path)s is not the key with which this server has signed, so no "
            "certificate is issued. Bring the right one back from an encrypted backup."
        )
        return Finding(WRONG, Message(said, values))
    return Finding(GOOD, Message(msg("Issuing key: it is there and nobody else can read it.")))


def signs_as_listed(session: Session, path: Path) -> bool:
    """Return whether the key in ``path`` is the current one of the key list; True without a list.

    A key that this account may not read is believed.
    """
    listed = installation.setting(session, RING)
    if listed is None or not os.access(path, os.R_OK):
        return True
    try:
        signer = keys.load_private_key(path)
    except Unreadable:
        return False
    current = keys.parse_ring(listed).current()
    return current is not None and current.kid == signer.kid


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
            "Work in the background: pieces that gave up and wait for you: %(number)s. The last "
            "one said: %(reason)s. Put that right, then restart the server: it tries them again."
        )
        values = {"number": failed, "reason": jobs.last_failure(session) or ""}
        return Finding(WRONG, Message(said, values))
    if due is not None and due < now - LATE:
        said = msg(
            "Work in the background: something has waited since %(due)s, and nobody does it. Start "
            "the server; where systemd runs the worker: systemctl start lms-worker.timer"
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


def nightly_check(session: Session, now: datetime) -> Finding:
    """Whether the database was looked through lately, and what was found."""
    known = installation.setting(session, LAST_CHECK)
    if not isinstance(known, dict):
        said = msg(
            "Nightly check: the database was not looked through yet. The server does it by itself "
            "every night, or when it runs next after that."
        )
        return Finding(NOTE, Message(said))
    at = datetime.fromisoformat(known["at"])
    values = {"day": minute_of(at), "reason": known["fault"]}
    if known["fault"] is not None:
        said = msg(
            "Nightly check: on %(day)s the database was found damaged (%(reason)s). Stop the "
            "server, keep a copy of the data folder, then restore the last backup: lms restore FILE"
        )
        return Finding(WRONG, Message(said, values))
    if now - at > CHECK_EVERY:
        said = msg(
            "Nightly check: the last one is of %(day)s. See what is said about work in the "
            "background, which does it."
        )
        return Finding(WRONG, Message(said, values))
    said = msg("Nightly check: on %(day)s every table of the database was whole.")
    return Finding(GOOD, Message(said, values))


def integrity(settings: Settings) -> Finding:
    """Whether the database file is whole."""
    path = sqlite_file(settings.database_url)
    if path is None:
        return _answering()
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
        return _unreadable(error)
    if said_of_it != "ok":
        return _damaged(said_of_it)
    return Finding(GOOD, Message(msg("Integrity: the database file is whole.")))


def _answering() -> Finding:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return _unreadable(error)
    return Finding(GOOD, Message(msg("Integrity: PostgreSQL answers and looks after its files.")))


def _unreadable(error: Exception) -> Finding:
    """Return what to do about a database that cannot be asked: it need not be damaged."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if is_damage(cause):
        return _damaged(str(cause))
    said = msg(
        "Integrity: the database cannot be asked at this moment (%(reason)s). With SQLite another "
        "program may hold it: try again. With PostgreSQL look whether that runs."
    )
    return Finding(WRONG, Message(said, {"reason": str(cause).partition("\n")[0][:200]}))


def _damaged(reason: str) -> Finding:
    said = msg(
        "Integrity: the database is damaged (%(reason)s). Stop the server, keep a copy of the "
        "data folder, then restore the last backup: lms restore FILE"
    )
    return Finding(WRONG, Message(said, {"reason": reason[:200]}))

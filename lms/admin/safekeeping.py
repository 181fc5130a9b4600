"""Whether the data would outlive a fault: the backup, its test, the check of every night."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from lms import installation
from lms.admin.backup import LAST_BACKUP
from lms.admin.drill import LAST_DRILL
from lms.admin.findings import Finding, good, note, wrong
from lms.admin.integrity import LAST_CHECK
from lms.admin.vital import minute_of
from lms.kernel.messages import msg

BACKUP_EVERY = timedelta(days=7)
# A server that is switched off over a long weekend has done nothing wrong.
CHECK_EVERY, DRILL_EVERY = timedelta(days=4), timedelta(days=16)


def last_backup(session: Session, now: datetime) -> Finding:
    """Whether there is a backup that is not too old and still lies where it was put."""
    known = installation.setting(session, LAST_BACKUP)
    if not isinstance(known, dict):
        return wrong(msg("Backup: there is none yet. Run: lms backup"))
    at, path = datetime.fromisoformat(known["at"]), Path(known["path"])
    values = {"day": minute_of(at), "path": str(path)}
    if now - at > BACKUP_EVERY:
        said = msg(
            "Backup: the last one is of %(day)s, more than 7 days ago. Run: lms backup, better "
            "every night (docs/backup.md says how)."
        )
        return wrong(said, values)
    if known["sealed"]:  # it may lie on a stick that is rightly in a safe
        return good(msg("Backup: the last one is of %(day)s, encrypted, put at %(path)s."), values)
    if not path.exists():
        said = msg("Backup: the last one, of %(day)s, is no longer at %(path)s. Run: lms backup")
        return wrong(said, values)
    said = msg(
        "Backup: the last one is of %(day)s, on the disk of this server. When that disk fails the "
        "backup goes with it: put one elsewhere each week with lms backup --to FOLDER"
    )
    return note(said, values)


def restore_test(session: Session, now: datetime) -> Finding:
    """Whether a backup was restored lately, into a scratch folder, and was found whole."""
    known = installation.setting(session, LAST_DRILL)
    if not isinstance(known, dict):
        said = msg(
            "Restore test: none was made yet. The server makes one by itself in the night to "
            "Sunday, or when it runs next after that."
        )
        return note(said)
    at = datetime.fromisoformat(known["at"])
    values = {"day": minute_of(at), "rows": known["rows"], "reason": known["fault"]}
    if known["fault"] is not None:
        said = msg(
            "Restore test: that of %(day)s failed (%(reason)s). Put right what it names, make a "
            "backup with lms backup, then test it: lms restore --try FILE"
        )
        return wrong(said, values)
    if now - at > DRILL_EVERY:
        said = msg(
            "Restore test: the last one is of %(day)s, and there should be one every week. Test "
            "your newest backup: lms restore --try FILE"
        )
        return wrong(said, values)
    said = msg(
        "Restore test: on %(day)s a backup was restored in a scratch folder; all its %(rows)s "
        "rows were there."
    )
    return good(said, values)


def nightly_check(session: Session, now: datetime) -> Finding:
    """Whether the database was looked through lately, and what was found."""
    known = installation.setting(session, LAST_CHECK)
    if not isinstance(known, dict):
        said = msg(
            "Nightly check: the database was not looked through yet. The server does it by itself "
            "every night, or when it runs next after that."
        )
        return note(said)
    at = datetime.fromisoformat(known["at"])
    values = {"day": minute_of(at), "reason": known["fault"]}
    if known["fault"] is not None:
        said = msg(
            "Nightly check: on %(day)s the database was found damaged (%(reason)s). Stop the "
            "server, keep a copy of the data folder, then restore the last backup: lms restore FILE"
        )
        return wrong(said, values)
    if now - at > CHECK_EVERY:
        said = msg(
            "Nightly check: the last one is of %(day)s. See what is said about work in the "
            "background, which does it."
        )
        return wrong(said, values)
    return good(msg("Nightly check: on %(day)s every table of the database was whole."), values)

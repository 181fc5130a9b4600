"""What befalls a server: no backup, an old or failed one, a changed log, work that gave up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from lms import installation
from lms.admin.backup_plan import DAILY, KNOWN, LAST_BACKUP, LAST_COPY, LAST_FAULTS
from lms.admin.findings import message_facts
from lms.admin.night import LAST_DRILL, LOOK
from lms.admin.trail.actions import LAST_LOOK
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.jobs.models import Job
from lms.kernel.messages import Message
from tests.journeys.house import House

BUSY = Message("Another backup is being made at this moment. Try again later.")


def know(house: House, **known: Any) -> None:
    """Let the server have noted this, by the names of its decisions."""
    with house.app.app_context(), transaction() as session:
        installation.decide(session, known, now=datetime.now(UTC))


def forget_backups(house: House, **instead: Any) -> None:
    """Let there be no backup, and let the server know of none or of what ``instead`` says."""
    for path in (house.data / "backups").glob("*.tar"):
        path.unlink()
    names = (LAST_BACKUP, LAST_COPY, LAST_FAULTS, LAST_DRILL, KNOWN)
    know(house, **{name: instead.get(name) for name in names})


def trouble(house: House, language: str) -> None:
    """Give each language another trouble: no backup, an old one, one that could not be made."""
    now = datetime.now(UTC)
    old = (now - timedelta(days=9)).isoformat()
    last = {"at": old, "path": str(house.data / "backups" / "lms-old.tar"), "sealed": False}
    fault = {"at": now.isoformat(), "sentence": message_facts(BUSY)}
    troubles: dict[str, dict[str, Any]] = {
        "en": {},
        "ar": {LAST_BACKUP: last, LAST_DRILL: {"at": old, "rows": 1, "fault": None}},
        "fr": {LAST_BACKUP: last, LAST_FAULTS: {DAILY: fault}},
    }
    forget_backups(house, **troubles[language])


@contextmanager
def damaged_log(house: House) -> Iterator[None]:
    """Let somebody have changed what the second row of the log says, until the block ends."""

    def write(subject: str) -> str:
        with house.app.app_context(), transaction() as session:
            row = session.get_one(AuditRow, 2)
            before, row.subject = row.subject, subject
        return before

    before = write("nothing to see")
    try:
        yield
    finally:
        write(before)
        know(house, **{LAST_LOOK: None})


def given_up(house: House, key: str) -> None:
    """Let a piece of work have given up."""
    now = datetime.now(UTC)
    with house.app.app_context(), transaction() as session:
        session.add(
            Job(
                kind=LOOK,
                key=f"given up {key}",
                facts={},
                state="failed",
                due_at=now,
                failures=8,
                error="OSError: [Errno 28] No space left on device",
                made_at=now,
                ended_at=now,
            )
        )

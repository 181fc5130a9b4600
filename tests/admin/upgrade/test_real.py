"""With a real database: its log says that an upgrade was done or undone, and stays whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.admin import backup, cli
from lms.admin.backup_plan import BACKUPS
from lms.admin.upgrade import journal, undo
from lms.admin.upgrade.journal import Journal
from lms.audit import chain
from lms.audit.models import AuditRow
from lms.db import reading
from lms.kernel import clock
from lms.settings import Settings
from tests.admin.conftest import rows, stop


def last_row(server: Any) -> tuple[str, str]:
    with server.app_context():
        assert chain.first_bad_row(reading()) is None
        row = reading().scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        return row.action, row.subject


def test_what_is_put_back_is_the_database_as_it_was_and_one_row_of_the_log(
    here: Settings, server: Any
) -> None:
    stop(server)
    path = here.data / "lms.sqlite"
    before = rows(path)
    made = backup.make(here, here.data / BACKUPS, None, now=clock.now(), name="before-upgrade")
    found = Journal(journal.CHANGING, "0.1.0", "0.2.0", "x", made.path.name)
    path.write_bytes(b"half migrated")
    path.with_name("lms.sqlite-wal").write_bytes(b"of the half migrated one")
    for _ in range(2):  # killed in between, it is done again
        undo.put_back(here, found, now=clock.now())
    after = rows(path)
    changed = {name for name, found_rows in after.items() if found_rows != before[name]}
    assert changed == {"audit", "audit_head"}
    assert last_row(server) == ("upgrade.undone", "0.2.0")


def test_the_first_start_writes_it_into_the_log(here: Settings, server: Any) -> None:
    found = Journal(journal.SWITCHED, "0.1.0", "0.2.0", "x", "b.tar")
    journal.write(here.data, found)
    with server.app_context():
        cli._note_upgrade(here, found)
    assert last_row(server) == ("upgrade.done", "0.2.0")
    now = journal.read(here.data)
    assert now is not None
    assert now.state == journal.DONE

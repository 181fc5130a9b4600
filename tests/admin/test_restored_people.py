"""After a restore nobody is signed in who should not be, and no used code opens anything."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts import queries
from lms.accounts.models import Credential, HeldForm, SignIn, Unit
from lms.accounts.queries import Codes
from lms.admin import backup, restore, schema
from lms.admin.restore import Done
from lms.app import create_app
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.settings import Settings
from tests.admin.conftest import NOW, never, stop
from tests.browser import Browser
from tests.people import Cast, add_person, build_places

LATER = NOW + timedelta(days=3)


@pytest.fixture
def staffed(server: Flask) -> dict[str, Cast]:
    """Add two people who are signed in and hold a one-time and a spare code."""
    with server.app_context(), transaction() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "N-01")).one()
        cast = {
            "amina": add_person(session, "Amina Ben Salah", "N-1001", unit, now=NOW),
            "chipo": add_person(session, "Chipo Okello", "N-1002", unit, now=NOW),
        }
        for name, person in cast.items():
            session.add(
                Credential(
                    person_id=person.id,
                    password_hash=None,
                    code_hash=f"first of {name}",
                    code_until=NOW + timedelta(days=90),
                    spare_code_hash=f"spare of {name}",
                    changed_at=NOW,
                )
            )
        session.flush()
        held = session.scalars(select(SignIn.id).where(SignIn.person_id == cast["amina"].id)).one()
        accounts.hold_form(session, held, cast["amina"].id, "/en/home", [("a", "b")], now=NOW)
    return cast


def back_up(here: Settings) -> Path:
    return backup.make(here, here.data / "backups", None, now=NOW).path


def restored(app: Flask, here: Settings, path: Path) -> Done:
    stop(app)
    return restore.restore(here, path, never, now=LATER)


def codes(app: Flask) -> dict[UUID, Codes]:
    with app.app_context():
        found = queries.codes(reading())
    stop(app)
    return found


def test_everybody_signs_in_again(
    server: Flask, here: Settings, staffed: dict[str, Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.kernel.clock.now", lambda: NOW + timedelta(minutes=5))
    assert Browser(server, staffed["amina"]).get("/en/home").status_code == 200
    path = back_up(here)

    done = restored(server, here, path)

    assert done.settled.sessions == 2
    assert Browser(server, staffed["amina"]).get("/en/home").status_code == 401
    with server.app_context():
        ended = reading().execute(select(SignIn.ended_at, SignIn.ended_because)).all()
        assert {tuple(row) for row in ended} == {(LATER, "restored")}
        assert reading().scalars(select(HeldForm)).all() == []
        row = reading().scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        assert (row.action, row.facts) == ("backup.restored", {"sessions": 2, "codes": 0})


def test_codes_that_stand_as_they_stood_go_on(
    server: Flask, here: Settings, staffed: dict[str, Cast]
) -> None:
    path, before = back_up(here), codes(server)

    assert restored(server, here, path).settled.codes == 0
    assert codes(server) == before


def test_a_code_that_was_used_since_the_backup_opens_nothing_any_more(
    server: Flask, here: Settings, staffed: dict[str, Cast]
) -> None:
    path, before = back_up(here), codes(server)
    amina = staffed["amina"].id
    with server.app_context(), transaction() as session:
        token = accounts.open_session(session, amina, "unknown", now=NOW, choosing=True)
        session.flush()
        held = session.scalars(
            select(SignIn.id).where(SignIn.token_hash == accounts.token_hash(token))
        ).one()
        accounts.choose_password(session, held, "a hash", "a new spare", machine="own", now=NOW)

    done = restored(server, here, path)

    assert done.settled.codes == 2  # the first one was used, the spare one replaced
    assert codes(server) == {**before, amina: Codes(None, None)}


def test_on_another_machine_the_codes_of_the_backup_go_on(
    server: Flask, here: Settings, elsewhere: Settings, staffed: dict[str, Cast]
) -> None:
    """Nobody knows there what was used since; docs/backup.md says what to do."""
    path, before = back_up(here), codes(server)

    done = restored(server, elsewhere, path)

    assert (done.settled.sessions, done.settled.codes) == (2, 0)
    made = create_app(elsewhere)
    assert codes(made) == before


def test_codes_of_another_server_are_not_compared(
    server: Flask, here: Settings, elsewhere: Settings, staffed: dict[str, Cast]
) -> None:
    path = back_up(here)
    elsewhere.data.mkdir()
    schema.upgrade(elsewhere.database_url)
    made = create_app(elsewhere)
    with made.app_context(), transaction() as session:
        build_places(session)
    stop(made)

    assert restored(server, elsewhere, path).settled.codes == 0


def test_a_damaged_database_tells_no_codes_and_stops_no_restore(
    server: Flask, here: Settings, staffed: dict[str, Cast]
) -> None:
    path = back_up(here)
    stop(server)
    (here.data / "lms.sqlite").write_bytes(b"not a database" * 1000)

    done = restored(server, here, path)
    assert (done.settled.sessions, done.settled.codes) == (2, 0)


def test_sessions_end_with_an_older_schema_too(
    server: Flask, here: Settings, staffed: dict[str, Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = back_up(here)
    monkeypatch.setattr(schema, "wanted_revision", lambda: "0099")

    done = restored(server, here, path)
    assert (done.settled.sessions, done.settled.recorded) == (2, False)


def test_an_empty_database_has_nobody_to_end(here: Settings, elsewhere: Settings) -> None:
    (here.data / "secret.key").write_bytes(b"x" * 32)
    empty = create_app(here)
    with empty.app_context():
        reading().connection()
    stop(empty)
    path = backup.make(here, here.data / "backups", None, now=NOW).path

    done = restore.restore(elsewhere, path, never, now=LATER)
    assert (done.settled.sessions, done.settled.recorded) == (0, False)

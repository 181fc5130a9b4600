"""A server on the disk: made by the real migrations, with its key, its files and its people."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import installation
from lms.admin import schema, sealed, start
from lms.app import create_app
from lms.certificates.work import ensure_keys
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.settings import Settings
from tests.people import build_places

NOW = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
PASSPHRASE = "four words without sense"


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive keys with the least work: the tests are about our format, not about scrypt."""
    monkeypatch.setattr(sealed, "SCRYPT_N", 16)


@pytest.fixture
def here(settings: Settings) -> Settings:
    """Return the settings of a prepared server on SQLite, whatever the suite runs on."""
    settings.data.mkdir(parents=True, mode=0o700)
    return replace(settings, database_url=f"sqlite:///{settings.data / 'lms.sqlite'}")


@pytest.fixture
def server(here: Settings) -> Any:
    """Return its application; the database is closed when the test ends."""
    schema.upgrade(here.database_url)
    app = create_app(here)
    with app.app_context():
        start.found_site(transaction, here.data, now=NOW)
        with transaction() as session:
            installation.decide(session, {"ready": True, "country": "xx"}, now=NOW)
            build_places(session)
    ensure_keys(here)
    FileStore(here.data / "files").put(b"the paper of a certificate")
    yield app
    stop(app)


@pytest.fixture
def elsewhere(tmp_path: Path, here: Settings) -> Settings:
    """Return the settings of another machine, on which there is nothing yet."""
    data = tmp_path / "elsewhere"
    return replace(
        here,
        data=data,
        database_url=f"sqlite:///{data / 'lms.sqlite'}",
        issuing_key=data / "keys" / "issuing.key",
    )


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Return a folder outside the data folder."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def stop(app: Flask) -> None:
    """Close the database as a server does that stops."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, in an order that does not depend on the file."""
    connection = sqlite3.connect(path)
    try:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names
        }
    finally:
        connection.close()


def never() -> str:
    """Stand for a passphrase that must not be asked for."""
    raise AssertionError("nobody should ask for a passphrase")


Ask = Callable[[], str]

"""The fixtures of the fault runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.admin import sealed
from lms.extensions import db
from tests import postgres
from tests.course import small_course
from tests.faults.forks import QUICK
from tests.faults.station import Station, station
from tests.journeys.house import COURSE, ROOT

__all__ = ["small_course"]


@pytest.fixture
def quick_and_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One course and little scrypt, so that there is time for many kills."""
    monkeypatch.setattr(sealed, "SCRYPT_N", QUICK)
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / COURSE).symlink_to(ROOT / "courses" / COURSE)
    monkeypatch.setenv("LMS_COURSES", str(tmp_path / "courses"))


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Station]:
    """Give a station on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        yield station(tmp_path / "data")
        return
    if postgres.programs() is None:
        pytest.skip("this machine has no PostgreSQL server")
    with postgres.server() as address:
        made = station(tmp_path / "data", f"{address}/postgres")
        yield made
        with made.house.app.app_context():
            db.session.remove()
            db.engine.dispose()

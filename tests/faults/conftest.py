"""The fixtures of the fault runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.extensions import db
from tests import postgres
from tests.course import small_course
from tests.faults.station import Station, station

__all__ = ["small_course"]


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

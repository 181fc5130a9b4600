"""Server and worker speak with nobody but the browsers that come to them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessment import actions
from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.installation import read
from lms.kernel import clock
from lms.learning import actions as learning
from tests.faults.station import Station, station
from tests.journeys.house import ROOT

GUARD = Path(__file__).resolve().parent / "guard"


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    monkeypatch.setenv("PYTHONPATH", f"{GUARD}:{ROOT}")
    monkeypatch.setenv("LMS_GUARD_LOG", str(tmp_path / "left"))
    return station(tmp_path / "data")


def test_the_guard_notices_a_connection(tmp_path: Path) -> None:
    log = tmp_path / "left"
    code = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(GUARD), "LMS_GUARD_LOG": str(log)},
    )
    assert found.returncode != 0
    assert "192.0.2.1" in log.read_text()


def test_nothing_leaves_while_a_server_serves_and_a_worker_issues_a_certificate(
    watched: Station, tmp_path: Path
) -> None:
    house = watched.house
    amina = house.person()
    attempt = house.test(amina)
    with watched.run():
        pass
    with house.app.app_context(), transaction() as session:
        for n, (item, fields) in enumerate(house.right_fields(attempt).items(), 1):
            actions.store_answer(
                session,
                amina.viewer,
                attempt,
                item,
                fields,
                actions.Sending("a" * 16, 0, "en", "script", n),
                now=clock.now(),
            )
        handed = learning.hand_in(session, amina.viewer, attempt, floor=70, now=clock.now())
        assert handed.passed
        certificates.confirm_name(session, amina.viewer, amina.name, None, now=clock.now())
        certificates.award(
            session,
            amina.viewer,
            handed.enrolment_id,
            read(session),
            language="en",
            clock_is_right=True,
            now=clock.now(),
        )
    subprocess.run(
        [sys.executable, "-m", "lms.app", "work", "--idle", "1"],
        env=watched.environment,
        cwd=ROOT,
        check=True,
    )
    with house.app.app_context(), transaction() as session:
        assert session.scalar(select(Certificate.issued_at)) is not None
    assert not (tmp_path / "left").exists()

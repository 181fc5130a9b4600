"""kill -9 in the middle of issuing: no number is lost or given twice, and every paper is made."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import installation
from lms.admin.worker import SMALL
from lms.audit.chain import first_bad_row
from lms.certificates.actions import ISSUE, RING
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.work import ensure_keys
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.kernel import clock
from lms.signing import keys, qr
from lms.signing.verify import Outcome, verify
from tests.certificates.passed import award, confirm, enrol, publish
from tests.people import Places, add_person

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0


def _award(app: Flask, places: Places, count: int) -> None:
    ensure_keys(app.config["LMS"])
    with app.app_context(), transaction() as session:
        publish(session)
        for number in range(count):
            person = add_person(session, "Amina Ben Salah", f"N-5{number:03}", places.northgate)
            enrolment = enrol(session, person)
            confirm(session, person)
            award(session, person, enrolment)


def _start(app: Flask) -> subprocess.Popen[bytes]:
    settings = app.config["LMS"]
    # Nobody else has it: the lease of the one that was killed need not run out.
    with app.app_context(), transaction() as session:
        session.execute(update(Job).values(lease_until=None))
    return subprocess.Popen(
        [sys.executable, "-m", "lms.app", "work", "--idle", "0.3"],
        cwd=ROOT,
        env={
            **os.environ,
            **SMALL,
            "LMS_DATA": str(settings.data),
            "DATABASE_URL": settings.database_url,
        },
        stderr=subprocess.DEVNULL,
    )


def _drawn(app: Flask) -> int:
    with app.app_context():
        try:
            return db.session().scalar(select(func.count(Certificate.number))) or 0
        finally:
            db.session.remove()


def _kill_while_it_issues(app: Flask) -> None:
    """Start a worker, and kill it at a random moment after it has drawn another number."""
    before, until = _drawn(app), time.monotonic() + PATIENCE
    worker = _start(app)
    while worker.poll() is None and _drawn(app) == before:
        assert time.monotonic() < until, "the worker draws no number"
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.12))
    if worker.poll() is None:
        worker.send_signal(signal.SIGKILL)
    worker.wait()


def _check(app: Flask, count: int) -> None:
    with app.app_context():
        session = db.session()
        rows = session.scalars(select(Certificate).order_by(Certificate.number)).all()
        assert [str(row.number)[-5:] for row in rows] == [f"{n:05}" for n in range(1, count + 1)]
        ring = keys.read_ring(installation.setting(session, RING))
        store = FileStore(app.config["LMS"].data / "files")
        for row in rows:
            assert row.issued_at is not None
            holder = session.get_one(CertificateHolder, row.id)
            assert holder.pdf is not None
            assert store.get(holder.pdf).startswith(b"%PDF")
            assert holder.payload is not None
            verdict = verify(qr.text_of(holder.payload), ring, None, clock.now())
            assert verdict.outcome is Outcome.NO_LIST  # genuine; whether withdrawn is not asked
            assert verdict.certificate is not None
            assert verdict.certificate.number == row.number
        papers = set(session.scalars(select(CertificateHolder.pdf)))
        files = {path.name for path in store.folder.rglob("*") if len(path.name) == 64}
        assert files == papers
        assert first_bad_row(session) is None
        waiting = select(func.count()).where(Job.kind == ISSUE, Job.state != "done")
        assert session.scalar(waiting) == 0


def _kill_often(app: Flask, places: Places, kills: int) -> None:
    count = kills * 3 + 2
    _award(app, places, count)
    for _ in range(kills):
        _kill_while_it_issues(app)
    assert _start(app).wait(timeout=PATIENCE) == 0
    _check(app, count)


def test_a_worker_killed_while_it_issues_leaves_no_gap(app: Flask, places: Places) -> None:
    _kill_often(app, places, kills=3)


@pytest.mark.crash
def test_a_worker_killed_very_often_leaves_no_gap(app: Flask, places: Places) -> None:
    _kill_often(app, places, kills=30)

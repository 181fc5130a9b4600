"""A worker for training records, and what it says in the codes that it prints."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.app.jobs import JobSteps
from lms.certificates import work
from lms.certificates.actions import RING
from lms.certificates.transcripts import paper, views
from lms.certificates.transcripts.queries import TRANSCRIPT
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.signing import keys, transcripts
from lms.signing.transcripts import SignedSheet
from tests.browser import Browser
from tests.course import small_course
from tests.people import Cast

__all__ = ["small_course"]

Open = Callable[[Cast | None], Browser]


def run(app: Flask) -> int:
    """Let the worker do what is due."""
    work.ensure_keys(app.config["LMS"])
    with app.app_context():
        return run_due(reading, transaction, JobSteps(), "worker of a test", clock.now)


def jobs(app: Flask) -> list[Job]:
    with app.app_context():
        session = db.session()
        found = list(session.scalars(select(Job).where(Job.kind == TRANSCRIPT).order_by(Job.id)))
        session.expunge_all()
        db.session.remove()
    return found


def pdf_of(app: Flask, job: Job) -> bytes:
    assert job.result is not None
    return FileStore(app.config["LMS"].data / "files").get(job.result["file"])


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "record.pdf"
    path.write_bytes(pdf)
    reply = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True
    )
    return reply.stdout.decode()


@pytest.fixture(autouse=True)
def right_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock be right: the small course is published on a day of its own."""
    monkeypatch.setattr(views, "clock_is_right", lambda *_: True)


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that the codes of each paper are added to."""
    seen: list[str] = []
    render = paper.render

    def spy(transcript: Any, texts: list[str], *rest: Any, **more: Any) -> bytes:
        seen.extend(texts)
        return render(transcript, texts, *rest, **more)

    monkeypatch.setattr(paper, "render", spy)
    return seen


def signed(app: Flask, code: str) -> SignedSheet:
    """Return what a code says, checked with the key list of this server."""
    with app.app_context():
        ring = keys.read_ring(installation.setting(db.session(), RING))
        db.session.remove()
    verdict = transcripts.verify(code, ring, clock.now())
    assert verdict.is_valid, verdict.message
    assert verdict.sheet is not None
    return verdict.sheet

"""Certificates of people in two regions, and a worker for what administrators ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask

from lms.app.jobs import JobSteps
from lms.certificates.models import Certificate
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.admin.people.conftest import Open, halima
from tests.browser import Browser
from tests.certificates.passed import issued
from tests.kept import kept
from tests.people import Cast

__all__ = ["Open", "halima"]

BULK = "/en/administer/certificates/bulk"


@dataclass(frozen=True)
class Papers:
    """Certificates that were issued: Amina's and Chipo's in the north, Daniel's in the south."""

    amina: UUID
    chipo: UUID
    daniel: UUID


@pytest.fixture
@kept
def papers(app: Flask, amina: Cast, chipo: Cast, daniel: Cast) -> Papers:
    return Papers(*(issued(app, person) for person in (amina, chipo, daniel)))


def number_of(app: Flask, certificate_id: UUID) -> str:
    with app.app_context():
        number = db.session().get_one(Certificate, certificate_id).number
        db.session.remove()
    assert number is not None
    return number


def sent(here: Browser, **changes: Any) -> dict[str, Any]:
    """Return what the form of many certificates sends, with a key of its own."""
    page = here.get(BULK).text
    key = re.search(r'name="key"[^>]* value="([^"]+)"', page)
    assert key is not None
    return {
        "unit": "",
        "course": "",
        "since": "",
        "until": "",
        "state": "",
        "numbers": "",
        "output": "zip",
        "key": key[1],
        "go": "make",
        **changes,
    }


def run(app: Flask) -> int:
    """Let the worker do what is due."""
    with app.app_context():
        return run_due(reading, transaction, JobSteps(), "worker of a test", clock.now)


def job_of(app: Flask, location: str) -> Job:
    with app.app_context():
        session = db.session()
        found = session.get_one(Job, int(location.rpartition("/")[2]))
        session.expunge(found)
        db.session.remove()
    return found


def archive_of(app: Flask, location: str) -> ZipFile:
    """Return the zip that a job made."""
    result = job_of(app, location).result
    assert result is not None
    data = FileStore(app.config["LMS"].data / "files").get(result["file"])
    assert len(data) == result["bytes"]
    return ZipFile(BytesIO(data))


Make = Callable[..., str]


@pytest.fixture
def make(app: Flask) -> Make:
    """Return a way to ask for a file as somebody and have it made; gives the job's address."""

    def ask(here: Browser, **changes: Any) -> str:
        reply = here.post(BULK, sent(here, **changes))
        assert reply.status_code == 303, reply.text
        run(app)
        return str(reply.location)

    return ask

"""What the tests of frozen quarters do and read."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.app.jobs import JobSteps
from lms.certificates import work
from lms.db import reading, transaction
from lms.files import FileStore
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.reports.frozen.models import FrozenQuarter
from tests.browser import Browser
from tests.reports.same import Reports, Rows
from tests.reports.steering.learning import GROUPS, LAST

URL = "/en/reports/frozen"


NEW = f"{URL}/new?programme=&quarter={LAST.code}"


def sent(page: str, **more: str) -> dict[str, str]:
    """Return what the form of a page sends."""
    hidden = dict(
        re.findall(r'<input id="\w+" name="(seen|key)" type="hidden" value="([^"]*)"', page)
    )
    assert set(hidden) == {"seen", "key"}, page
    return {**hidden, "first": "en", "second": "ar", **more}


def work_off(app: Flask) -> None:
    """Let the worker do what is due."""
    work.ensure_keys(app.config["LMS"])
    with app.app_context():
        run_due(reading, transaction, JobSteps(), "worker of a test", clock.now)


def freeze(app: Flask, here: Browser, address: str = NEW, **more: str) -> str:
    """Freeze a quarter, or correct a frozen one; return what its job says."""
    page = here.get(address)
    assert page.status_code == 200
    reply = here.post(address, sent(page.text, **more))
    assert reply.status_code == 303, reply.text
    work_off(app)
    with app.app_context():
        job = reading().get_one(Job, int(reply.location.rpartition("/")[2]))
        assert job.state == "done", job.error
        assert job.result is not None
        assert here.get(reply.location).status_code == 200
        return str(job.result["said"])


def rows(app: Flask) -> list[FrozenQuarter]:
    with app.app_context():
        return list(reading().scalars(select(FrozenQuarter).order_by(FrozenQuarter.number)))


def stored(app: Flask, digest: str) -> bytes:
    return FileStore(app.config["LMS"].data / "files").get(digest)


def document(app: Flask, row: FrozenQuarter) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stored(app, row.file))
    return found


def shown(app: Flask, here: Browser, row: FrozenQuarter, name: str) -> Rows:
    return Reports(app, here).shown(f"frozen/{row.id}", name)


def in_file(document: dict[str, Any]) -> list[list[str]]:
    """Return the figures of a file, line by line, as a page shows them."""
    figures = document["figures"]
    lines = [figures["all"], *(each["figures"] for name in GROUPS for each in figures[name])]
    return [["*" if each is None else str(each) for each in line] for line in lines]

"""Sending a file of a draft, and letting the worker read it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask

from lms.authoring.question_files import work as questions
from lms.authoring.translation_sheets import work as sheets
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.browser import Browser

STEPS = {**questions.STEPS, **sheets.STEPS}


def let_read(app: Flask) -> None:
    """Let the worker read what was sent."""
    with app.app_context():
        run_due(reading, transaction, STEPS, "worker of a test", clock.now)


def sent(seat: Browser, path: str, data: bytes, name: str, **fields: object) -> Any:
    """Send a file and return the reply, once the worker has read it."""
    reply = seat.post(
        path, {**fields, "file": (BytesIO(data), name)}, content_type="multipart/form-data"
    )
    return followed(seat, reply)


def followed(seat: Browser, reply: Any) -> Any:
    """Return the page that a reply leads to, once the worker has done what it asked for."""
    if reply.status_code != 303:
        return reply
    let_read(seat.app)
    return seat.get(reply.location)

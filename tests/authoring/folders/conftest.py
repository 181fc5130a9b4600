"""Sending files to the pages of folders, and letting the worker read them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from lms.authoring import work
from lms.content.archive import write_archive
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.browser import Browser
from tests.content.small import small

Files = Mapping[str, bytes]


def zip_of(files: Files | None = None, extra: Files | None = None) -> bytes:
    """Return the zip of a folder, by default that of the small course."""
    return write_archive("small-course", small() if files is None else files, extra)


def sent(data: bytes | None, key: str = "key-1") -> dict[str, object]:
    """Return what the form sends."""
    fields: dict[str, object] = {"key": key}
    if data is not None:
        fields["file"] = (io.BytesIO(data), "course.zip")
    return fields


@pytest.fixture
def worker(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker do what is due."""

    def run() -> int:
        with app.app_context():
            return run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)

    return run


@pytest.fixture
def bring(worker: Callable[[], int]) -> Callable[..., str]:
    """Return a way to send a file and have it read: returns the address of what was found."""

    def go(browser: Browser, path: str, data: bytes, key: str = "key-1") -> str:
        reply = browser.post(path, sent(data, key))
        assert reply.status_code == 303, reply.text
        worker()
        return reply.location

    return go

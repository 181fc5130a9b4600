"""Server, worker and commands write in turns: none waits in vain while another writes a lot."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from lms import installation
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.settings import Settings

pytestmark = pytest.mark.sqlite


@contextmanager
def another_waits(settings: Settings) -> Iterator[None]:
    """Be another process that waits for the database; fails where one does already."""
    lock = os.open(settings.data, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def write(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            installation.decide(session, {"written": True}, now=clock.now())
        db.session.remove()


def written(app: Flask) -> bool:
    with app.app_context():
        try:
            return installation.setting(reading(), "written") is True
        finally:
            db.session.remove()


def test_who_comes_later_lets_the_one_that_waits_go_first(app: Flask, settings: Settings) -> None:
    writer = threading.Thread(target=write, args=(app,))
    with another_waits(settings):
        writer.start()
        writer.join(0.5)  # without turns it would be done by then
        assert not written(app)
    writer.join()
    assert written(app)


def test_while_one_writes_the_next_can_begin_to_wait(app: Flask, settings: Settings) -> None:
    with app.app_context(), transaction(), another_waits(settings):
        pass


def test_a_folder_that_may_not_be_read_is_written_without_turns(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fcntl, "flock", refused)
    write(app)
    assert written(app)

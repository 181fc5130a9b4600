"""A server without any course, and a way to publish one on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring import shipped, work
from lms.authoring.cli import cli
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.voices import spoken_voices
from lms.catalogue.models import Edition
from lms.certificates.work import ensure_keys
from lms.content import folder
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.web.files import file_store
from tests.authoring.writers import Writers, build_writers
from tests.content.small import read, small
from tests.kept import kept
from tests.people import Places

REAL = Path(__file__).parents[2] / "courses"
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


LATER = datetime(2031, 3, 3, tzinfo=UTC)


@dataclass
class Press:
    """Publishes courses; an hour passes between two of them."""

    hours: int = 0

    def __call__(self, files: Mapping[str, bytes] | None = None, nation: str | None = None) -> str:
        """Publish a course and return its edition as people say it: ``1.0``."""
        self.hours += 1
        course = read(small() if files is None else files)
        done = shipped.publish(
            transaction,
            course,
            file_store(),
            nation,
            spoken_voices(),
            now=MONDAY + timedelta(hours=self.hours),
        )
        return done.edition

    def take(self, courses: Path, nation: str | None = None) -> list[shipped.Shipped]:
        """Do what a server does when it starts."""
        self.hours += 1
        return shipped.take(
            transaction,
            courses,
            file_store(),
            nation,
            spoken_voices(),
            now=MONDAY + timedelta(hours=self.hours),
        )


@pytest.fixture
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything happen after the days on which the press of these tests publishes."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def press(session: Session) -> Press:
    """Return a way to publish: ``press(files, nation)``."""
    return Press()


@pytest.fixture
@kept
def writers(app: Flask, places: Places) -> Writers:
    """Return those who work on the small course."""
    with app.app_context(), transaction() as session:
        return build_writers(session, places)


@pytest.fixture
@kept
def published(app: Flask) -> int:
    """Return the id of the published edition of the small course."""
    with app.app_context():
        Press()()
        return reading().scalars(select(Edition.id)).one()


@pytest.fixture
@kept
def draft(app: Flask, writers: Writers, published: int) -> Draft:
    """Return a draft of the small course, begun by its author from the published edition."""
    noon = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        begun = drafts.begin(session, writers.aruzhan.viewer, small(), published, now=noon)
        session.expunge(begun)
        return begun


@pytest.fixture
def sign(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker sign what is due: ``sign()``."""
    ensure_keys(app.config["LMS"])
    return lambda: run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    """Return a folder of courses with the small one in it."""
    folder.write(tmp_path / "courses" / "small-course", small())
    return tmp_path / "courses"


@pytest.fixture
def lms(app: Flask) -> Callable[..., Result]:
    """Return a way to run a command: ``lms("check", path)``."""
    return lambda *words: CliRunner().invoke(
        cli,
        [str(word) for word in words],
        obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False),
    )


def editions(session: Session) -> list[str]:
    """Return every edition of the server, oldest first."""
    session.expire_all()
    rows = session.scalars(select(Edition).order_by(Edition.id))
    return [f"{row.number}.{row.revision}" for row in rows]

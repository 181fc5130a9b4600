"""A small demonstration, built once by the command itself from the real course."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.admin.demo.cli import FEWEST_STAFF, demo
from lms.app import create_app
from lms.extensions import db
from lms.settings import read

COURSES = Path(__file__).resolve().parents[3] / "courses"


@dataclass(frozen=True)
class Demonstration:
    """A built demonstration: its application and its data folder."""

    app: Flask
    data: Path
    staff: int


def run_demo(data: Path, *arguments: str) -> Result:
    """Run ``lms demo --only-build`` on a data folder; the environment is as before afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("LMS_DATA", str(data)),
            ("LMS_DEMO", ""),
            ("DATABASE_URL", ""),
            ("LMS_COURSES", os.environ.get("LMS_COURSES") or str(COURSES)),
        ):
            patch.setenv(name, value)
        made: list[Flask] = []

        def create() -> Flask:
            made.append(create_app())
            return made[-1]

        result = CliRunner().invoke(
            demo, ["--only-build", *arguments], obj=ScriptInfo(create_app=lambda: create())
        )
        for app in made:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    return result


def copied(demonstration: Demonstration, data: Path) -> Path:
    """Copy the data folder, to be changed; return the copy."""
    with demonstration.app.app_context():
        db.session.remove()
        db.engine.dispose()  # what lies beside the database file is written into it
    shutil.copytree(demonstration.data, data)
    return data


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Return the smallest demonstration, as ``make demo`` would build and serve it."""
    data = tmp_path_factory.mktemp("demonstration") / "demo"
    result = run_demo(data, "--staff", str(FEWEST_STAFF))
    assert result.exit_code == 0, (result.output, result.exception)
    app = create_app(read({"LMS_DATA": str(data), "LMS_DEMO": "yes", "LMS_COURSES": str(COURSES)}))
    yield Demonstration(app, data, FEWEST_STAFF)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()

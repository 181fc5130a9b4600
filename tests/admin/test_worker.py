"""The worker is a process of its own and stays small."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lms.admin.worker import LONGEST_PAUSE, SMALL, WorkerKeeper
from lms.app import create_app
from lms.app.jobs import JOBS
from lms.settings import Settings
from tests.admin.conftest import stop

ROOT = Path(__file__).parents[2]
# What only publishing needs, what only pages need, and what only serving needs.
NOT_FOR_PAPERS = (
    "markdown_it", "nh3", "lms.content.html", "wtforms", "lms.desk.views", "lms.admin.banners",
    "lms.admin.start", "lms.admin.housekeeping", "lms.accounts.importing", "lms.web.server",
)  # fmt: skip


def test_the_unit_says_what_the_server_gives_its_child() -> None:
    unit = (ROOT / "deploy" / "lms-worker.service").read_text()

    for name, value in SMALL.items():
        assert f"{name}={value}" in unit
    # The command ``lms`` sets the limits of the web server.
    assert "ExecStart=/opt/lms/.venv/bin/python -P -m lms.app work" in unit


def test_it_shows_no_pages(here: Settings) -> None:
    app = create_app(here, shows_pages=False)
    stop(app)

    assert app.blueprints == {}


def test_what_makes_papers_loads_nothing_else(here: Settings) -> None:
    program = (
        "import sys; from lms.app import cli, create_app; from lms.app.jobs import JobSteps; "
        "app = create_app(shows_pages=False); cli.get_command(None, 'work'); "
        "steps = JobSteps(); steps['certificate.issue'], steps['certificate.withdrawals']; "
        f"print(*[name for name in {NOT_FOR_PAPERS!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"LMS_DATA": str(here.data), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_a_worker_that_falls_all_night_is_still_started_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    keeper: Any = WorkerKeeper(lambda: False, {})
    keeper._falls = 5000
    keeper._child = SimpleNamespace(poll=lambda: 1)
    assert not keeper._is_at_work()
    assert keeper._not_before == 100 + LONGEST_PAUSE


def test_a_worker_that_runs_is_left_alone() -> None:
    keeper: Any = WorkerKeeper(lambda: False, {})
    assert not keeper._is_at_work()
    keeper._child = SimpleNamespace(poll=lambda: None)
    assert keeper._is_at_work()


def test_the_worker_knows_every_kind_of_job_and_where_its_steps_are() -> None:
    kinds: dict[str, str] = {}
    for path in sorted((ROOT / "lms").rglob("*.py")):
        if re.search(r"^STEPS\b", path.read_text("utf-8"), re.MULTILINE):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            kinds |= dict.fromkeys(import_module(name).STEPS, name)
    assert len(kinds) > 10
    assert kinds == JOBS

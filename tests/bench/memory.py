"""Memory of server and worker, time to start, and the room that an installation takes."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

from sqlalchemy import select

from lms import installation
from lms.accounts.models import Identity
from lms.admin.worker import SMALL
from lms.app import create_app
from lms.assessment.models import Attempt
from lms.certificates import actions as certificates
from lms.db import transaction
from lms.extensions import db
from lms.kernel.viewer import Viewer
from lms.learning.models import Progress
from lms.settings import read
from tests.bench.load import Ask, Connection, closed_loop, getting
from tests.bench.saving import savers
from tests.bench.section import Bench, headers
from tests.bench.seed import ROOT, Seeded, lesson_path
from tests.bench.servers import Running, pss
from tests.bench.table import Figure

CERTIFICATES = 50
MB = 1_000_000


async def _load(running: Running, seeded: Seeded, seconds: float) -> float:
    """Open and save for a while with ten clients; return the most memory seen, in MiB."""
    people = seeded.people[:10]
    clients = await savers(running.port, people)
    asks: list[Ask] = []
    for number, person in enumerate(people):
        known = headers(person)
        asks += [
            getting(lesson_path(seeded.lessons[number]), known),
            getting("/en/home", known),
            getting(person.quiz, known),
        ]
    turn = itertools.count()
    most = 0.0

    async def ask(connection: Connection, number: int) -> int:
        nonlocal most
        now = next(turn)
        if now % 50 == 0:
            most = max(most, running.pss())
        if now % 4 == 0:
            return await clients[number].save(connection)
        return await asks[now % len(asks)](connection, number)

    result = await closed_loop(running.port, len(people), ask, seconds=seconds)
    if result.failed:
        raise RuntimeError(f"{result.failed} requests failed")
    return max(most, running.pss())


def _award(seeded: Seeded, folder: Path) -> dict[str, str]:
    """Let people pass and confirm their names in a copy of the folder; return its settings."""
    shutil.copytree(seeded.folder, folder)
    environment = {"LMS_DATA": str(folder), **seeded.settings}
    # What publication asked for (signing editions, the search) was done long before.
    with _work(environment, idle=1) as earlier:
        earlier.wait(timeout=120)
    app = create_app(read(environment))
    now = datetime.now(UTC)
    with app.app_context():
        with transaction() as session:
            site = installation.read(session)
            for person in seeded.people[:CERTIFICATES]:
                attempt = session.get_one(Attempt, person.attempt)
                progress = session.get_one(Progress, attempt.enrolment_id)
                progress.passed_at, progress.percent = now, 90
                name = session.scalar(
                    select(Identity.name).where(Identity.person_id == attempt.person_id)
                )
                viewer = Viewer(attempt.person_id, "en", "B")
                session.flush()
                certificates.confirm_name(session, viewer, name or "", None, now=now)
                certificates.award(
                    session,
                    viewer,
                    attempt.enrolment_id,
                    site,
                    language="en",
                    clock_is_right=True,
                    now=now,
                )
        db.session.remove()
        db.engine.dispose()
    return environment


def _work(environment: dict[str, str], *, idle: int) -> subprocess.Popen[bytes]:
    """Start a worker as the server does; it ends when nothing was due for ``idle`` seconds."""
    return subprocess.Popen(
        [sys.executable, "-m", "lms.app", "work", "--idle", str(idle)],
        env={**os.environ, **environment, **SMALL},
        stdout=subprocess.DEVNULL,
    )


def _worker(environment: dict[str, str]) -> tuple[float, float, int]:
    """Return the most memory of a worker that issues them, its seconds, and the papers made."""
    files = Path(environment["LMS_DATA"]) / "files"
    before = _papers(files)
    began = time.monotonic()
    process = _work(environment, idle=3)
    most, last, made = 0.0, began, 0
    try:
        while process.poll() is None and time.monotonic() - began < 120:
            try:
                most = max(most, pss(process.pid))
            except (OSError, RuntimeError):
                break
            if (now_made := _papers(files) - before) > made:
                made, last = now_made, time.monotonic()
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(timeout=30)
    return most, last - began, made


def _papers(files: Path) -> int:
    return sum(1 for path in files.rglob("*") if path.is_file())


def _installed() -> float:
    """Return the MB on the disk of everything that requirements/run.txt installs, and of lms."""
    text = (ROOT / "requirements" / "run.txt").read_text()
    blocks = 0
    for name in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.M):
        for file in distribution(name).files or ():
            path = Path(str(file.locate()))
            if path.is_file():
                blocks += path.stat().st_blocks
    blocks += sum(path.stat().st_blocks for path in (ROOT / "lms").rglob("*") if path.is_file())
    return blocks * 512 / MB


def run(bench: Bench) -> list[Figure]:
    """Measure server, worker and installation."""
    seeded = bench.seeded
    starts, costs = [], []
    for _ in range(3):
        with bench.lms() as running:
            starts.append(running.started_in)
            costs.append(running.cpu())
    with bench.lms() as running:
        asyncio.run(closed_loop(running.port, 1, getting("/en/", headers()), each=3))
        time.sleep(2)
        idle = running.pss()
        busy = asyncio.run(_load(running, seeded, 3 if bench.quick else 10))
    most, seconds, made = _worker(_award(seeded, bench.folder / "issuing"))
    wheels = ROOT / "wheels"
    size = sum(path.stat().st_size for path in wheels.glob("*.whl")) / MB
    return [
        Figure(
            "start until the first page",
            min(starts),
            "s",
            1.2,
            0.8,
            note=f"{min(costs):.2f} s of CPU",
        ),
        Figure("server idle", idle, "MiB", 80, 70),
        Figure("server under load", busy, "MiB", 100, 90),
        Figure(
            "worker while it issues certificates",
            most,
            "MiB",
            80,
            note=f"{made} files in {seconds:.1f} s",
        ),
        Figure("worker with nothing to do", 0, "MiB", 0, note="it ends after a minute"),
        Figure("installed", _installed(), "MB", 240, note="requirements/run.txt and lms"),
        Figure(
            "wheels",
            size if wheels.exists() else None,
            "MB",
            70,
            note="" if wheels.exists() else "no folder wheels: see make bundle",
        ),
    ]

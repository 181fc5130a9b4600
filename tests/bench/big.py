"""A course of 100 lessons and 1,000 items: what writers, the worker and learners feel of it.

The course is brought as a zip, checked and approved in a browser's way; a worker publishes it while
learners read and save. On a copy of the folder another worker is killed in the middle, and what
the next one makes of it is compared row by row.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from lms.accounts.models import Unit
from lms.app import create_app
from lms.catalogue.models import HIDDEN
from lms.content.archive import write_archive
from lms.db import transaction
from lms.extensions import db
from lms.settings import read
from tests.authoring.writers import with_roles
from tests.bench.big_course import BIG_SLUG, COURSE_ID, big_course, shipped
from tests.bench.load import Connection, Result, closed_loop, getting
from tests.bench.saving import savers
from tests.bench.seat import Seat
from tests.bench.section import Bench, headers
from tests.bench.seed import Seeded, lesson_path
from tests.bench.servers import Running
from tests.bench.table import Figure
from tests.bench.watch import Seen, Worker
from tests.people import add_person

# Every page of a draft: name, address inside the draft.
PAGES = {
    "editor, lesson": "/text/en/BG-3.2.md",
    "editor, lesson in Arabic": "/text/ar/BG-3.2.md",
    "editor, bank of 100 items": "/text/en/bank/BG-3.md",
    "preview": "/preview/en/BG-3.2",
    "preview in Arabic": "/preview/ar/BG-3.2",
    "overview": "",
    "questions": "/questions",
    "a question": "/questions/BG-3-017",
    "blueprint": "/questions/blueprint",
    "translations": "/translate",
    "translations into Arabic": "/translate/ar",
    "a translation side by side": "/translate/ar/BG-3.2",
    "what changed": "/changes",
    "files": "/files?in=en",
    "check page": "/review",
}
READ, CHECK, PUBLISH = "packages.read", "drafts.check", "drafts.publish"
AFTER = ("editions.sign", "search.index")  # what a publication asks for
# Milliseconds of CPU, seconds, MiB (200 MB), milliseconds.
MOST_PAGE, MOST_SECONDS, MOST_MEMORY, MOST_P95 = 150, 60, 190, 250
LEARNERS = 10
PATIENCE = 900.0
KILLED_AFTER = 5  # steps
ROWS = ("edition_item", "edition_item_text", "edition_text", "edition_lesson", "edition_picture")
STATE = re.compile(r'name="state" value="([0-9a-f]{64})"')
Figures = list[Figure]


def _writers(seeded: Seeded) -> tuple[str, str]:
    """Add an author and a publisher of the course; return their sessions."""
    with create_app(read({"LMS_DATA": str(seeded.folder), **seeded.settings})).app_context():
        with transaction() as session:
            place = session.scalars(select(Unit).where(Unit.kind == "facility").limit(1)).one()
            found = [
                with_roles(
                    session, add_person(session, name, number, place), role, course=COURSE_ID
                ).token
                for name, number, role in (
                    ("Aruzhan Seitova", "W-0001", "author"),
                    ("Peter Okello", "W-0002", "publisher"),
                )
            ]
        db.session.remove()
        db.engine.dispose()
    return found[0], found[1]


async def _brought(running: Running, token: str) -> str:
    """Send the course as the zip of a folder; return the address of what the worker says of it."""
    seat = Seat(token, Connection(running.port))
    zipped = write_archive(BIG_SLUG, big_course(shipped()))
    return await seat.send("/en/write/from-file", {"key": secrets.token_hex(16)}, zipped)


async def _pages(running: Running, token: str, draft: str, rounds: int) -> Figures:
    """Measure every page of the draft; the first two looks load what they need."""
    figures = []
    for name, path in PAGES.items():
        ask = getting(f"{draft}{path}", headers(None, Cookie=f"sid={token}"))
        await closed_loop(running.port, 1, ask, each=2)
        before = running.cpu()
        result = await closed_loop(running.port, 1, ask, each=rounds)
        if result.failed:
            raise RuntimeError(f"{name} failed")
        cost = (running.cpu() - before) / rounds * 1000
        figures.append(Figure(f"CPU, {name}", cost, "ms", MOST_PAGE))
    return figures


async def _approved(running: Running, author: str, publisher: str, draft: str) -> None:
    """Ask for approval, and approve, as two people do on the check page."""
    for token, verb in ((author, "ask"), (publisher, "approve")):
        seat = Seat(token, Connection(running.port))
        state = STATE.search(await seat.page(f"{draft}/review"))
        if state is None:
            raise RuntimeError(f"the check page offers no way to {verb}")
        await seat.send(f"{draft}/review/{verb}", {"state": state[1], "note": "A large course."})


async def _learning(running: Running, seeded: Seeded, seconds: float) -> tuple[Result, Result]:
    """Let ten people read lessons and ten others save answers for a while."""
    people = seeded.people[:LEARNERS]
    clients = await savers(running.port, people)
    reading = [
        getting(lesson_path(each), headers(person))
        for each, person in zip(seeded.lessons, people, strict=False)
    ]

    async def read_on(connection: Connection, number: int) -> int:
        return await reading[number % len(reading)](connection, number)

    async def save(connection: Connection, number: int) -> int:
        return await clients[number].save(connection)

    return await asyncio.gather(
        closed_loop(running.port, LEARNERS, read_on, seconds=seconds, think=(0.3, 0.7)),
        closed_loop(running.port, LEARNERS, save, seconds=seconds, think=(0.3, 0.7)),
    )


def _felt(when: str, found: list[tuple[Result, Result]], bar: float | None) -> Figures:
    figures = []
    for name, results in zip(("a lesson", "an answer"), zip(*found, strict=True), strict=True):
        whole = Result(
            [each for result in results for each in result.seconds],
            sum(result.wall for result in results),
            sum(result.failed for result in results),
        )
        note = f"p50 {whole.median:.1f}, longest {whole.quantile(1):.0f} ms"
        figures.append(Figure(f"{name}, p95, {when}", whole.quantile(0.95), "ms", bar, note=note))
        figures.append(Figure(f"failed of these {len(whole.seconds)}", whole.failed, "", 0))
    return figures


def _worked(seen: Seen, *kinds: str) -> Figures:
    """Say what the worker took for each kind of job."""
    return [
        Figure(
            f"worker, {kind}",
            seen.most[kind],
            "MiB",
            MOST_MEMORY,
            note=f"{seen.cpu[kind]:.1f} s of CPU, {seen.wall[kind]:.1f} s",
        )
        for kind in kinds
        if kind in seen.most
    ]


def _prepared(bench: Bench, seeded: Seeded) -> Figures:
    """Bring the course, look at its pages, check it, ask for approval and give it."""
    author, publisher = _writers(seeded)
    environment = {"LMS_DATA": str(seeded.folder), **seeded.settings}
    with bench.lms(seeded) as running:
        brought = asyncio.run(_brought(running, author))
        figures = _worked(Worker(environment, running.pid).finished(PATIENCE), READ)
        before = running.cpu()
        draft = asyncio.run(_sent(running, author, f"{brought}/begin"))
        begun = (running.cpu() - before) * 1000
        figures.append(Figure("CPU, a draft begins with the file", begun, "ms"))
        figures += asyncio.run(_pages(running, author, draft, 3 if bench.quick else 10))
        asyncio.run(_sent(running, author, f"{draft}/review/check"))
        seen = Worker(environment, running.pid).finished(PATIENCE)
        most = max(seen.server, running.pss())
        asyncio.run(_approved(running, author, publisher, draft))
    return [
        *figures,
        *_worked(seen, CHECK),
        Figure("server, while somebody writes", most, "MiB", MOST_MEMORY),
    ]


async def _sent(running: Running, token: str, path: str) -> str:
    return await Seat(token, Connection(running.port)).send(path, {})


def _published(bench: Bench, seeded: Seeded) -> Figures:
    """Publish beside learners."""
    environment = {"LMS_DATA": str(seeded.folder), **seeded.settings}
    with bench.lms(seeded) as running:
        before = [asyncio.run(_learning(running, seeded, 5 if bench.quick else 15))]
        worker = Worker(environment, running.pid)
        meanwhile = []
        while worker.works:
            meanwhile.append(asyncio.run(_learning(running, seeded, 2)))
        seen = worker.finished(PATIENCE)
    return [
        Figure(
            "publication",
            seen.wall.get(PUBLISH, 0.0),
            "s",
            MOST_SECONDS,
            note=f"{seen.cpu.get(PUBLISH, 0.0):.1f} s of CPU",
        ),
        *_worked(seen, PUBLISH, *AFTER),
        Figure("server meanwhile", seen.server, "MiB", MOST_MEMORY),
        *_felt("before", before, None),
        *_felt("while it is published", meanwhile, MOST_P95),
    ]


def _killed(seeded: Seeded) -> tuple[bool, int]:
    """Kill the worker in the middle of publishing and let another go on; return whether it was."""
    environment = {"LMS_DATA": str(seeded.folder), **seeded.settings}
    was = Worker(environment).killed_after(PUBLISH, KILLED_AFTER, PATIENCE)
    with closing(sqlite3.connect(seeded.folder / "lms.sqlite")) as database, database:
        # Nobody else has it: the lease of the one that was killed need not run out.
        database.execute("UPDATE job SET lease_until = NULL")
    seen = Worker(environment).finished(PATIENCE)
    return was, seen.steps.get(PUBLISH, 0) + 1


def rows_of(data: Path) -> dict[str, str]:
    """Return a digest of the rows of the course's editions, table by table."""
    with closing(sqlite3.connect(f"file:{data / 'lms.sqlite'}?mode=ro", uri=True)) as database:
        edition = database.execute(
            "SELECT id FROM edition WHERE course_id = ? AND number > ?", (COURSE_ID, HIDDEN)
        ).fetchall()
        if len(edition) != 1:
            raise RuntimeError(f"there are {len(edition)} editions of {COURSE_ID}")
        found = {}
        for table in ROWS:
            rows = database.execute(f"SELECT * FROM {table} WHERE edition_id = ?", edition[0])
            lines = sorted(map(repr, rows))
            found[table] = f"{len(lines)} {sha256(''.join(lines).encode()).hexdigest()}"
    return found


def run(bench: Bench) -> Figures:
    """Write, check, publish; publish once more on a copy with a kill in between."""
    shutil.copytree(bench.seeded.folder, bench.folder / "big")
    seeded = replace(bench.seeded, folder=bench.folder / "big")
    figures = _prepared(bench, seeded)
    other = replace(seeded, folder=bench.folder / "big-killed")
    shutil.copytree(seeded.folder, other.folder)
    figures += _published(bench, seeded)
    killed, steps = _killed(other)
    whole, resumed = rows_of(seeded.folder), rows_of(other.folder)
    differ = sum(whole[table] != resumed[table] for table in ROWS)
    note = f"killed after step {KILLED_AFTER}, {steps} in all" if killed else "it was not killed"
    return [
        *figures,
        Figure(
            "tables that differ after a killed worker", differ if killed else 1, "", 0, note=note
        ),
    ]

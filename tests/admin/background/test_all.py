"""/<language>/administer/jobs/all: the work of the whole server"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.admin.background.words import FAILURES, KINDS, OTHER_FAILURE, failure
from lms.app.jobs import JOBS
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from tests.admin.background.conftest import Open
from tests.people import Cast

URL = "/en/administer/jobs/all"


@pytest.fixture
def work(app: Flask, amina: Cast) -> dict[str, int]:
    """Return the jobs of a server by what became of them."""
    now = clock.now()
    with app.app_context(), transaction() as session:
        gave_up = jobs.ask(session, "integrity.check", "1", now=now)
        gave_up.state, gave_up.error = "failed", "OSError: [Errno 28] No space left on device"
        gave_up.ended_at = now
        runs = jobs.ask(session, "reports.export", "2", now=now, asked_by=amina.id)
        runs.done_units, runs.total_units = 3, 8
        waits = jobs.ask(session, "backup.make", "3", now=now, due_at=now + timedelta(days=1))
        done = jobs.ask(session, "search.index", "4", now=now)
        done.state, done.ended_at = "done", now
        session.flush()
        return {"failed": gave_up.id, "runs": runs.id, "waits": waits.id, "done": done.id}


def state(app: Flask, job_id: int) -> str:
    with app.app_context():
        return reading().get_one(Job, job_id).state


def test_all_work_is_listed_with_who_asked_and_what_is_wrong_first(
    browser: Open, halima: Cast, work: dict[str, int]
) -> None:
    page = browser(halima).get(URL).text
    places = [
        page.index(words)
        for words in (
            "Looking through the database",
            "File of a report",
            "Making a backup",
            "Building the index of the search",
        )
    ]
    assert places == sorted(places)
    assert "✕ Could not be finished" in page
    assert "The disk of the server is full." in page
    assert "Errno 28" in page
    assert "Amina Ben Salah" in page
    assert "3/8" in page
    assert "Waits until" in page


def test_what_gave_up_goes_on_and_the_log_knows_who_let_it(
    app: Flask, browser: Open, halima: Cast, work: dict[str, int]
) -> None:
    here = browser(halima)
    for _ in range(2):
        assert here.post(f"{URL}/{work['failed']}/resume").location == URL
    assert state(app, work["failed"]) == "waiting"
    with app.app_context():
        found = reading().execute(
            select(AuditRow.actor_id, AuditRow.subject).where(AuditRow.action == "job.resumed")
        )
        assert [tuple(row) for row in found] == [(halima.id, str(work["failed"]))]


def test_what_somebody_asked_for_is_stopped_and_the_servers_own_work_is_not(
    app: Flask, browser: Open, halima: Cast, work: dict[str, int]
) -> None:
    here = browser(halima)
    for _ in range(2):
        assert here.post(f"{URL}/{work['runs']}/stop").status_code == 303
    assert state(app, work["runs"]) == "stopped"
    assert "! Stopped" in here.get(URL).text
    assert here.post(f"{URL}/{work['waits']}/stop").status_code == 404
    assert state(app, work["waits"]) == "waiting"
    assert here.post(f"{URL}/999/stop").status_code == 404


def test_what_is_done_stays_done(
    app: Flask, browser: Open, halima: Cast, work: dict[str, int]
) -> None:
    browser(halima).post(f"{URL}/{work['done']}/resume")
    assert state(app, work["done"]) == "done"


def test_it_is_for_the_office_alone(
    app: Flask, browser: Open, halima: Cast, grace: Cast, amina: Cast, work: dict[str, int]
) -> None:
    for person in (grace, amina):
        here = browser(person)
        assert here.get(URL).status_code == 404
        for step in ("stop", "resume"):
            assert here.post(f"{URL}/{work['failed']}/{step}").status_code == 404
    assert state(app, work["failed"]) == "failed"
    assert browser(None).get(URL).status_code == 401
    assert URL in browser(halima).get("/en/administer/jobs").text
    assert URL not in browser(grace).get("/en/administer/jobs").text


def test_an_idle_server_says_so(browser: Open, halima: Cast) -> None:
    assert "Nothing waits." in browser(halima).get(URL).text


def test_every_kind_of_work_has_a_name() -> None:
    assert set(JOBS) <= set(KINDS)


@pytest.mark.parametrize(
    ("error", "place"),
    [
        ("OSError: [Errno 28] No space left on device", 0),
        ("OperationalError: database is locked", 1),
        ("BackupBusyError: Another backup is being made at this moment.", 1),
        ("PermissionError: [Errno 13] Permission denied: '/x'", 2),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/x'", 3),
        ("KeyError: 'courses.dream'", 4),
        ("MemoryError: ", 5),
        ("OperationalError: connection refused", 6),
        ("DatabaseError: database disk image is malformed", 7),
    ],
)
def test_a_failure_is_said_in_words(error: str, place: int) -> None:
    assert failure(error) == FAILURES[place][1]
    assert failure("ZeroDivisionError: division by zero") == OTHER_FAILURE

"""/<language>/administer/jobs/<id>: how far one's own work is"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.db import transaction
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from tests.admin.background.conftest import Open
from tests.people import Cast

URL = "/en/administer/jobs"
LACKING = "FileNotFoundError: There is no signing key at /srv/keys/issuing.key."


@pytest.fixture
def job_id(app: Flask, halima: Cast) -> int:
    """Return work that Halima has asked for, which runs."""
    with app.app_context(), transaction() as session:
        job = jobs.ask(session, "reports.evidence", "1", now=clock.now(), asked_by=halima.id)
        job.total_units = 1
        session.flush()
        return job.id


def change(app: Flask, job_id: int, **facts: object) -> None:
    with app.app_context(), transaction() as session:
        job = session.get_one(Job, job_id)
        for name, value in facts.items():
            setattr(job, name, value)


def test_work_that_runs_says_how_far_it_is_and_looks_again(
    browser: Open, halima: Cast, job_id: int
) -> None:
    reply = browser(halima).get(f"{URL}/{job_id}")
    assert "Running" in reply.text
    assert "0 of 1 done" in reply.text
    assert reply.headers["Refresh"] == "5"


@pytest.mark.parametrize(
    ("error", "why"),
    [(LACKING, "A file that it needs is no longer there."), ("ValueError: x", "")],
)
def test_work_that_failed_once_says_so_why_and_when_it_is_tried_again(
    app: Flask, browser: Open, halima: Cast, job_id: int, error: str, why: str
) -> None:
    later = clock.now() + timedelta(minutes=4)
    change(app, job_id, error=error, failures=3, due_at=later)
    here = browser(halima)
    reply = here.get(f"{URL}/{job_id}")
    assert "Waits for another try" in reply.text
    assert "Running" not in reply.text
    assert "The last try did not work. The next one begins by itself at " in reply.text
    assert why in reply.text
    assert "issuing.key" not in reply.text
    assert reply.headers["Refresh"] == "5"  # the page does not stand still until then
    for listed in (here.get(URL), here.get(f"{URL}/all")):
        assert "Waits for another try" in listed.text
        assert "Running" not in listed.text.replace("Waiting or running", "")


def test_work_that_gave_up_says_why_and_goes_on_when_asked(
    app: Flask, browser: Open, halima: Cast, job_id: int
) -> None:
    change(app, job_id, state="failed", error=LACKING, ended_at=clock.now())
    here = browser(halima)
    reply = here.get(f"{URL}/{job_id}")
    assert "Could not be finished" in reply.text
    assert "A file that it needs is no longer there. Something was in the way." in reply.text
    assert "Refresh" not in reply.headers
    assert here.post(f"{URL}/{job_id}/resume").location == f"{URL}/{job_id}"
    assert "Running" in here.get(f"{URL}/{job_id}").text


def test_work_of_somebody_else_is_not_found(browser: Open, grace: Cast, job_id: int) -> None:
    assert browser(grace).get(f"{URL}/{job_id}").status_code == 404

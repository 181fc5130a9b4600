"""What a person must hold, on their first page and on the page of the course."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Unit
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment
from tests.browser import Browser
from tests.certificates.passed import confirm, run_worker
from tests.course import SmallCourse, publish_small
from tests.desk.paths import award
from tests.people import Cast
from tests.requirements.test_queries import required

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene"


def ask_for(app: Flask, course: str = "C90", **changes: object) -> None:
    """Require a course of everybody in the country since two years ago."""
    with app.app_context(), transaction() as session:
        country = session.scalars(select(Unit.id).where(Unit.kind == "country")).one()
        since = clock.now().date() - timedelta(days=700)
        required(session, country, course, starts_on=since, **changes)


@pytest.fixture
def certified(app: Flask, small_course: SmallCourse, amina: Cast) -> SmallCourse:
    """Let Amina hold a certificate of thirteen months ago that counts for eleven more."""
    small_course.pass_it(amina, now=clock.now() - timedelta(days=395))
    with app.app_context(), transaction() as session:
        confirm(session, amina)
    award(app, amina)
    run_worker(app)
    return small_course


def test_what_is_required_comes_before_the_first_course_of_the_list(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    publish_small(app, course_id="C91", slug="kitchen")
    ask_for(app, "C91", grace_days=0)
    page = browser(amina).get("/en/home").text
    lead = page.split('id="go-on"')[0]
    assert "Required next" in lead
    assert 'class="btn" href="/en/courses/kitchen">Open the course' in page
    day = re.search(r"was due by ([^<]+)<", page)
    assert day is not None


def test_a_refresher_that_is_due_before_the_certificate_ends_can_be_taken(
    app: Flask, browser: Open, amina: Cast, certified: SmallCourse
) -> None:
    here = browser(amina)
    assert "Renew it" not in here.get(URL).text
    assert here.post(f"{URL}/renewal").status_code == 409
    ask_for(app, kind="refresher", interval_months=12)
    home = here.get("/en/home").text
    assert "Overdue" in home
    assert "Now it is to be renewed" in home
    page = here.get(URL).text
    assert "What you hold is to be renewed by" in page
    assert 'class="btn">Renew it' in page
    assert 'class="btn alt"' in page
    assert here.post(f"{URL}/renewal").status_code == 303
    page = here.get(URL).text
    assert "Go to the final test" in page
    # The certificate of before is no step of the renewal, and its test asks for no lesson.
    assert "Open the certificate" not in page
    assert "0 of 4 lessons are finished" not in page
    home = here.get("/en/home").text
    assert "/tests/post" in home
    assert "0 of 4" not in home


def test_a_refresher_that_is_not_yet_due_opens_nothing(
    app: Flask, browser: Open, amina: Cast, certified: SmallCourse
) -> None:
    ask_for(app, kind="refresher", interval_months=18)
    here = browser(amina)
    assert "Renew it" not in here.get(URL).text
    assert here.post(f"{URL}/renewal").status_code == 409
    with app.app_context():
        assert len(db.session().scalars(select(Enrolment)).all()) == 1

"""POST /<language>/courses/<slug>/renewal: a new enrolment whose test comes first"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assessment.models import Attempt
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment, Progress
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene"


def enrolments(app: Flask, person: Cast) -> list[tuple[Enrolment, Progress]]:
    with app.app_context():
        session = db.session()
        rows = session.execute(
            select(Enrolment, Progress)
            .join(Progress, Progress.enrolment_id == Enrolment.id)
            .where(Enrolment.person_id == person.id)
            .order_by(Enrolment.made_at, Enrolment.id)
        ).all()
        session.expunge_all()
        return [(row[0], row[1]) for row in rows]


@pytest.fixture
def long_ago(app: Flask, small_course: SmallCourse, amina: Cast) -> datetime:
    """Let Amina have passed so long ago that the pass ends within a month; return when."""
    when = clock.now() - timedelta(days=700)
    small_course.pass_it(amina, now=when)
    ends = clock.now().date() + timedelta(days=20)
    with app.app_context(), transaction() as session:
        session.scalars(select(Progress)).one().valid_through = ends
    return when


def test_a_pass_says_from_which_day_and_until_when_it_counts(
    app: Flask, small_course: SmallCourse, amina: Cast
) -> None:
    small_course.pass_it(amina, now=datetime(2026, 3, 14, 10, tzinfo=clock.now().tzinfo))
    ((_, progress),) = enrolments(app, amina)
    assert progress.held_from == date(2026, 3, 14)
    assert progress.valid_through == date(2028, 3, 14)


def test_it_opens_the_test_without_a_lesson_and_touches_nothing_of_before(
    app: Flask, browser: Open, small_course: SmallCourse, amina: Cast, long_ago: datetime
) -> None:
    here = browser(amina)
    assert "Renew it" in here.get(URL, most_queries=8).text
    for _ in range(2):
        reply = here.post(f"{URL}/renewal")
        assert (reply.status_code, reply.location) == (303, URL)
    former, renewed = enrolments(app, amina)
    assert (former[0].closed_because, former[1].passed_at is not None) == ("renewed", True)
    assert (renewed[0].renews_id, renewed[0].closed_at) == (former[0].id, None)
    assert "Go to the final test" in here.get(URL, most_queries=8).text


def test_passing_the_refresher_renews(
    app: Flask, browser: Open, small_course: SmallCourse, amina: Cast, long_ago: datetime
) -> None:
    browser(amina).post(f"{URL}/renewal")
    attempt = small_course.sit(amina, right=True)
    renewed = enrolments(app, amina)[-1][1]
    today = clock.now().date()
    assert renewed.held_from == today
    assert renewed.valid_through is not None
    assert renewed.valid_through > today
    with app.app_context():
        assert db.session().get_one(Attempt, attempt).test == "refresher"


def test_failing_it_asks_for_the_failed_modules_only_and_the_final_test_follows(
    app: Flask, browser: Open, small_course: SmallCourse, amina: Cast, long_ago: datetime
) -> None:
    here = browser(amina)
    here.post(f"{URL}/renewal")
    yesterday = clock.now() - timedelta(days=2)
    small_course.sit(amina, right=False, now=yesterday)
    assert "read the lessons of the modules that you missed" in here.get(URL, most_queries=8).text
    for lesson in small_course.lessons:
        here.post(f"{URL}/{lesson}/completion")
    for lesson in small_course.lessons:
        here.post(f"{URL}/{lesson}/completion")
    attempt = small_course.start(amina)
    with app.app_context():
        assert db.session().get_one(Attempt, attempt).test == "post"


def test_it_is_refused_while_the_pass_counts_for_long(
    app: Flask, browser: Open, small_course: SmallCourse, amina: Cast
) -> None:
    small_course.pass_it(amina)
    reply = browser(amina).post(f"{URL}/renewal")
    assert reply.status_code == 409
    assert "can be renewed in the last" in reply.text
    assert len(enrolments(app, amina)) == 1


def test_it_is_refused_before_a_pass(
    app: Flask, browser: Open, small_course: SmallCourse, amina: Cast
) -> None:
    small_course.begin(amina)
    assert browser(amina).post(f"{URL}/renewal").status_code == 409


def test_nobody_renews_for_somebody_else_and_nothing_that_is_not_there(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    small_course: SmallCourse,
    long_ago: datetime,
) -> None:
    assert browser(chipo).post(f"{URL}/renewal").status_code == 404
    assert browser(amina).post("/en/courses/none/renewal").status_code == 404
    assert browser(None).post(f"{URL}/renewal").status_code == 401
    # Reading the address is asking for a lesson of that name.
    assert browser(amina).get(f"{URL}/renewal").status_code == 404
    assert len(enrolments(app, amina)) == 1


def test_home_goes_back_to_a_renewal_whose_test_is_open(
    browser: Open, small_course: SmallCourse, amina: Cast, long_ago: datetime
) -> None:
    browser(amina).post(f"{URL}/renewal")
    attempt = small_course.start(amina)
    assert f'href="/en/tests/{attempt}"' in browser(amina).get("/en/home").text

"""Which programme an enrolment gets when it is made."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import SERVER
from lms.catalogue.models import Programme
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.db import transaction
from lms.extensions import db
from lms.kernel.errors import Refused
from lms.learning import actions
from lms.learning.models import Enrolment, Progress
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

JUNE = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 1), date(2026, 9, 30)


def add(app: Flask, code: str, course_id: str | None, ends_on: date | None = LAST) -> UUID:
    with app.app_context(), transaction() as session:
        new = Details({"en": code.title()}, FIRST, ends_on)
        made = programmes.add(session, SERVER, code, "programme", new, now=JUNE)
        chosen = [course_id] if course_id else []
        programmes.choose_courses(session, SERVER, code, chosen, now=JUNE)
    return made


def enrolled(app: Flask) -> list[UUID | None]:
    """The programme of every enrolment, in the order of the people's service numbers."""
    ask = (
        select(Enrolment.programme_id)
        .join(Identity, Identity.person_id == Enrolment.person_id)
        .order_by(Identity.service_number)
    )
    with app.app_context():
        return list(db.session().scalars(ask))


def test_who_begins_by_themselves_learns_for_the_one_running_programme(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    health = add(app, "health", small_course.id)
    add(app, "another", None)
    for _ in range(2):
        small_course.begin(amina, now=JUNE)
    assert enrolled(app) == [health]


def test_of_two_running_programmes_none_is_guessed(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    add(app, "health", small_course.id)
    add(app, "another", small_course.id)
    small_course.begin(amina, now=JUNE)
    assert enrolled(app) == [None]


@pytest.mark.parametrize(
    "moment", [datetime(2026, 2, 28, 9, 0, tzinfo=UTC), datetime(2026, 10, 1, 9, 0, tzinfo=UTC)]
)
def test_outside_of_its_period_a_programme_gets_nobody(
    app: Flask, amina: Cast, small_course: SmallCourse, moment: datetime
) -> None:
    add(app, "health", small_course.id)
    small_course.begin(amina, now=moment)
    assert enrolled(app) == [None]


def test_the_day_is_that_of_the_country(
    app: Flask, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    """At 20:00 in Greenwich on the last day it is the day after in Almaty."""
    health = add(app, "health", small_course.id)
    evening = datetime(2026, 9, 30, 20, 0, tzinfo=UTC)
    small_course.begin(amina, now=evening)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=JUNE)
    small_course.begin(chipo, now=evening)
    assert enrolled(app) == [health, None]


def test_what_the_office_enrolled_before_keeps_its_programme_when_it_is_begun(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    chosen = add(app, "health", small_course.id)
    add(app, "another", small_course.id)
    with app.app_context(), transaction() as session:
        actions.enrol(
            session,
            amina.id,
            small_course.id,
            route="list",
            by=SERVER,
            now=JUNE,
            programme_id=chosen,
        )
    small_course.begin(amina, now=JUNE)
    assert enrolled(app) == [chosen]


def test_what_was_begun_keeps_its_programme_when_the_course_leaves_it(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    health = add(app, "health", small_course.id)
    small_course.begin(amina, now=JUNE)
    with app.app_context(), transaction() as session:
        programmes.choose_courses(session, SERVER, "health", [], now=JUNE)
    assert enrolled(app) == [health]


def test_a_renewal_is_for_the_programme_that_runs_then(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    former = add(app, "health", small_course.id)
    small_course.pass_it(amina, now=JUNE)
    with app.app_context(), transaction() as session:
        later = session.scalars(select(Progress)).one().valid_through
        assert later is not None
        new = Details({"en": "The next one"}, later, None)
        following = programmes.add(session, SERVER, "next", "programme", new, now=JUNE)
        programmes.choose_courses(session, SERVER, "next", [small_course.id], now=JUNE)
        moment = datetime.combine(later, time(9), UTC)
        actions.renew(session, amina.viewer, small_course.slug, now=moment)
    assert set(enrolled(app)) == {former, following}


def test_a_programme_to_which_the_course_does_not_belong_is_refused(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    other = add(app, "another", None)
    with app.app_context(), pytest.raises(Refused, match="does not belong"):  # noqa: SIM117
        with transaction() as session:
            actions.enrol(
                session,
                amina.id,
                small_course.id,
                route="list",
                by=SERVER,
                now=JUNE,
                programme_id=other,
            )
    assert enrolled(app) == []


def test_the_person_reads_for_which_programme_they_learn(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    add(app, "health", small_course.id)
    small_course.begin(amina, now=JUNE)
    assert "Programme: Health" in Browser(app, amina).get("/en/my-data", most_queries=12).text
    with app.app_context(), transaction() as session:
        session.execute(update(Programme).values(titles={"fr": "Santé"}))
    assert "Programme: Santé" in Browser(app, amina).get("/en/my-data", most_queries=12).text

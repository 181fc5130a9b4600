"""GET /<language>/administer/programmes"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from lms.accounts.rules import SERVER
from lms.catalogue.models import Programme
from lms.catalogue.programmes import actions
from lms.catalogue.programmes.actions import Details
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.viewer import Role, Viewer
from lms.learning import actions as learning
from lms.learning.models import Enrolment
from lms.learning.queries import people_of_programmes
from tests.admin.programmes.conftest import BASE, Open, today
from tests.course import publish_small, set_access
from tests.people import Cast, Places


def test_it_lists_programmes_with_kind_period_and_state(
    browser: Open, halima: Cast, health: str, pilot: str
) -> None:
    text = browser(halima).get(BASE).text
    for shown in ("Health in prisons", "running", "A second test", "Pilot", "planned"):
        assert shown in text
    assert "Add a programme" in text


def test_an_empty_list_says_that_none_is_needed(browser: Open, halima: Cast) -> None:
    assert "There is no programme yet" in browser(halima).get(BASE).text


def test_an_administrator_of_a_region_reads_it_only(
    browser: Open, grace: Cast, health: str
) -> None:
    text = browser(grace).get(BASE).text
    assert "Health in prisons" in text
    assert "Add a programme" not in text


def test_it_is_closed_to_everybody_else(
    browser: Open, amina: Cast, bolat: Cast, health: str
) -> None:
    assert browser(amina).get(BASE).status_code == 404
    assert browser(bolat).get(BASE).status_code == 404
    assert browser(None).get(BASE).status_code == 401
    assert browser(amina).post(BASE).status_code == 405


def test_a_title_in_another_language_says_which(browser: Open, halima: Cast, pilot: str) -> None:
    assert (
        '<bdi lang="en" dir="ltr">A second test</bdi>' in browser(halima).get(f"/ar{BASE[3:]}").text
    )


# ---- Counting people ----------------------------------------------------------------------------


def two_programmes(app: Flask) -> None:
    """Add the programmes ``one`` (hygiene) and ``two`` (kitchen), which have ended, and courses."""
    publish_small(app)
    publish_small(app, course_id="C91", slug="kitchen")
    ended = Details({"en": "Ended"}, today() - timedelta(days=90), today() - timedelta(days=1))
    with app.app_context(), transaction() as session:
        for code, course in (("one", "C90"), ("two", "C91")):
            actions.add(session, SERVER, code, "programme", ended, now=clock.now())
            actions.choose_courses(session, SERVER, code, [course], now=clock.now())


def enrol(app: Flask, person: Cast, course_id: str, code: str | None) -> None:
    with app.app_context(), transaction() as session:
        found = session.scalar(select(Programme.id).where(Programme.code == code))
        learning.enrol(
            session,
            person.id,
            course_id,
            route="list",
            by=SERVER,
            now=clock.now(),
            programme_id=found,
        )


def counted(app: Flask, viewer: Viewer) -> tuple[dict[str, int], int]:
    with app.app_context(), transaction() as session:
        counts, total = people_of_programmes(session, viewer, today=today())
        codes = dict(session.execute(select(Programme.id, Programme.code)).all())
        return {codes[each]: count for each, count in counts.items()}, total


def test_who_is_in_two_programmes_counts_in_both_and_once_in_the_total(
    app: Flask, browser: Open, halima: Cast, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    two_programmes(app)
    enrol(app, amina, "C90", "one")
    enrol(app, amina, "C91", "two")
    enrol(app, chipo, "C90", "one")
    enrol(app, daniel, "C91", None)
    assert counted(app, halima.viewer) == ({"one": 2, "two": 1}, 2)
    assert "2 people in all learn" in browser(halima).get(BASE).text


def test_a_person_who_renews_counts_once_in_the_programme(
    app: Flask, halima: Cast, amina: Cast
) -> None:
    two_programmes(app)
    enrol(app, amina, "C90", "one")
    with app.app_context(), transaction() as session:
        session.execute(update(Enrolment).values(closed_at=clock.now()))
    enrol(app, amina, "C90", "one")
    assert counted(app, halima.viewer) == ({"one": 1}, 1)


def test_a_region_counts_its_own_people(
    app: Flask, browser: Open, halima: Cast, grace: Cast, amina: Cast, daniel: Cast
) -> None:
    two_programmes(app)
    enrol(app, amina, "C90", "one")
    enrol(app, daniel, "C90", "one")
    assert counted(app, halima.viewer) == ({"one": 2}, 2)
    assert counted(app, grace.viewer) == ({"one": 1}, 1)
    assert counted(app, amina.viewer) == ({}, 0)


def test_a_restricted_course_is_counted_for_confidential_readers_alone(
    app: Flask, places: Places, halima: Cast, amina: Cast, daniel: Cast
) -> None:
    two_programmes(app)
    for person in (amina, daniel):
        enrol(app, person, "C90", "one")
    set_access(app, "hygiene", "restricted")
    assert counted(app, halima.viewer) == ({}, 0)
    roles = (*halima.viewer.roles, Role("confidential-reader", places.north.path))
    entrusted = Viewer(halima.id, "en", roles=roles)
    assert counted(app, entrusted) == ({"one": 1}, 1)

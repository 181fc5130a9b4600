"""GET /<language>/administer/people/<person>/learning"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms import installation
from lms.accounts.models import Grant, Identity, Person, Posting, Unit
from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.models import Course
from lms.certificates import actions
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from tests.admin.certificates.conftest import number_of
from tests.admin.people.conftest import Open
from tests.certificates.passed import issued
from tests.course import publish_small
from tests.people import Cast, Places, add_person

# The course of ``issued``.
TITLE = "The Nelson Mandela Rules in daily work"


def url(person: Cast | UUID, language: str = "en") -> str:
    person_id = person.id if isinstance(person, Cast) else person
    return f"/{language}/administer/people/{person_id}/learning"


def given(text: str) -> str:
    """Return the part of the page that lists certificates."""
    return text.partition('id="given"')[2]


def rows(text: str) -> list[str]:
    body = given(text).partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    ]


def restrict(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Course).values(access="restricted"))


def entrust(app: Flask, person: Cast, unit: Unit) -> None:
    """Let somebody be confidential reader of a unit."""
    today = clock.now().date()
    with app.app_context(), transaction() as session:
        session.add(
            Grant(
                id=new_ordered_id(),
                person_id=person.id,
                role="confidential-reader",
                unit_id=unit.id,
                course_id=None,
                starts_on=today,
                ends_on=today + timedelta(days=9),
                given_by=None,
            )
        )


def test_it_shows_each_result_and_each_certificate_with_its_state(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    course = publish_small(app)
    course.begin(amina)
    course.read(amina)
    course.sit(amina, right=False)
    certificate = issued(app, amina)
    number = number_of(app, certificate)
    text = browser(grace).get(url(amina)).text
    assert re.search(r"Hygiene on shift.*?4 lessons finished.*?0 %.*?1 final test<", text, re.S)
    assert re.search(rf"{TITLE}.*?90 %", text, re.S)
    (row,) = rows(text)
    assert row.startswith(number)
    assert TITLE in row
    assert "23 November 2026" in row
    assert row.endswith("Valid")
    assert f'href="/en/administer/certificates/{certificate}"' in text


def test_a_certificate_that_no_longer_counts_says_so(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    certificate = issued(app, amina)
    with app.app_context(), transaction() as session:
        actions.withdraw(session, SERVER, certificate, "taken back", now=clock.now())
    (row,) = rows(browser(grace).get(url(amina)).text)
    assert row.endswith("Withdrawn")
    with app.app_context(), transaction() as session:
        session.execute(update(Certificate).values(number=None, issued_at=None, code="x"))
    (row,) = rows(browser(grace).get(url(amina)).text)
    assert row.startswith("no number yet")


def test_a_day_that_is_over_is_said(app: Flask, browser: Open, grace: Cast, amina: Cast) -> None:
    issued(app, amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Certificate).values(valid_through=date(2025, 1, 1)))
    (row,) = rows(browser(grace).get(url(amina)).text)
    assert row.endswith("Expired")


def test_who_has_learned_nothing_has_no_empty_table(
    browser: Open, grace: Cast, amina: Cast
) -> None:
    text = browser(grace).get(url(amina)).text
    assert "Nothing yet." in text
    assert "No certificate yet." in text
    assert "<table" not in text


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_it_opens_in_every_language(
    app: Flask, browser: Open, grace: Cast, amina: Cast, language: str
) -> None:
    issued(app, amina)
    assert len(rows(browser(grace).get(url(amina, language)).text)) == 1


def test_nobody_else_reads_it(
    app: Flask, browser: Open, grace: Cast, amina: Cast, chipo: Cast, daniel: Cast, bolat: Cast
) -> None:
    issued(app, amina)
    for person in (amina, chipo, daniel, bolat):
        assert browser(person).get(url(amina)).status_code == 404
    assert browser(None).get(url(amina)).status_code == 401
    assert browser(grace).get(url(daniel)).status_code == 404
    assert browser(grace).get(url(UUID(int=7))).status_code == 404
    assert browser(grace).post(url(amina)).status_code == 405


def test_an_inspector_reads_it_without_links_and_leaves_a_trace(
    app: Flask, browser: Open, ivo: Cast, amina: Cast
) -> None:
    issued(app, amina)
    text = browser(ivo).get(url(amina), most_queries=14).text
    assert len(rows(text)) == 1
    assert "/administer/certificates/" not in given(text)
    with app.app_context():
        seen = select(AuditRow.subject).where(AuditRow.action == "inspector.viewed")
        assert db.session().scalars(seen).all() == [str(amina.id)]


def test_a_restricted_course_is_known_to_confidential_readers_of_the_place_alone(
    app: Flask, browser: Open, places: Places, halima: Cast, amina: Cast
) -> None:
    number = number_of(app, issued(app, amina))
    restrict(app)
    here = browser(halima)

    def knows() -> bool:
        text = here.get(url(amina)).text
        said = (TITLE in text, number in text, "No certificate yet." not in text)
        assert len(set(said)) == 1
        return said[0]

    assert not knows()
    entrust(app, halima, places.south)
    assert not knows(), "of another region"
    entrust(app, halima, places.north)
    assert knows()


def test_a_former_place_sees_what_was_true_then(
    app: Flask, browser: Open, places: Places, grace: Cast, yusuf: Cast
) -> None:
    number = number_of(app, issued(app, yusuf))
    course = publish_small(app)
    then = clock.now().replace(year=2025, month=5)
    course.begin(yusuf, now=then)
    course.pass_it(yusuf)
    text = browser(grace).get(url(yusuf)).text
    assert number not in text
    assert TITLE not in text
    assert re.search(r"Hygiene on shift.*?begun.*?–.*?–</td></tr>", text, re.S)
    assert "100 %" not in text
    assert "lessons finished" not in text


@pytest.mark.parametrize(("zone", "known"), [("UTC", True), ("Asia/Almaty", False)])
def test_the_last_day_at_a_place_ends_on_the_clocks_of_the_country(
    app: Flask, browser: Open, grace: Cast, yusuf: Cast, zone: str, known: bool
) -> None:
    """At 20:00 in Greenwich on the last day it is the day after in Almaty."""
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": zone}, now=clock.now())
    course = publish_small(app)
    course.begin(yusuf, now=datetime(2025, 6, 30, 20, 0, tzinfo=UTC))
    assert ("Hygiene on shift" in browser(grace).get(url(yusuf)).text) is known


def test_what_was_restricted_stays_so_for_a_former_place(
    app: Flask, browser: Open, places: Places, grace: Cast, yusuf: Cast
) -> None:
    course = publish_small(app)
    course.begin(yusuf, now=clock.now().replace(year=2025, month=5))
    restrict(app)
    assert "Hygiene" not in browser(grace).get(url(yusuf)).text
    entrust(app, grace, places.north)
    assert "Hygiene" in browser(grace).get(url(yusuf)).text


def test_who_is_forgotten_keeps_what_they_learned(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    number = number_of(app, issued(app, amina))
    with app.app_context(), transaction() as session:
        session.execute(delete(Identity).where(Identity.person_id == amina.id))
        session.execute(delete(CertificateHolder))
        session.execute(update(Person).where(Person.id == amina.id).values(status="anonymised"))
    text = browser(grace).get(url(amina)).text
    assert number in text
    assert "Amina" not in text


def test_a_country_reads_of_who_works_nowhere(
    app: Flask, browser: Open, halima: Cast, grace: Cast, places: Places
) -> None:
    with app.app_context(), transaction() as session:
        away = add_person(session, "Away Now", "N-7009", places.northgate)
        session.execute(delete(Posting).where(Posting.person_id == away.id))
    number = number_of(app, issued(app, away))
    assert number in browser(halima).get(url(away)).text
    assert browser(grace).get(url(away)).status_code == 404

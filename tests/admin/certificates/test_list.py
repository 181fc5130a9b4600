"""GET /<language>/administer/certificates"""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, update

from lms.accounts.models import Grant, Identity, Unit
from lms.accounts.rules import SERVER
from lms.catalogue.models import Course
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.learning.models import Enrolment
from tests.admin.certificates.conftest import Open, Papers, number_of
from tests.people import Cast, Places

URL = "/en/administer/certificates"


def test_it_lists_the_certificates_of_the_viewers_people_and_no_others(
    browser: Open, grace: Cast, papers: Papers
) -> None:
    text = browser(grace).get(URL).text
    assert "Amina Ben Salah" in text
    assert "Chipo Okello" in text
    assert "Daniel Mugisha" not in text
    assert "Rows 1 to 2 of 2" in text


def test_the_country_sees_all_of_them(browser: Open, halima: Cast, papers: Papers) -> None:
    text = browser(halima).get(URL).text
    assert "Rows 1 to 3 of 3" in text
    assert "How certificates look" in text


def test_a_workplace_is_called_by_its_name_in_the_readers_language(
    app: Flask, browser: Open, grace: Cast, places: Places, papers: Papers
) -> None:
    """As the list of people calls it; one that has no name in that language by its English one."""
    with app.app_context(), transaction() as session:
        session.execute(
            update(Unit)
            .where(Unit.id == places.northgate.id)
            .values(names={"en": "Northgate", "fr": "Porte du Nord"})
        )
    here = browser(grace)
    for language, name in (("en", "Northgate"), ("fr", "Porte du Nord"), ("ru", "Northgate")):
        page = here.get(f"/{language}{URL[3:]}").text
        assert f"<bdi>{name}</bdi></td>" in page
        assert f"<bdi>{places.northgate.code}</bdi>" not in page
        assert f"<bdi>{name}</bdi>" in here.get(f"/{language}{URL[3:]}/{papers.amina}").text


def test_a_course_is_called_by_its_title(browser: Open, grace: Cast, papers: Papers) -> None:
    page = browser(grace).get(URL).text
    assert re.search(r'data-l="Course"><bdi[^>]*>The Nelson Mandela Rules', page)
    assert "<bdi>C01</bdi>" not in page


def test_it_is_closed_to_learners_and_trainers_and_to_nobody(
    browser: Open, amina: Cast, bolat: Cast
) -> None:
    assert browser(amina).get(URL).status_code == 404
    assert browser(bolat).get(URL).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert browser(bolat).post(URL).status_code == 405


def test_the_filters_leave_what_fits(
    app: Flask, browser: Open, halima: Cast, papers: Papers
) -> None:
    here = browser(halima)
    number = number_of(app, papers.daniel)
    for query, names in (
        ("unit=N", {"Amina", "Chipo"}),
        ("unit=S-01", {"Daniel"}),
        ("text=chip", {"Chipo"}),
        ("text=n1001", {"Amina"}),
        (f"text={number.lower()}", {"Daniel"}),
        ("text=%25", set()),
        ("course=C01", {"Amina", "Chipo", "Daniel"}),
        ("course=C02", set()),
        ("since=2026-11-24", set()),
        ("until=23.11.2026", {"Amina", "Chipo", "Daniel"}),
        ("state=withdrawn", set()),
        ("state=nonsense", set()),
    ):
        text = here.get(f"{URL}?{query}").text
        found = {name for name in ("Amina", "Chipo", "Daniel") if f"<bdi>{name}" in text}
        assert found == names, query


def test_each_state_is_found_by_its_name(
    app: Flask, browser: Open, halima: Cast, papers: Papers
) -> None:
    today = clock.now().date()
    with app.app_context(), transaction() as session:
        for certificate, days in ((papers.amina, 30), (papers.chipo, -1), (papers.daniel, 900)):
            session.execute(
                update(Certificate)
                .where(Certificate.id == certificate)
                .values(valid_through=today + timedelta(days=days))
            )
    here = browser(halima)
    for state, names in (
        ("valid", {"Amina", "Daniel"}),
        ("due", {"Amina"}),
        ("expired", {"Chipo"}),
    ):
        text = here.get(f"{URL}?state={state}").text
        assert {n for n in ("Amina", "Chipo", "Daniel") if f"<bdi>{n}" in text} == names, state
    assert "ends soon" in here.get(f"{URL}?state=due").text


def learned_for(app: Flask, code: str, certificate: UUID) -> None:
    """Let the course of a certificate have been learned for a programme."""
    with app.app_context(), transaction() as session:
        new = Details({"en": code.title()}, date(2026, 1, 1), None)
        made = programmes.add(session, SERVER, code, "programme", new, now=clock.now())
        enrolment = session.get_one(Certificate, certificate).enrolment_id
        session.get_one(Enrolment, enrolment).programme_id = made


def test_a_programme_leaves_who_learned_for_it_and_no_others(
    app: Flask, browser: Open, grace: Cast, halima: Cast, papers: Papers
) -> None:
    assert 'name="programme"' not in browser(grace).get(URL).text
    learned_for(app, "health", papers.amina)
    learned_for(app, "pilot", papers.daniel)
    for person, code, names in (
        (grace, "health", {"Amina"}),
        (grace, "pilot", set()),
        (halima, "pilot", {"Daniel"}),
        (grace, "nonsense", set()),
        (grace, "", {"Amina", "Chipo"}),
    ):
        text = browser(person).get(f"{URL}?programme={code}").text
        found = {name for name in ("Amina", "Chipo", "Daniel") if f"<bdi>{name}" in text}
        assert found == names, code
        assert 'value="health">Health</option>' in text.replace(" selected", "")
        assert (f"bulk?programme={code}" in text) == bool(code), "what is put together is the list"


def test_a_restricted_course_stays_hidden_behind_its_programme(
    app: Flask, browser: Open, grace: Cast, papers: Papers
) -> None:
    learned_for(app, "health", papers.amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Course).values(access="restricted"))
    assert "<bdi>Amina" not in browser(grace).get(f"{URL}?programme=health").text


def test_who_is_forgotten_is_listed_by_number(
    app: Flask, browser: Open, grace: Cast, amina: Cast, papers: Papers
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(delete(Identity).where(Identity.person_id == amina.id))
        session.execute(
            delete(CertificateHolder).where(CertificateHolder.certificate_id == papers.amina)
        )
    text = browser(grace).get(URL).text
    assert number_of(app, papers.amina) in text
    assert "Name no longer kept" in text


def test_a_restricted_course_is_shown_to_confidential_readers_alone(
    app: Flask, browser: Open, places: Places, grace: Cast, papers: Papers
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Course).values(access="restricted"))
    assert "Amina" not in browser(grace).get(URL).text
    with app.app_context(), transaction() as session:
        session.add(
            Grant(
                id=new_ordered_id(),
                person_id=grace.id,
                role="confidential-reader",
                unit_id=places.north.id,
                course_id=None,
                starts_on=clock.now().date(),
                ends_on=clock.now().date() + timedelta(days=9),
                given_by=None,
            )
        )
    assert "Amina" in browser(grace).get(URL).text


@pytest.mark.parametrize("sort", ["number", "-name", "until", "nonsense"])
def test_it_sorts_and_pages(browser: Open, grace: Cast, papers: Papers, sort: str) -> None:
    assert browser(grace).get(f"{URL}?sort={sort}&page=7").status_code == 200

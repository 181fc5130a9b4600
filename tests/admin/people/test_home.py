"""GET /<language>/administer: the first steps, later what needs doing today"""

from __future__ import annotations

import re

from flask import Flask

from lms.accounts.models import Unit
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.requirements.models import ExternalCertificate
from tests.admin.people.conftest import Open
from tests.course import publish_small
from tests.people import Cast
from tests.requirements.test_queries import required

URL = "/en/administer"


def test_an_empty_service_shows_the_first_steps_in_order(browser: Open, halima: Cast) -> None:
    text = browser(halima).get(URL).text
    assert "Getting started" in text
    steps = re.findall(r"<li class=\"(d?)\"><a [^>]+>([^<]+)", text)
    assert [name for _, name in steps] == [
        "Add your places",
        "Bring in your staff",
        "Hand out the slips for the first sign-in",
        "Say who must hold which course",
    ]
    assert [done for done, _ in steps] == ["d", "", "", ""], "the cast has its places already"


def test_later_it_says_what_needs_doing_today(
    app: Flask, browser: Open, grace: Cast, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    publish_small(app)
    with app.app_context(), transaction() as session:
        north = session.query(Unit).filter_by(code="N").one()
        required(session, north.id, function="P1", grace_days=0)
    text = browser(grace).get(URL).text
    assert "Getting started" not in text
    assert re.search(r"<dt>Overdue</dt><dd>2</dd>", text)
    assert "2 requirements are overdue" in text
    assert "3 people have never signed in" in text


def test_it_counts_ones_own_branch_only(
    app: Flask, browser: Open, grace: Cast, daniel: Cast
) -> None:
    publish_small(app)
    with app.app_context(), transaction() as session:
        session.add(
            ExternalCertificate(
                id=new_ordered_id(),
                person_id=daniel.id,
                course_id="C90",
                enrolment_id=None,
                title="t",
                issuer="i",
                number=None,
                completed_on=clock.now().date(),
                valid_through=None,
                evidence="e",
                entered_by=None,
                entered_at=clock.now(),
                checked_by=None,
                checked_at=None,
                refused_because=None,
            )
        )
    assert "waits to be checked" not in browser(grace).get(URL).text


def test_it_is_closed_to_everybody_else(browser: Open, amina: Cast, bolat: Cast) -> None:
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404
    assert browser(None).get(URL).status_code == 401


def test_an_inspector_goes_on_to_the_people(browser: Open, ivo: Cast) -> None:
    reply = browser(ivo).get(URL)
    assert (reply.status_code, reply.location) == (302, "/en/administer/people")

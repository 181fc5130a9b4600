"""/<language>/administer/people/<person>/roles"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import Grant, SignIn
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.people.conftest import Open
from tests.people import Cast, Places


def url(person: Cast) -> str:
    return f"/en/administer/people/{person.id}/roles"


def roles(app: Flask, person: Cast) -> list[tuple[str, date | None]]:
    with app.app_context():
        rows = db.session().execute(
            select(Grant.role, Grant.ends_on).where(Grant.person_id == person.id)
        )
        return [(row.role, row.ends_on) for row in rows]


def test_a_role_is_given_once_and_taken_away(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    here = browser(grace)
    for _ in range(2):
        reply = here.post(url(amina), {"role": "trainer", "unit": "N-01", "ends_on": ""})
        assert (reply.status_code, reply.location) == (303, url(amina))
    assert roles(app, amina) == [("trainer", None)]
    shown = here.get(url(amina)).text
    assert "given by Grace Nakato" in shown
    ending = re.search(r'action="([^"]+/end)"', shown)
    assert ending is not None
    for _ in range(2):
        assert here.post(ending[1]).status_code == 303
    yesterday = clock.now().date() - timedelta(days=1)
    assert roles(app, amina) == [("trainer", yesterday)]


@pytest.mark.parametrize("role", ["inspector", "confidential-reader"])
def test_who_reads_what_is_confidential_needs_a_last_day(
    app: Flask, browser: Open, grace: Cast, amina: Cast, role: str
) -> None:
    here = browser(grace)
    reply = here.post(url(amina), {"role": role, "unit": "N-01", "ends_on": ""})
    assert reply.status_code == 422
    assert "needs a last day" in reply.text
    last = (clock.now() + timedelta(days=30)).date()
    sent = {"role": role, "unit": "N-01", "ends_on": last.isoformat()}
    assert here.post(url(amina), sent).status_code == 303
    assert roles(app, amina) == [(role, last)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"unit": "S-01"}, 404),
        ({"unit": "XX"}, 404),
        ({"role": "author"}, 422),
        ({"role": "administrator "}, 422),
        ({"ends_on": "soon"}, 422),
        ({"unit": ""}, 422),
        ({"ends_on": "2020-01-01"}, 409),
    ],
)
def test_what_cannot_be_given_is_refused(
    app: Flask,
    browser: Open,
    places: Places,
    grace: Cast,
    amina: Cast,
    change: dict[str, str],
    status: int,
) -> None:
    sent = {"role": "trainer", "unit": "N-01", "ends_on": "", **change}
    assert browser(grace).post(url(amina), sent).status_code == status
    assert roles(app, amina) == []


def test_nobody_gives_anything_to_themselves(app: Flask, browser: Open, grace: Cast) -> None:
    sent = {"role": "confidential-reader", "unit": "N-01", "ends_on": "2030-01-01"}
    assert browser(grace).post(url(grace), sent).status_code == 409
    assert [role for role, _ in roles(app, grace)] == ["administrator"]


def test_a_role_of_somebody_elsewhere_cannot_be_taken_away(
    app: Flask, browser: Open, grace: Cast, halima: Cast, daniel: Cast, amina: Cast
) -> None:
    browser(halima).post(url(daniel), {"role": "trainer", "unit": "S-01", "ends_on": ""})
    with app.app_context():
        grant = db.session().scalars(select(Grant.id).where(Grant.person_id == daniel.id)).one()
    for person in (daniel, amina):
        assert browser(grace).post(f"{url(person)}/{grant}/end").status_code == 404
    assert roles(app, daniel) == [("trainer", None)]


def test_the_second_proof_is_asked_anew_when_it_is_old(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.person_id == grace.id)
            .values(second_factor_at=clock.now() - timedelta(hours=1))
        )
    here = browser(grace)
    assert here.get(url(amina)).location.startswith("/en/second-factor?next=")
    reply = here.post(url(amina), {"role": "trainer", "unit": "N-01", "ends_on": ""})
    assert reply.location.startswith("/en/second-factor")
    assert roles(app, amina) == []

"""/<language>/administer/slips: codes for the first sign-in, on paper"""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Credential
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.people.conftest import Open
from tests.people import Cast, Places, add_person

URL = "/en/administer/slips"


def codes(text: str) -> list[str]:
    return re.findall(r'<p class="code" dir="ltr">([^<]+)<', text)


def test_it_says_how_many_wait_and_makes_their_slips(
    browser: Open, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = browser(grace)
    assert "2 people have not signed in yet." in here.get(f"{URL}?unit=N-01").text
    reply = here.post(URL, {"unit": "N-01"})
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    assert len(set(codes(reply.text))) == 2
    # A slip says where to type what it holds.
    assert reply.text.count('<bdi dir="ltr">http://') == 2
    signed = browser(None).post(
        "/en/sign-in", {"service_number": "N-1001", "password": codes(reply.text)[0]}
    )
    assert (signed.status_code, signed.location) == (303, "/en/choose-password")


def test_each_slip_speaks_the_language_of_its_person(
    app: Flask, browser: Open, places: Places, grace: Cast
) -> None:
    with app.app_context(), transaction() as session:
        add_person(session, "آمنة بن صالح", "N-4001", places.northgate, language="ar")
    text = browser(grace).post(URL, {"unit": "N-01"}).text
    assert 'class="slip" lang="ar" dir="rtl"' in text


def test_who_has_a_password_keeps_it(
    app: Flask, browser: Open, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            Credential(
                person_id=chipo.id,
                password_hash="known",
                code_hash=None,
                code_until=None,
                spare_code_hash=None,
                changed_at=clock.now(),
            )
        )
    reply = browser(grace).post(URL, {"unit": "N-01"})
    assert len(codes(reply.text)) == 1
    with app.app_context():
        kept = db.session().get_one(Credential, chipo.id)
        assert (kept.password_hash, kept.code_hash) == ("known", None)


def test_forty_at_once_and_the_next_do_not_repeat_the_printed(
    app: Flask, browser: Open, places: Places, grace: Cast
) -> None:
    with app.app_context(), transaction() as session:
        for number in range(43):
            name = f"Officer {chr(97 + number % 26)}{chr(97 + number // 26)}"
            add_person(session, name, f"N-6{number:03}", places.northgate)
    here = browser(grace)
    first = here.post(URL, {"unit": "N-01"})
    assert len(codes(first.text)) == 40
    printed = re.findall(r'name="printed" value="([^"]+)"', first.text)
    second = here.post(URL, {"unit": "N-01", "printed": printed})
    assert len(codes(second.text)) == 3
    assert not set(codes(first.text)) & set(codes(second.text))


def test_places_of_somebody_else_are_not_there(
    browser: Open, grace: Cast, amina: Cast, daniel: Cast
) -> None:
    assert browser(grace).post(URL, {"unit": "S-01"}).status_code == 404
    assert browser(grace).post(URL, {"unit": ""}).status_code == 404
    assert "Daniel" not in browser(grace).get(f"{URL}?unit=S-01").text
    assert browser(amina).post(URL, {"unit": "N-01"}).status_code == 404


def test_the_log_counts_them_and_names_nobody(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    browser(grace).post(URL, {"unit": "N-01"})
    with app.app_context():
        row = db.session().scalars(select(AuditRow).where(AuditRow.action == "slips.printed")).one()
        assert (row.actor_id, row.facts) == (grace.id, {"people": 1})


def test_whoever_looks_after_one_place_does_not_choose_it(
    app: Flask, browser: Open, places: Places, amina: Cast
) -> None:
    with app.app_context(), transaction() as session:
        nora = add_person(
            session,
            "Nora",
            "N-0002",
            places.northgate,
            roles=(("administrator", places.northgate),),
        )
    assert "have not signed in yet." in browser(nora).get(URL).text

"""/<language>/administer/people/<person>: what an administrator sees and changes of one person"""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Credential, Identity, Person, Posting, SignIn
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.people.conftest import Open
from tests.people import Cast, Places, add_person

BASE = "/en/administer/people"
NEW = {
    "service_number": "N-5001", "name": "Салтанат Омарова", "name_latin": "Saltanat Omarova",
    "language": "kk", "rank_group": "G1", "sex": "f", "unit": "N-01", "function": "P1",
}  # fmt: skip
STEPS = ("code", "sign-out", "disable", "enable", "anonymise")


def page(person: Cast) -> str:
    return f"{BASE}/{person.id}"


def actions_of(app: Flask, person: Cast) -> list[str]:
    with app.app_context():
        found = select(AuditRow.action).where(AuditRow.subject == str(person.id))
        return list(db.session().scalars(found.order_by(AuditRow.id)))


def test_it_shows_who_they_are_and_where_they_work(browser: Open, grace: Cast, amina: Cast) -> None:
    text = browser(grace).get(page(amina)).text
    for shown in ("Amina Ben Salah", "N-1001", "Northgate", "Officer", "not yet confirmed"):
        assert shown in text


@pytest.mark.parametrize("step", ["", "/details", "/transfer", "/leave", "/roles", "/anonymise"])
def test_nobody_else_opens_it(
    browser: Open, grace: Cast, amina: Cast, daniel: Cast, chipo: Cast, bolat: Cast, step: str
) -> None:
    assert browser(grace).get(page(daniel) + step).status_code == 404
    assert browser(chipo).get(page(amina) + step).status_code == 404
    assert browser(bolat).get(page(amina) + step).status_code == 404
    assert browser(grace).get(f"{BASE}/{UUID(int=7)}{step}").status_code == 404
    assert browser(None).get(page(amina) + step).status_code == 401


@pytest.mark.parametrize("step", STEPS)
def test_nobody_else_changes_them(
    app: Flask, browser: Open, grace: Cast, amina: Cast, daniel: Cast, ivo: Cast, step: str
) -> None:
    assert browser(grace).post(f"{page(daniel)}/{step}").status_code == 404
    assert browser(amina).post(f"{page(daniel)}/{step}").status_code == 404
    assert browser(ivo).post(f"{page(amina)}/{step}").status_code == 404
    assert actions_of(app, daniel) == []


def test_an_inspector_reads_and_is_offered_nothing_to_change(
    app: Flask, browser: Open, ivo: Cast, amina: Cast
) -> None:
    text = browser(ivo).get(page(amina), most_queries=12).text
    assert "Amina Ben Salah" in text
    assert "Sign out everywhere" not in text
    assert actions_of(app, amina) == ["inspector.viewed"]


# ---- Adding -------------------------------------------------------------------------------------


def test_somebody_is_added_and_their_code_is_shown_once(
    app: Flask, browser: Open, grace: Cast
) -> None:
    here = browser(grace)
    assert here.get(f"{BASE}/new").status_code == 200
    reply = here.post(f"{BASE}/new", NEW)
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    code = re.search(r'class="code" dir="ltr">([^<]+)<', reply.text)
    assert code is not None
    signed = browser(None).post(
        "/en/sign-in", {"service_number": "n 5001", "password": code[1].lower()}
    )
    assert (signed.status_code, signed.location) == (303, "/en/choose-password")


def test_a_number_that_somebody_has_is_refused_and_nothing_typed_is_lost(
    browser: Open, grace: Cast, amina: Cast
) -> None:
    reply = browser(grace).post(f"{BASE}/new", {**NEW, "service_number": "n1001"})
    assert reply.status_code == 409
    assert "has the service number n1001 already" in reply.text
    assert "Салтанат Омарова" in reply.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_number", ""),
        ("name", ""),
        ("name", "Amina <b>"),
        ("name", "Aмина"),
        ("name_latin", "Салтанат"),
        ("unit", ""),
        ("function", "P9"),
        ("language", "xx"),
        ("sex", "x"),
        ("rank_group", "G9"),
        ("service_number", "x" * 61),
    ],
)
def test_a_bad_field_is_refused_beside_it(
    browser: Open, grace: Cast, field: str, value: str
) -> None:
    reply = browser(grace).post(f"{BASE}/new", {**NEW, field: value})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text


@pytest.mark.parametrize("unit", ["S-01", "none"])
def test_nobody_is_added_to_a_place_of_somebody_else(
    app: Flask, browser: Open, grace: Cast, places: Places, unit: str
) -> None:
    assert browser(grace).post(f"{BASE}/new", {**NEW, "unit": unit}).status_code == 404
    with app.app_context():
        found = select(Identity).where(Identity.service_number_folded == "n5001")
        assert db.session().scalar(found) is None


# ---- Changing -----------------------------------------------------------------------------------


def test_a_corrected_name_must_be_confirmed_again(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Identity, amina.id).names_confirmed_at = clock.now()
    sent = {
        "name": "Amina Trabelsi",
        "name_latin": "",
        "language": "fr",
        "rank_group": "G2",
        "sex": "f",
    }
    assert browser(grace).post(f"{page(amina)}/details", sent).status_code == 303
    with app.app_context():
        identity = db.session().get_one(Identity, amina.id)
        assert (identity.name, identity.language, identity.names_confirmed_at) == (
            "Amina Trabelsi",
            "fr",
            None,
        )
        assert "aminatrabelsi" in identity.search
    assert actions_of(app, amina) == ["person.changed"]


def test_a_change_that_changes_nothing_is_not_logged(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    sent = {
        "name": "Amina Ben Salah",
        "name_latin": "",
        "language": "en",
        "rank_group": "G1",
        "sex": "",
    }
    browser(grace).post(f"{page(amina)}/details", sent)
    assert actions_of(app, amina) == []


def postings(app: Flask, person: Cast) -> list[tuple[str, date, date | None]]:
    with app.app_context():
        rows = db.session().scalars(
            select(Posting).where(Posting.person_id == person.id).order_by(Posting.starts_on)
        )
        return [(row.function, row.starts_on, row.ends_on) for row in rows]


def test_a_transfer_adds_a_posting_and_moves_nothing(
    app: Flask, browser: Open, places: Places, halima: Cast, amina: Cast
) -> None:
    day = date(2026, 11, 2)
    sent = {"unit": "S-01", "function": "P4", "starts_on": "02.11.2026"}
    for _ in range(2):
        reply = browser(halima).post(f"{page(amina)}/transfer", sent)
        assert reply.status_code == 303
    assert postings(app, amina) == [
        ("P1", date(2024, 1, 1), day - timedelta(days=1)),
        ("P4", day, None),
    ]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"unit": "S-01"}, 404),
        ({"starts_on": "tomorrow"}, 422),
        ({"starts_on": ""}, 422),
        ({"starts_on": "2023-01-01"}, 409),
        ({"function": "P0"}, 422),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    app: Flask,
    browser: Open,
    places: Places,
    grace: Cast,
    amina: Cast,
    change: dict[str, str],
    status: int,
) -> None:
    sent = {"unit": "N-01", "function": "P4", "starts_on": "2026-11-02", **change}
    assert browser(grace).post(f"{page(amina)}/transfer", sent).status_code == status
    assert postings(app, amina) == [("P1", date(2024, 1, 1), None)]


def test_days_are_read_in_the_digits_of_the_reader(
    app: Flask, browser: Open, halima: Cast, amina: Cast
) -> None:
    sent = {"unit": "N-01", "function": "P4", "starts_on": "٢٠٢٦-١١-٠٢"}
    assert browser(halima).post(f"{page(amina)}/transfer", sent).status_code == 303
    assert postings(app, amina)[-1][1] == date(2026, 11, 2)


def test_the_former_place_sees_its_own_time_and_changes_nothing_any_more(
    app: Flask, browser: Open, grace: Cast, yusuf: Cast
) -> None:
    here = browser(grace)
    text = here.get(page(yusuf)).text
    assert "You see what was true until 30 June 2025." in text
    assert "Southfield" not in text
    assert "Sign out everywhere" not in text
    for step in STEPS:
        assert here.post(f"{page(yusuf)}/{step}").status_code == 404
    assert here.get(f"{page(yusuf)}/details").status_code == 404


def test_who_leaves_the_service_stays_a_person(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    assert browser(grace).get(f"{page(amina)}/leave").status_code == 200
    reply = browser(grace).post(f"{page(amina)}/leave", {"last_day": "2026-11-20"})
    assert reply.status_code == 303
    assert postings(app, amina)[-1][2] == date(2026, 11, 20)
    with app.app_context():
        assert db.session().get_one(Person, amina.id).status == "active"


# ---- Signing in ---------------------------------------------------------------------------------


def test_a_new_code_ends_what_was_open_and_is_shown_once(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    reply = browser(grace).post(f"{page(amina)}/code")
    assert reply.status_code == 200
    assert "within 72 hours" in reply.text
    assert 'Open in a browser: <bdi dir="ltr">http://' in reply.text
    assert browser(amina).get("/en/home").status_code == 401


def test_signing_out_everywhere_keeps_the_password(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    assert browser(grace).post(f"{page(amina)}/sign-out").status_code == 303
    with app.app_context():
        ended = db.session().scalars(select(SignIn.ended_at).where(SignIn.person_id == amina.id))
        assert all(ended)
    assert actions_of(app, amina) == ["person.signed-out"]


def test_signing_in_is_stopped_and_allowed_again(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    here = browser(grace)
    for step, status in (("disable", "disabled"), ("disable", "disabled"), ("enable", "active")):
        assert here.post(f"{page(amina)}/{step}").status_code == 303
        with app.app_context():
            assert db.session().get_one(Person, amina.id).status == status
    assert actions_of(app, amina) == ["person.disabled", "person.active"]


def test_nobody_changes_themselves_or_who_stands_above(
    app: Flask, browser: Open, grace: Cast, places: Places
) -> None:
    with app.app_context(), transaction() as session:
        above = add_person(
            session,
            "Above",
            "N-0002",
            places.northgate,
            roles=(("administrator", places.country),),
        )
    here = browser(grace)
    for person in (grace, above):
        for step in ("code", "disable", "anonymise"):
            assert here.post(f"{page(person)}/{step}").status_code == 409


# ---- Forgetting ---------------------------------------------------------------------------------


def test_forgetting_a_name_leaves_the_person_and_every_count(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    here = browser(grace)
    assert "cannot be undone" in here.get(f"{page(amina)}/anonymise").text
    for _ in range(2):
        assert here.post(f"{page(amina)}/anonymise").status_code == 303
    with app.app_context():
        session = db.session()
        assert session.get_one(Person, amina.id).status == "anonymised"
        assert session.get(Identity, amina.id) is None
        assert session.get(Credential, amina.id) is None
    text = here.get(page(amina)).text
    assert "Name no longer kept" in text
    assert "Amina" not in text
    assert actions_of(app, amina) == ["person.anonymised"]


def test_wrong_methods_are_refused(browser: Open, grace: Cast, amina: Cast) -> None:
    here = browser(grace)
    for step in ("code", "sign-out", "disable", "enable"):
        assert here.get(f"{page(amina)}/{step}").status_code == 405
    assert here.post(page(amina)).status_code == 405
    assert here.post(BASE).status_code == 405

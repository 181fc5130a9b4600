"""/<language>/second-factor: one more proof, once a session, before what concerns other people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts import actions
from lms.accounts.factor import rules
from lms.accounts.models import SecondFactor, SignIn
from lms.accounts.rules import SERVER
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
URL = "/en/second-factor"
OFFICE = "/en/administer"


@pytest.fixture
def unproved(app: Flask, places: Places) -> Cast:
    """Return an administrator who has just signed in with a password and nothing else."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Ruth Achieng",
            "N-0009",
            places.north,
            function="P6",
            proved=False,
            roles=(("administrator", places.north),),
        )


def printed(here: Browser) -> list[str]:
    """Ask for printed codes as the page does and return what it shows."""
    reply = here.post(f"{URL}/codes", {"next": OFFICE})
    assert reply.status_code == 200
    return re.findall(r'class="code" dir="ltr">([^<]+)<', reply.text)


def factor(app: Flask, person: Cast) -> SecondFactor:
    with app.app_context():
        found = db.session().get_one(SecondFactor, person.id)
        db.session.expunge(found)
        return found


def app_number(app: Flask, person: Cast) -> str:
    """Return what the person's app shows now."""
    nonce = factor(app, person).nonce
    assert nonce is not None
    secret = rules.app_secret(app.config["SECRET_KEY"], person.id, nonce)
    return pyotp.TOTP(secret).now()


def test_administration_asks_for_it_first_and_leads_back(browser: Open, unproved: Cast) -> None:
    reply = browser(unproved).get(f"{OFFICE}/jobs?page=2")
    assert (reply.status_code, reply.location) == (
        303,
        "/en/second-factor?next=/en/administer/jobs?page%3D2",
    )


def test_learning_does_not_ask(browser: Open, unproved: Cast) -> None:
    assert browser(unproved).get("/en/home").status_code == 200


def test_who_has_none_chooses_printed_codes_and_enters_with_one(
    browser: Open, unproved: Cast
) -> None:
    here = browser(unproved)
    assert "Show me ten codes" in here.get(URL).text
    codes = printed(here)
    assert len(set(codes)) == rules.PRINTED_CODES

    reply = here.post(URL, {"password_number": codes[3].lower(), "next": OFFICE})
    assert (reply.status_code, reply.location) == (303, OFFICE)
    assert here.get(OFFICE).status_code == 200


def test_a_printed_code_counts_once(app: Flask, browser: Open, unproved: Cast) -> None:
    here = browser(unproved)
    code = printed(here)[0]
    assert here.post(URL, {"password_number": code}).status_code == 303
    reply = here.post(URL, {"password_number": code})
    assert reply.status_code == 422
    assert "does not fit" in reply.text
    assert len(factor(app, unproved).code_hashes) == rules.PRINTED_CODES - 1


def test_an_app_is_set_up_with_its_first_number_which_counts_once(
    app: Flask, browser: Open, unproved: Cast
) -> None:
    here = browser(unproved)
    assert here.post(f"{URL}/app", {"next": OFFICE}).status_code == 303
    assert here.get(f"{URL}/app").status_code == 200
    drawn = here.get(f"{URL}/app/code.svg")
    assert (drawn.mimetype, drawn.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert here.get(OFFICE).status_code == 303

    number = app_number(app, unproved)
    reply = here.post(f"{URL}/app/confirm", {"password_number": number, "next": OFFICE})
    assert (reply.status_code, reply.location) == (303, OFFICE)
    assert here.get(f"{URL}/app").status_code == 404, "the secret is shown to nobody again"
    assert here.post(URL, {"password_number": number}).status_code == 422


def test_a_password_alone_changes_nothing_that_is_set_up(
    app: Flask, browser: Open, unproved: Cast
) -> None:
    here = browser(unproved)
    printed(here)
    before = factor(app, unproved).code_hashes
    for path in ("/codes", "/app", "/app/confirm"):
        assert here.post(URL + path, {"password_number": "123456"}).status_code == 404
    for path in ("/change", "/app", "/app/code.svg"):
        assert here.get(URL + path).status_code == 404
    assert factor(app, unproved).code_hashes == before


def test_who_has_proved_it_may_change_it(browser: Open, grace: Cast) -> None:
    here = browser(grace)
    first = printed(here)
    assert here.get(f"{URL}/change").status_code == 200
    assert not set(printed(here)) & set(first)


def test_wrong_ones_make_the_next_try_wait(browser: Open, unproved: Cast) -> None:
    here = browser(unproved)
    right = printed(here)[0]
    seen = [here.post(URL, {"password_number": "2222-2222"}).status_code for _ in range(5)]
    assert seen == [422, 422, 422, 422, 429]
    reply = here.post(URL, {"password_number": right})
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) > 0


def test_an_empty_field_is_refused_beside_it(browser: Open, unproved: Cast) -> None:
    here = browser(unproved)
    printed(here)
    reply = here.post(URL, {"password_number": "", "next": OFFICE})
    assert reply.status_code == 422
    assert f'value="{OFFICE}"' in reply.text


def test_it_never_leads_to_another_host(browser: Open, unproved: Cast) -> None:
    here = browser(unproved)
    code = printed(here)[0]
    reply = here.post(URL, {"password_number": code, "next": "//elsewhere.example/"})
    assert reply.location == "/en/home"


def test_a_learner_has_no_use_for_it(browser: Open, amina: Cast) -> None:
    here = browser(amina)
    assert here.get(URL).status_code == 404
    assert here.post(URL, {"password_number": "123456"}).status_code == 404
    assert here.post(f"{URL}/codes").status_code == 404


def test_a_code_of_somebody_else_does_not_fit(
    app: Flask, browser: Open, unproved: Cast, grace: Cast
) -> None:
    stolen = printed(browser(grace))[0]
    here = browser(unproved)
    printed(here)
    assert here.post(URL, {"password_number": stolen}).status_code == 422


def test_it_holds_for_one_session_only(app: Flask, browser: Open, unproved: Cast) -> None:
    here = browser(unproved)
    here.post(URL, {"password_number": printed(here)[0]})
    assert here.get(OFFICE).status_code == 200
    with app.app_context():
        proved = (
            db.session()
            .scalars(select(SignIn.second_factor_at).where(SignIn.person_id == unproved.id))
            .all()
        )
    assert [moment is not None for moment in proved] == [True]


def test_the_database_alone_holds_no_secret(app: Flask, browser: Open, grace: Cast) -> None:
    here = browser(grace)
    codes = printed(here)
    here.post(f"{URL}/app")
    stored = factor(app, grace)
    assert stored.nonce is not None
    other = rules.app_secret(b"another key", grace.id, stored.nonce)
    assert other != rules.app_secret(app.config["SECRET_KEY"], grace.id, stored.nonce)
    assert not any(code.replace("-", "") in str(stored.code_hashes) for code in codes)


def test_what_was_proved_long_ago_is_asked_again_before_a_dangerous_step(
    app: Flask, browser: Open, grace: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["background.jobs"], "fresh", True, raising=False)
    assert browser(grace).get(f"{OFFICE}/jobs").status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.person_id == grace.id)
            .values(second_factor_at=clock.now() - timedelta(minutes=11))
        )
    assert browser(grace).get(f"{OFFICE}/jobs").status_code == 303
    assert browser(grace).get(OFFICE).status_code == 200


def test_a_reset_by_somebody_above_lets_it_be_set_up_anew(
    app: Flask, browser: Open, unproved: Cast, places: Places
) -> None:
    printed(browser(unproved))
    with app.app_context(), transaction() as session:
        actions.reset_code(session, SERVER, unproved.service_number, "hash", now=clock.now())
        assert session.get(SecondFactor, unproved.id) is None

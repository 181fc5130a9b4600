"""The pages of a certificate: for its holder, for everybody else, sent twice, and wrong."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import SERVER
from lms.certificates import actions, views
from lms.certificates.lookups import Lookups
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.browser import Browser
from tests.certificates.passed import PASSED, enrol, issued, publish, run_worker
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
CONFIRM = "/en/courses/mandela-rules/certificate"


@pytest.fixture(autouse=True)
def _full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_lookups", Lookups())


def code_of(app: Flask, certificate_id: UUID) -> str:
    with app.app_context():
        return db.session().get_one(Certificate, certificate_id).code


def passed(app: Flask, person: Cast, *, passed: bool = True) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrol(session, person, passed=passed)


# ---- Confirming the name ------------------------------------------------------------------------


def test_the_holder_confirms_and_gets_the_paper(app: Flask, amina: Cast, browser: Open) -> None:
    passed(app, amina)
    page = browser(amina)
    assert "Amina Ben Salah" in page.get(CONFIRM).text

    sent = page.post(CONFIRM, {"seen": "Amina Ben Salah"})
    assert sent.status_code == 303
    waiting = page.get(sent.location)
    assert "is being made" in waiting.text
    assert waiting.headers["Refresh"] == "3"

    run_worker(app)
    ready = page.get(sent.location)
    assert "Refresh" not in ready.headers
    assert "Valid" in ready.text
    paper = page.get(sent.location + "/pdf")
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Disposition"].endswith("-00001.pdf")
    # A name is in it: the browser keeps what was downloaded on purpose, and no second copy.
    assert paper.headers["Cache-Control"] == "no-store"


def test_confirming_twice_leads_to_the_same_certificate(
    app: Flask, amina: Cast, browser: Open
) -> None:
    passed(app, amina)
    page = browser(amina)

    first = page.post(CONFIRM, {"seen": "Amina Ben Salah"})
    second = page.post(CONFIRM, {"seen": "Amina Ben Salah"})

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert page.get(CONFIRM).location == first.location


def test_a_name_that_was_not_seen_is_not_confirmed(app: Flask, amina: Cast, browser: Open) -> None:
    passed(app, amina)

    refused = browser(amina).post(CONFIRM, {"seen": "Somebody Else"})

    assert refused.status_code == 422
    assert "Look at it once more" in refused.text
    with app.app_context():
        assert db.session().get_one(Identity, amina.id).names_confirmed_at is None


def test_before_the_pass_nothing_is_offered_or_given(
    app: Flask, amina: Cast, browser: Open
) -> None:
    passed(app, amina, passed=False)
    page = browser(amina)

    assert "not passed" in page.get(CONFIRM).text
    assert page.post(CONFIRM, {"seen": "Amina Ben Salah"}).status_code == 422
    with app.app_context():
        assert db.session().scalar(select(Certificate)) is None


def test_a_name_in_another_script_may_get_a_latin_form(
    app: Flask, places: Places, browser: Open
) -> None:
    with app.app_context(), transaction() as session:
        asel = add_person(session, "Әсел Нұрланқызы", "N-77", places.northgate, language="kk")
    passed(app, asel)
    page = browser(asel)
    kazakh = "/kk/courses/mandela-rules/certificate"
    assert 'name="name_latin"' in page.get(kazakh).text

    wrong = page.post(kazakh, {"seen": asel.name, "name_latin": "Asel 山"})
    assert wrong.status_code == 422
    sent = page.post(kazakh, {"seen": asel.name, "name_latin": "Asel Nurlankyzy"})
    run_worker(app)

    assert "Asel Nurlankyzy" in page.get(sent.location).text


def test_another_language_keeps_the_latin_form_and_confirms_nothing(
    app: Flask, places: Places, browser: Open
) -> None:
    with app.app_context(), transaction() as session:
        asel = add_person(session, "Әсел Нұрланқызы", "N-77", places.northgate, language="kk")
    passed(app, asel)
    page = browser(asel)
    typed = {"seen": asel.name, "name_latin": "Asel 山", "go": "language-ru"}

    reply = page.post("/ru/courses/mandela-rules/certificate", typed)

    assert reply.status_code == 200
    assert 'value="Asel 山"' in reply.text
    assert "aria-invalid" not in reply.text
    with app.app_context():
        assert db.session().scalar(select(Certificate)) is None


def test_an_unknown_course_or_one_without_enrolment_is_not_there(
    app: Flask, amina: Cast, chipo: Cast, browser: Open
) -> None:
    passed(app, amina)

    assert browser(chipo).get(CONFIRM).status_code == 404
    assert browser(amina).get("/en/courses/none/certificate").status_code == 404
    assert browser(None).get(CONFIRM).status_code == 401


# ---- The certificate ----------------------------------------------------------------------------


def test_the_holder_and_the_office_see_it_and_nobody_else(
    app: Flask, amina: Cast, chipo: Cast, grace: Cast, places: Places, browser: Open
) -> None:
    path = f"/en/certificates/{issued(app, amina)}"
    with app.app_context(), transaction() as session:
        office = add_person(
            session,
            "Head Office",
            "H-1",
            places.country,
            roles=(("administrator", places.country),),
        )

    for ending in ("", "/pdf"):
        assert browser(amina).get(path + ending).status_code == 200
        assert browser(office).get(path + ending).status_code == 200
        assert browser(chipo).get(path + ending).status_code == 404
        assert browser(grace).get(path + ending).status_code == 404
        assert browser(None).get(path + ending).status_code == 401
        assert browser(amina).get(f"/en/certificates/{uuid4()}{ending}").status_code == 404
        assert browser(amina).post(path + ending).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_its_pages_keep_the_promises_in_each_language(
    app: Flask, amina: Cast, browser: Open, language: str
) -> None:
    certificate_id = issued(app, amina, language=language)
    code = code_of(app, certificate_id)
    page = browser(amina)

    assert page.get(f"/{language}/certificates/{certificate_id}").status_code == 200
    assert page.get(f"/{language}/v/{code}").status_code == 200
    assert page.get(f"/{language}/v").status_code == 200


# ---- Checking -----------------------------------------------------------------------------------


def test_a_stranger_checks_a_certificate_with_its_code(
    app: Flask, amina: Cast, browser: Open
) -> None:
    code = code_of(app, issued(app, amina))
    stranger = browser(None)

    assert stranger.get(f"/v/{code}").location == f"/en/v/{code}"
    text = stranger.get(f"/en/v/{code}").text
    for said in (
        "Valid",
        "Amina Ben Salah",
        "Nelson Mandela Rules",
        "23 November 2026",
        "23 November 2028",
        "3.5",
        "1.0",
        "-00001",
        "Prison Service Academy",
        "As this server knows it on",
    ):
        assert said in text
    assert "N-1001" not in text


def test_a_code_may_be_typed_as_people_type(app: Flask, amina: Cast, browser: Open) -> None:
    code = code_of(app, issued(app, amina))
    typed = f"{code[:4]} {code[4:8]}-{code[8:]}".lower()
    page = browser(None)

    to = page.get("/en/v", query_string={"code": typed}).location
    assert page.get(to).status_code == 200


def test_another_language_keeps_a_code_that_is_half_typed(browser: Open) -> None:
    reply = browser(None).get("/ar/v?code=KQ7M-4T&go=language-ar")
    assert reply.status_code == 200
    assert 'value="KQ7M-4T"' in reply.text


def test_a_mistyped_code_gets_a_sentence_and_an_unknown_one_another(
    app: Flask, amina: Cast, browser: Open
) -> None:
    page = browser(None)

    slip = page.get("/en/v/23456789CFGC")
    short = page.get("/en/v/2345")
    unknown = page.get("/en/v/23456789CFGV")
    odd = page.get("/en/v/%3Cscript%3E")

    assert {slip.status_code, short.status_code, unknown.status_code, odd.status_code} == {404}
    assert "mistyped" in slip.text
    assert "12 letters" in short.text
    assert "No certificate with this code" in unknown.text
    assert "<script>" not in odd.text


def test_one_that_is_not_made_yet_cannot_be_checked(app: Flask, amina: Cast, browser: Open) -> None:
    passed(app, amina)
    browser(amina).post(CONFIRM, {"seen": "Amina Ben Salah"})
    with app.app_context():
        code = db.session().scalars(select(Certificate.code)).one()

    assert browser(None).get(f"/en/v/{code}").status_code == 404


def test_a_withdrawal_is_seen_by_strangers_without_its_reason(
    app: Flask, amina: Cast, browser: Open
) -> None:
    certificate_id = issued(app, amina)
    with app.app_context(), transaction() as session:
        actions.withdraw(session, SERVER, certificate_id, "passed by a friend", now=clock.now())

    public = browser(None).get(f"/en/v/{code_of(app, certificate_id)}").text
    assert "The issuer withdrew this certificate" in public
    assert "friend" not in public
    assert "passed by a friend" in browser(amina).get(f"/en/certificates/{certificate_id}").text


def test_a_replaced_certificate_sends_its_holder_to_the_newer_one(
    app: Flask, amina: Cast, browser: Open
) -> None:
    old = issued(app, amina)
    with app.app_context(), transaction() as session:
        new = actions.replace_certificate(
            session,
            SERVER,
            old,
            "torn",
            installation.read(session),
            clock_is_right=True,
            now=clock.now(),
        )
    run_worker(app)

    assert f"/en/certificates/{new.id}" in browser(amina).get(f"/en/certificates/{old}").text
    assert "newer certificate replaced" in browser(None).get(f"/en/v/{code_of(app, old)}").text


def test_when_the_identity_is_gone_the_certificate_stays_without_the_name(
    app: Flask, amina: Cast, browser: Open
) -> None:
    certificate_id = issued(app, amina)
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(CertificateHolder, certificate_id))
        session.delete(session.get_one(Identity, amina.id))

    text = browser(None).get(f"/en/v/{code_of(app, certificate_id)}").text
    assert "Valid" in text
    assert "name is no longer kept here" in text
    assert "Salah" not in text


def test_a_restricted_course_shows_code_and_neutral_title_only(
    app: Flask, amina: Cast, browser: Open
) -> None:
    certificate_id = issued(app, amina, access="restricted")
    code = code_of(app, certificate_id)

    text = browser(None).get(f"/en/v/{code}").text
    assert "Professional training course" in text
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in text
    for hidden in ("Salah", "Mandela", "-00001", "November 2028"):
        assert hidden not in text
    with app.app_context():
        snapshot = db.session().get_one(Certificate, certificate_id).snapshot
    assert snapshot is not None
    assert "Mandela" not in str(snapshot)


def test_an_expired_certificate_says_since_when(app: Flask, amina: Cast, browser: Open) -> None:
    certificate_id = issued(app, amina)
    with app.app_context(), transaction() as session:
        session.get_one(Certificate, certificate_id).valid_through = PASSED.date().replace(
            year=2025
        )

    text = browser(None).get(f"/en/v/{code_of(app, certificate_id)}").text
    assert "its validity ended on 23 November 2025" in text


def test_who_guesses_codes_is_soon_asked_to_wait(app: Flask, browser: Open) -> None:
    page = browser(None)

    replies = [page.client.get("/en/v/23456789CFGV").status_code for _ in range(40)]

    assert replies[0] == 404
    assert replies[-1] == 429


def test_a_pile_of_papers_is_checked_without_waiting() -> None:
    lookups = Lookups()

    assert all(lookups.may_ask("10.0.0.0", now=0.0) for _ in range(100))
    assert lookups.may_ask("10.0.0.1", now=0.0)


def test_the_offline_page_is_a_file_with_its_own_policy(
    app: Flask, amina: Cast, browser: Open
) -> None:
    page = browser(None)
    assert page.get("/verify/offline").status_code == 404
    issued(app, amina)

    reply = page.client.get("/verify/offline")

    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert "sha256-" in reply.headers["Content-Security-Policy"]
    assert b"LMSW1:" in reply.data

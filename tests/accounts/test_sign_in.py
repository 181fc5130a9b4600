"""POST /<language>/sign-in: service number and password, or a one-time code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import passwords
from lms.accounts.models import Credential, SignIn
from lms.audit.models import AuditRow
from lms.extensions import db
from tests.accounts.conftest import CODE, PASSWORD, SPARE, Clock
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
Give = Callable[..., None]


def sign_in(browser: Browser, number: str, secret: str, **more: Any) -> Any:
    path = more.pop("path", "/en/sign-in")
    return browser.post(path, {"service_number": number, "password": secret, **more})


def test_the_right_password_opens_a_new_session(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor = browser(None)
    reply = sign_in(visitor, "N-1001", PASSWORD)
    assert reply.status_code == 303
    assert reply.location == "/en/home"
    cookie = visitor.client.get_cookie("sid")
    assert cookie is not None
    assert cookie.value != amina.token
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert visitor.get("/en/").location == "/en/home"


@pytest.mark.parametrize("typed", ["n 1001", " N1001 ", "N-١٠٠١"])
def test_the_number_is_found_however_it_is_written(
    browser: Open, amina: Cast, credential: Give, typed: str
) -> None:
    credential(amina)
    assert sign_in(browser(None), typed, PASSWORD).status_code == 303


def test_wrong_unknown_and_disabled_get_the_same_answer(
    browser: Open, amina: Cast, farida: Cast, credential: Give
) -> None:
    credential(amina)
    credential(farida)
    pages = []
    for number, secret in (("N-1001", "wrong one"), ("N-9999", PASSWORD), ("N-1003", PASSWORD)):
        reply = sign_in(browser(None), number, secret)
        assert reply.status_code == 401
        assert "Set-Cookie" not in reply.headers or "sid=" not in reply.headers["Set-Cookie"]
        pages.append(reply.text.replace(number, ""))
    words = "This number and this password do not belong together."
    assert all(words in page for page in pages)
    assert {len(page) for page in pages} == {len(pages[0])}


@pytest.mark.parametrize("secret", ["something else", CODE.lower()])
def test_the_same_work_is_done_for_unknown_names(
    browser: Open, amina: Cast, credential: Give, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential(amina)
    tried: list[str] = []
    real = passwords.is_right

    def counted(stored: str | None, typed: str) -> bool:
        tried.append(typed)
        return real(stored, typed)

    monkeypatch.setattr(passwords, "is_right", counted)
    counts = []
    for number in ("N-1001", "N-9999"):
        tried.clear()
        sign_in(browser(None), number, secret)
        counts.append(len(tried))
    assert counts[0] == counts[1]


def test_no_database_connection_is_held_while_hashing(
    app: Flask, browser: Open, amina: Cast, credential: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential(amina)
    held: list[int] = []
    real = passwords.is_right

    def watched(stored: str | None, typed: str) -> bool:
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return real(stored, typed)

    monkeypatch.setattr(passwords, "is_right", watched)
    sign_in(browser(None), "N-1001", PASSWORD)
    assert held == [0]


def test_a_hash_of_former_parameters_is_made_anew(
    app: Flask, browser: Open, amina: Cast, credential: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    credential(amina)
    monkeypatch.setattr(
        passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    )
    assert sign_in(browser(None), "N-1001", PASSWORD).status_code == 303
    with app.app_context():
        stored = db.session.scalar(select(Credential.password_hash))
    assert stored is not None
    assert "t=2" in stored


def test_success_and_failure_are_in_the_log_without_names(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    sign_in(browser(None), "N-1001", "wrong one")
    sign_in(browser(None), "N-9999", "wrong one")
    sign_in(browser(None), "N-1001", PASSWORD)
    with app.app_context():
        listed = select(AuditRow.action, AuditRow.subject).order_by(AuditRow.id)
        rows = db.session.execute(listed).all()
    assert [tuple(row) for row in rows] == [
        ("sign-in.failed", str(amina.id)),
        ("sign-in.failed", "unknown"),
        ("sign-in.done", str(amina.id)),
    ]


def test_the_fifth_try_has_to_wait_and_the_number_is_kept(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina)
    visitor = browser(None)
    for _ in range(4):
        assert sign_in(visitor, "N-1001", "wrong one").status_code == 401
    reply = sign_in(visitor, "N-1001", PASSWORD)
    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "2"
    assert "Wait 2 seconds" in reply.text
    assert 'value="N-1001"' in reply.text
    assert PASSWORD not in reply.text
    time.on(seconds=2)
    assert sign_in(visitor, "N-1001", PASSWORD).status_code == 303


def test_a_colleague_behind_the_same_address_does_not_wait(
    browser: Open, amina: Cast, chipo: Cast, credential: Give
) -> None:
    credential(amina)
    credential(chipo)
    for _ in range(4):
        sign_in(browser(None), "N-1001", "wrong one")
    assert sign_in(browser(None), "N-1002", PASSWORD).status_code == 303


def test_sent_twice_opens_two_sessions_and_ends_the_first(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor = browser(None)
    sign_in(visitor, "N-1001", PASSWORD)
    sign_in(visitor, "N-1001", PASSWORD)
    with app.app_context():
        because = db.session.scalars(select(SignIn.ended_because).order_by(SignIn.id)).all()
    assert because == [None, "replaced", None]  # the first is the cast's own


def test_a_password_stays_good_however_old_it_is(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina)
    time.on(days=2000)
    assert sign_in(browser(None), "N-1001", PASSWORD).location == "/en/home"


def test_signing_in_ends_whatever_session_the_browser_held(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, credential: Give
) -> None:
    credential(amina, None, code=CODE)
    credential(chipo)
    visitor = browser(None)
    sign_in(visitor, "N-1001", CODE)  # leads to choosing a password; then a colleague sits down
    former = visitor.client.get_cookie("sid")
    assert former is not None
    sign_in(visitor, "N-1002", PASSWORD)
    thief = browser(None)
    thief.client.set_cookie("sid", former.value)
    assert thief.get("/en/choose-password").location == "/en/"


def test_a_session_that_somebody_planted_is_never_taken_over(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor = browser(None)
    visitor.client.set_cookie("sid", "planted")
    sign_in(visitor, "N-1001", PASSWORD)
    thief = browser(None)
    thief.client.set_cookie("sid", "planted")
    assert thief.get("/en/home").status_code == 401


@pytest.mark.parametrize(
    ("number", "secret", "sentence"),
    [
        ("", PASSWORD, "Type your service number."),
        ("N-1001", "", "Type your password or your one-time code."),
        ("N" * 61, PASSWORD, "A service number has at most 60 characters."),
        ("N-1001", "x" * 129, "This is longer than any password here."),
    ],
)
def test_a_bad_field_says_so_beside_it(
    browser: Open, amina: Cast, number: str, secret: str, sentence: str
) -> None:
    reply = sign_in(browser(None), number, secret)
    assert reply.status_code == 422
    assert reply.text.count(sentence) == 2  # in the summary and beside the field


def test_without_the_token_nothing_happens(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    reply = browser(None).post(
        "/en/sign-in", {"service_number": "N-1001", "password": PASSWORD}, token=False
    )
    assert reply.status_code == 400
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_get_is_refused(browser: Open) -> None:
    assert browser(None).get("/en/sign-in").status_code == 405


@pytest.mark.parametrize("secret", [CODE, CODE.lower(), SPARE, "2345-6789 cfgh"])
def test_a_code_leads_to_choosing_a_password_and_nowhere_else(
    browser: Open, amina: Cast, credential: Give, secret: str
) -> None:
    credential(amina, None, code=CODE, spare=SPARE)
    visitor = browser(None)
    assert sign_in(visitor, "N-1001", secret).location == "/en/choose-password"
    assert visitor.get("/en/home").location == "/en/choose-password"
    assert visitor.get("/en/").location == "/en/choose-password"


def test_a_code_that_is_too_old_is_wrong(
    browser: Open, amina: Cast, credential: Give, time: Clock
) -> None:
    credential(amina, None, code=CODE, code_until=time.now + timedelta(hours=72))
    time.on(hours=72)
    assert sign_in(browser(None), "N-1001", CODE).status_code == 401


def test_the_page_that_was_asked_for_opens_after_signing_in(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor = browser(None)
    asked = visitor.get("/en/password?x=1")
    assert asked.status_code == 401
    assert 'name="next" value="/en/password?x=1"' in asked.text
    reply = sign_in(visitor, "N-1001", PASSWORD, next="/en/password?x=1")
    assert reply.location == "/en/password?x=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_no_other_host_is_ever_gone_to(
    browser: Open, amina: Cast, credential: Give, elsewhere: str
) -> None:
    credential(amina)
    reply = sign_in(browser(None), "N-1001", PASSWORD, next=elsewhere)
    assert reply.location == "/en/home"


def test_a_script_gets_the_sentence_as_json(browser: Open, amina: Cast) -> None:
    reply = browser(None).get("/en/password", headers={"Accept": "application/json"})
    assert reply.status_code == 401
    assert reply.json == {"error": "Sign in to open this page."}


def test_under_tls_the_cookie_is_bound_to_this_host(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor = browser(None)
    fields = {"service_number": "N-1001", "password": PASSWORD, "csrf_token": visitor.csrf_token()}
    visitor.client.set_cookie("__Host-pre", visitor.client.get_cookie("pre").value)  # type: ignore[union-attr]
    reply = visitor.post("/en/sign-in", fields, base_url="https://localhost")
    given = next(
        each for each in reply.headers.getlist("Set-Cookie") if each.startswith("__Host-sid=")
    )
    assert "Secure" in given
    assert "HttpOnly" in given
    assert "Path=/" in given
    assert "Domain" not in given


def test_the_language_of_the_page_is_remembered_but_not_on_a_shared_computer(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    for kind, remembered in (("unknown", True), ("shared", False)):
        visitor = browser(None)
        visitor.post("/kk/this-computer", {"kind": kind})
        sign_in(visitor, "N-1001", PASSWORD, path="/kk/sign-in")
        assert (visitor.client.get_cookie("language") is not None) is remembered


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_signs_nobody_in(
    browser: Open, amina: Cast, credential: Give, site: str
) -> None:
    credential(amina)
    fields = {"service_number": "N-1001", "password": PASSWORD}
    here = browser(None)
    assert here.post("/en/sign-in", fields, headers={"Sec-Fetch-Site": site}).status_code == 400
    foreign = {"Origin": "http://evil.example"}
    assert here.post("/en/sign-in", fields, headers=foreign).status_code == 400


def test_a_script_is_told_where_to_go_and_gets_refusals_as_pages(
    browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    visitor, accept = browser(None), {"Accept": "text/html,application/json"}
    fields = {"service_number": "N-1001", "password": "wrong one", "next": "/en/my-data"}
    refused = visitor.post("/en/sign-in", fields, headers=accept)
    assert (refused.status_code, refused.mimetype) == (401, "text/html")
    forged = visitor.post("/en/sign-in", fields, token=False, headers=accept)
    assert (forged.status_code, forged.mimetype) == (400, "text/html")
    reply = visitor.post("/en/sign-in", {**fields, "password": PASSWORD}, headers=accept)
    assert reply.status_code == 200
    assert reply.get_json() == {"going_on": "/en/my-data"}
    assert reply.headers["Cache-Control"] == "no-store"
    assert visitor.client.get_cookie("sid") is not None


# ---- The language menu ---------------------------------------------------------------------------


def test_another_language_keeps_the_number_and_where_to_go_and_never_the_password(
    app: Flask, browser: Open, amina: Cast, credential: Give
) -> None:
    credential(amina)
    typed = {
        "service_number": "N-1001",
        "password": PASSWORD,
        "next": "/en/my-data",
        "go": "language-ar",
    }
    here = browser(None)
    reply = here.post("/ar/", typed)
    assert reply.status_code == 200
    assert 'value="N-1001"' in reply.text
    assert PASSWORD not in reply.text
    assert "كلمة السر لا تُعاد أبدا" in reply.text
    assert "aria-invalid" not in reply.text
    assert here.client.get_cookie("sid") is None
    # Afterwards the page that was asked for, in the language that was asked for.
    assert 'name="next" value="/ar/my-data"' in reply.text


def test_the_language_button_never_signs_in(browser: Open, amina: Cast, credential: Give) -> None:
    credential(amina)
    reply = sign_in(browser(None), "N-1001", PASSWORD, go="language-ar")
    assert reply.status_code == 200
    assert "sid=" not in reply.headers.get("Set-Cookie", "")


def test_the_menu_of_a_closed_page_leads_to_the_sign_in_page(browser: Open) -> None:
    page = browser(None).get("/en/my-data")
    assert page.status_code == 401
    assert 'value="language-ar" formnovalidate formaction="/ar/"' in page.text


def test_enter_signs_in_and_does_not_change_the_language(browser: Open) -> None:
    first = browser(None).get("/en/").text.split('form="form"')[0].rsplit("<", 1)[1]
    assert "name=" not in first
    assert first.startswith('button class="vh"')

"""What every answer carries: policy, caching, cookies. Generated from the URL map."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from lms.accounts.models import SignIn
from lms.db import transaction
from lms.web import csrf, files
from lms.web.own_pages import POLICY
from tests.web.test_matrix import House, addresses, rules

# The two files that are taken along carry the digests of their own script and style.
OWN_POLICY = {"certificates.offline", "desk.take_along"}
# Everything else holds a name, a result or a token, and is kept nowhere.
KEPT = {
    "learning.lesson": "private, no-cache", "certificates.offline": "no-cache",
    "library.file": "private, no-cache",
}  # fmt: skip
# Files of the store, which no page of ours shows.
STORED = {"library.file"}
HTTP, HTTPS = "http://localhost", "https://localhost"


def client(house: House, who: str, scheme: str) -> FlaskClient:
    """Return a browser that sends the cookies of this connection's names."""
    made = house.app.test_client()
    prefix = "__Host-" if scheme == HTTPS else ""
    if who == "nobody":
        made.set_cookie(prefix + "pre", "pre-session")
    else:
        made.set_cookie(prefix + "sid", house.of[who].person.token)
    return made


def answers(house: House, who: str, scheme: str) -> Iterator[tuple[str, str, TestResponse]]:
    """Yield (endpoint, address, answer) for every route and method, asked for anew each time."""
    secret = "pre-session" if who == "nobody" else house.of[who].person.token
    things = house.of.get(who)
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
        for rule in rules(house.app, method if method != "PUT" else "GET"):
            if rule.endpoint == "accounts.sign_out" and method == "POST":
                continue  # the others would be nobody afterwards
            for path in addresses(house.app, rule, things):
                here = client(house, who, scheme)
                sent = {"csrf_token": csrf._token_for(secret), "kind": "unknown"}
                data = sent if method in {"POST", "PUT"} else None
                reply = here.open(path, method=method, base_url=scheme, data=data)
                yield rule.endpoint, f"{method} {path}", reply


def wrong_headers(endpoint: str, asked: str, reply: TestResponse, scheme: str) -> Iterator[str]:
    """Yield what is missing or wrong in an answer, in words."""
    policy = reply.headers.get("Content-Security-Policy", "")
    sent = reply.status_code == 200 and not asked.startswith("OPTIONS")
    if endpoint in OWN_POLICY and sent:
        own = re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)
        if len(own) != 2 or "unsafe" in policy or "frame-ancestors 'none'" not in policy:
            yield f"policy {policy}"
        if not reply.headers.get("Content-Disposition", "").startswith("attachment; filename="):
            yield "not sent as a file"
    elif endpoint in STORED and sent:
        if policy != files.POLICY:
            yield f"policy {policy}"
        if not reply.headers.get("Content-Disposition", "").startswith("attachment; filename="):
            yield "not sent as a file"
    elif policy != POLICY:
        yield f"policy {policy}"
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")):
        if reply.headers.get(name) != value:
            yield name
    if "camera=()" not in reply.headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    if scheme == HTTPS and reply.headers.get("Cross-Origin-Opener-Policy") != "same-origin":
        yield "Cross-Origin-Opener-Policy"
    if (
        reply.data
        and (reply.mimetype or "").startswith("text/")
        and reply.mimetype_params != {"charset": "utf-8"}
    ):
        yield f"type {reply.content_type}"
    if "Access-Control-Allow-Origin" in reply.headers:
        yield "another origin may read it"
    for cookie in reply.headers.getlist("Set-Cookie"):
        named, *marks = (part.strip() for part in cookie.split(";"))
        wanted = {"HttpOnly", "SameSite=Lax", "Path=/"}
        if scheme == HTTPS:
            wanted.add("Secure")
            if not named.startswith("__Host-"):
                yield f"cookie {named}"
        if wanted - set(marks) or any(mark.startswith("Domain") for mark in marks):
            yield f"cookie {cookie}"
        if len(cookie) > 4096:
            yield "a cookie that no browser keeps"


@pytest.mark.parametrize("scheme", [HTTP, HTTPS])
@pytest.mark.parametrize("who", ["nobody", "owner"])
def test_every_answer_has_its_policy_and_its_cookies(house: House, who: str, scheme: str) -> None:
    seen = 0
    for endpoint, asked, reply in answers(house, who, scheme):
        assert list(wrong_headers(endpoint, asked, reply, scheme)) == [], f"{asked}: {reply.status}"
        seen += 1
    assert seen > 100


@pytest.mark.parametrize("machine", ["unknown", "own", "shared"])
def test_only_lessons_without_personal_data_are_kept_and_nothing_on_a_shared_computer(
    house: House, machine: str
) -> None:
    with house.app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(machine=machine))
    kept = set()
    for endpoint, asked, reply in answers(house, "owner", HTTP):
        caching = reply.headers.get("Cache-Control")
        if caching != "no-store":
            kept.add(endpoint)
            assert caching == KEPT.get(endpoint), f"{asked}: {caching}"
        assert "Cookie" in reply.vary, asked
        if machine == "shared":
            assert caching == "no-store", asked
    assert kept == (set() if machine == "shared" else set(KEPT))


# Made for paper, without a menu.
PAPER = {"learning.print_lesson", "learning.print_course"}


def test_every_page_of_somebody_signed_in_leads_out(house: House) -> None:
    pages = set()
    for endpoint, asked, reply in answers(house, "owner", HTTP):
        page = reply.status_code == 200 and reply.mimetype == "text/html" and reply.data
        if page and endpoint not in PAPER | OWN_POLICY:
            pages.add(endpoint)
            assert re.search(r'<form method="post" action="/\w\w/sign-out"', reply.text), asked
    assert len(pages) > 12


def test_what_nobody_in_particular_reads_is_kept_nowhere_either(house: House) -> None:
    for endpoint, asked, reply in answers(house, "nobody", HTTP):
        if reply.headers.get("Cache-Control") != "no-store":
            assert endpoint == "certificates.offline", asked

"""What every answer carries: policy, caching, cookies. Generated from the URL map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

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
    """Yield (endpoint, address, answer) for every route and method, asked for anew each time.

    No view answers OPTIONS, nor PUT: Flask does, alike for each address of a route.
    """
    secret = "pre-session" if who == "nobody" else house.of[who].person.token
    things = house.of.get(who)
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
        for rule in rules(house.app, method if method != "PUT" else "GET"):
            if rule.endpoint == "accounts.sign_out" and method == "POST":
                continue  # the others would be nobody afterwards
            alike = 1 if method in {"OPTIONS", "PUT"} else None
            for path in islice(addresses(house.app, rule, things), alike):
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


def wrong_keeping(endpoint: str, reply: TestResponse, machine: str) -> Iterator[str]:
    """Yield how an answer may be kept that must not be; on a shared computer none may."""
    caching = reply.headers.get("Cache-Control")
    if caching != "no-store" and (machine == "shared" or caching != KEPT.get(endpoint)):
        yield f"kept: {caching}"
    if "Cookie" not in reply.vary:
        yield "kept for somebody else"


# Made for paper, without a menu.
PAPER = {"learning.print_lesson", "learning.print_course"}
LEADS_OUT = re.compile(r'<form method="post" action="/\w\w/sign-out"')


@pytest.mark.parametrize(
    ("machine", "scheme"),
    [("unknown", HTTP), ("unknown", HTTPS), ("own", HTTP), ("shared", HTTP)],
)
def test_every_answer_to_somebody_has_its_policy_and_only_lessons_are_kept(
    house: House, machine: str, scheme: str
) -> None:
    with house.app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(machine=machine))
    kept, pages = set(), set()
    for endpoint, asked, reply in answers(house, "owner", scheme):
        wrong = [
            *wrong_headers(endpoint, asked, reply, scheme),
            *wrong_keeping(endpoint, reply, machine),
        ]
        assert wrong == [], f"{asked}: {reply.status}"
        if reply.headers.get("Cache-Control") != "no-store":
            kept.add(endpoint)
        page = reply.status_code == 200 and reply.mimetype == "text/html" and reply.data
        if page and endpoint not in PAPER | OWN_POLICY:
            pages.add(endpoint)
            assert LEADS_OUT.search(reply.text), asked
    assert kept == (set() if machine == "shared" else set(KEPT))
    assert len(pages) > 12


@pytest.mark.parametrize("scheme", [HTTP, HTTPS])
def test_every_answer_to_nobody_in_particular_has_its_policy_and_is_kept_nowhere(
    house: House, scheme: str
) -> None:
    seen = 0
    for endpoint, asked, reply in answers(house, "nobody", scheme):
        assert list(wrong_headers(endpoint, asked, reply, scheme)) == [], f"{asked}: {reply.status}"
        if reply.headers.get("Cache-Control") != "no-store":
            assert endpoint == "certificates.offline", asked
        seen += 1
    assert seen > 100

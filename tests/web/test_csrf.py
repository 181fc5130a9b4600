"""A request that another site may have caused changes nothing, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms.web import csrf
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
PATH = "/en/this-computer"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 303),
        ("HTTP://LOCALHOST", 303),
        ("https://localhost", 400),
        ("http://localhost:8000", 400),
        ("http://localhost.evil.example", 400),
        ("http://evil.example", 400),
        ("null", 400),
        ("", 400),
        ("http://[", 400),
        ("http://localhost, http://evil.example", 400),
        ("http://localhost/", 400),
        ("javascript:alert(1)", 400),
    ],
)
def test_the_origin_is_ours_to_the_letter(
    browser: Open, amina: Cast, origin: str, status: int
) -> None:
    reply = browser(amina).post(PATH, {"kind": "unknown"}, headers={"Origin": origin})
    assert reply.status_code == status


def test_a_name_in_other_letters_is_the_same_origin(app: Flask, browser: Open, amina: Cast) -> None:
    with app.test_request_context(
        PATH,
        method="POST",
        base_url="http://xn--n1ak7x.xn--80ao21a:8000",
        headers={"Origin": "http://xn--n1ak7x.xn--80ao21a:8000", "Cookie": "sid=x"},
        data={"csrf_token": csrf._token_for("x")},
    ):
        csrf.check()


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ("same-origin", 303),
        ("none", 303),
        ("same-site", 400),
        ("cross-site", 400),
        ("", 400),
        ("same-origin, cross-site", 400),
        ("anything", 400),
    ],
)
def test_the_browser_itself_says_where_it_came_from(
    browser: Open, amina: Cast, site: str, status: int
) -> None:
    reply = browser(amina).post(PATH, {"kind": "unknown"}, headers={"Sec-Fetch-Site": site})
    assert reply.status_code == status


MASKED = "0" * 80


@pytest.mark.parametrize(
    "token",
    [
        "",
        "0" * 39,
        "0" * 40,
        "0" * 41,
        MASKED,
        MASKED[:79] + " ",
        "  " + MASKED[:78],
        MASKED[:38] + "  " + MASKED[:40],
        "g" * 80,
        "é" * 80,
        "\0" * 80,
        "٠" * 80,
        "0" * 5000,
        "\ud800" * 40,
    ],
)
@pytest.mark.parametrize("way", ["field", "header"])
def test_what_is_no_token_is_refused_and_never_a_fault_of_ours(
    browser: Open, amina: Cast, token: str, way: str
) -> None:
    here = browser(amina)
    plain = token.encode("utf-8", "replace").decode()
    if way == "header":
        printable = plain.encode("ascii", "replace").decode().replace("\0", "0")
        reply = here.post(PATH, {"kind": "own"}, token=False, headers={"X-CSRF-Token": printable})
    else:
        reply = here.post(PATH, {"kind": "own", "csrf_token": plain}, token=False)
    assert reply.status_code == 400
    assert here.client.get_cookie("machine") is None


def test_a_token_counts_plain_masked_and_as_a_header_but_not_in_the_address(
    app: Flask, browser: Open, amina: Cast, chipo: Cast
) -> None:
    here = browser(amina)
    token = here.csrf_token()
    with app.test_request_context(headers={"Cookie": f"sid={amina.token}"}):
        masked = [csrf.masked_token() for _ in range(3)]
    assert len({token, *masked}) == 4
    for good in (token, *masked):
        assert here.post(PATH, {"kind": "own", "csrf_token": good}).status_code == 303
        by_header = here.post(PATH, {"kind": "own"}, token=False, headers={"X-CSRF-Token": good})
        assert by_header.status_code == 303
    assert here.post(f"{PATH}?csrf_token={token}", {"kind": "own"}, token=False).status_code == 400
    other = {"kind": "own", "csrf_token": browser(chipo).csrf_token()}
    assert here.post(PATH, other).status_code == 400
    plain = here.client.post(PATH, data=f"kind=own&csrf_token={token}", content_type="text/plain")
    assert plain.status_code == 400


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_or_field_makes_another_method_of_it(
    browser: Open, amina: Cast, header: str
) -> None:
    here = browser(amina)
    assert here.get("/en/sign-out", headers={header: "POST"}).status_code == 200
    assert here.post("/en/home", {"_method": "GET"}, headers={header: "GET"}).status_code == 405

"""Other names than ours are refused, and a proxy is believed only where it is ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request
from sqlalchemy import select

from lms.audit.models import AuditAddress
from lms.db import transaction
from lms.extensions import db
from lms.settings import Settings
from lms.web.hosts import is_one_of
from tests.browser import Browser
from tests.people import Cast, add_person, build_places

Open = Callable[[Cast | None], Browser]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9000", "[::1]:8000"])
def test_without_a_setting_this_machine_answers_to_its_own_names(app: Flask, host: str) -> None:
    assert app.test_client().get("/en/", base_url=f"http://{host}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/en/", "/en/home", "/en//home", "/healthz", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_name_gets_a_page_that_says_why_and_nothing_else(
    app: Flask, path: str, method: str
) -> None:
    reply = app.test_client().open(path, method=method, base_url="http://evil.example")
    assert reply.status_code == 400
    assert "not known under the address" in reply.text
    assert "evil.example" not in reply.text + str(reply.headers)
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize(
    ("host", "names", "ours"),
    [
        ("learn.example.gov", ["learn.example.gov"], True),
        ("Learn.Example.gov:8443", ["learn.example.gov"], True),
        ("learn.example.gov", ["LEARN.example.gov:8443"], True),
        ("10.1.2.3:80", ["10.1.2.3"], True),
        ("[fd00::5]:8000", ["fd00::5"], True),
        ("[fd00::5]", ["[fd00::5]:443"], True),
        ("a.example.gov", [".example.gov"], True),
        ("example.gov", [".example.gov"], True),
        ("badexample.gov", [".example.gov"], False),
        ("learn.example.gov.evil.example", ["learn.example.gov"], False),
        ("evil.example", ["learn.example.gov"], False),
        ("learn.example.gov, evil.example", ["learn.example.gov"], False),
        ("learn.example.gov@evil.example", ["learn.example.gov"], False),
        ("learn.example.gov/", ["learn.example.gov"], False),
        ("learn.example.gov:8443:1", ["learn.example.gov"], False),
        ("evil.example:learn.example.gov", ["learn.example.gov"], False),
        ("learn.example.gov:port", ["learn.example.gov"], False),
        ("", ["learn.example.gov"], False),
        ("[::1", ["::1"], False),
        ("xn--n1ak7x.xn--80ao21a:8443", ["оқу.қаз"], True),
        ("xn--n1ak7x.xn--80ao21a", ["Оқу.ҚАЗ:8443"], True),
        ("ÿþ", ["learn.example.gov"], False),
        ("." * 70 + "ÿ", ["learn.example.gov"], False),
        ("learn.example.gov\n", ["learn.example.gov"], False),
    ],
)
def test_a_name_is_compared_without_port_and_case(host: str, names: list[str], ours: bool) -> None:
    assert is_one_of(host, names) is ours


Start = Callable[[Settings], Flask]


def behind(start: Start, settings: Settings, proxies: int) -> Flask:
    """Return the same server with so many proxies in front, and a page that says what it sees."""
    made = start(replace(settings, trusted_proxies=proxies))

    @made.after_request
    def tell(response: object) -> object:
        seen = f"{request.remote_addr} {request.scheme} {request.host}"
        response.headers["X-Seen"] = seen  # type: ignore[attr-defined]
        return response

    return made


FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 10.0.0.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X-Real-IP": "6.6.6.6",
}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, "127.0.0.1 http localhost"),
        (1, "10.0.0.7 https localhost"),
        (2, "6.6.6.6 https localhost"),
        (3, "127.0.0.1 https localhost"),  # fewer words than proxies: somebody went past them
    ],
)
def test_a_proxy_is_believed_as_far_as_it_is_ours(
    another_app: Start, settings: Settings, proxies: int, seen: str
) -> None:
    reply = behind(another_app, settings, proxies).test_client().get("/en/", headers=FORWARDED)
    assert reply.headers["X-Seen"] == seen


def test_behind_a_proxy_with_tls_people_sign_in_as_with_our_own(
    another_app: Start, settings: Settings
) -> None:
    made = behind(another_app, settings, 1)
    with made.app_context(), transaction() as session:
        amina = add_person(session, "Amina Ben Salah", "N-1001", build_places(session).northgate)
    client = made.test_client()
    client.set_cookie("__Host-sid", amina.token)
    from lms.web import csrf

    reply = client.post(
        "/en/sign-out",
        data={"csrf_token": csrf._token_for(amina.token)},
        headers={**FORWARDED, "Origin": "https://localhost"},
    )
    assert reply.status_code == 303
    assert all("; Secure" in each for each in reply.headers.getlist("Set-Cookie"))
    failed = made.test_client(use_cookies=False).post(
        "/en/sign-in",
        data={
            "service_number": "N-1001",
            "password": "wrong one",
            "csrf_token": csrf._token_for("before"),
        },
        headers={**FORWARDED, "Origin": "https://localhost", "Cookie": "__Host-pre=before"},
    )
    assert failed.status_code == 401
    with made.app_context():
        assert db.session.scalars(select(AuditAddress.address)).all() == ["10.0.0.7"]

"""The page of a full sign-in queue."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask

from lms.accounts.busy import busy_page
from lms.installation import LANGUAGES, Installation
from tests.accounts.conftest import PASSWORD
from tests.browser import Browser
from tests.people import Cast
from tests.promises import broken_promises


@pytest.fixture
def page(app: Flask) -> Callable[[str, bytes], bytes]:
    known = Installation(names={"en": "Northern Academy"})
    return busy_page(app, retry_after=3, site=lambda: known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_keeps_every_promise_of_a_page(page: Callable[..., bytes], language: str) -> None:
    assert broken_promises(page(language, b"").decode(), language) == []


def test_number_token_and_wanted_page_are_kept_and_the_password_is_not(
    page: Callable[..., bytes],
) -> None:
    sent = {
        "csrf_token": "abc",
        "service_number": '"><b>',
        "password": PASSWORD,
        "next": "/en/home",
    }
    html = page("en", urlencode(sent).encode()).decode()
    assert "Try again in 3 seconds." in html
    assert "Northern Academy" in html
    assert 'value="abc"' in html
    assert 'value="/en/home"' in html
    assert "&#34;&gt;&lt;b&gt;" in html
    assert PASSWORD not in html


def test_what_came_back_signs_in(
    page: Callable[..., bytes],
    browser: Callable[..., Browser],
    amina: Cast,
    credential: Callable[..., None],
) -> None:
    credential(amina)
    here = browser(None)
    token = here.csrf_token()
    assert f'value="{token}"' in page("en", urlencode({"csrf_token": token}).encode()).decode()
    reply = here.post("/en/sign-in", {"service_number": "N-1001", "password": PASSWORD})
    assert reply.status_code == 303


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"next=//evil.example", b"&" * 19, b"service_number=" + b"x" * 9000]
)
def test_strange_bodies_make_a_page_all_the_same(page: Callable[..., bytes], body: bytes) -> None:
    html = page("../etc", body).decode()
    assert broken_promises(html, "en") == []
    assert "evil" not in html
    assert "x" * 61 not in html

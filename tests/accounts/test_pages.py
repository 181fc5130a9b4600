"""Every page of signing in, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lms.installation import LANGUAGES
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["", "this-computer", "privacy", "accessibility", "problem"])
def test_a_public_page_opens(browser: Open, language: str, page: str) -> None:
    assert browser(None).get(f"/{language}/{page}", most_queries=1).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["password", "spare-code", "sign-out", "this-computer", "privacy"])
def test_a_page_of_somebody_signed_in_opens(
    browser: Open, amina: Cast, language: str, page: str
) -> None:
    assert browser(amina).get(f"/{language}/{page}").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_sign_in_opens(browser: Open, language: str) -> None:
    fields = {"service_number": "N-1", "password": "wrong"}
    assert browser(None).post(f"/{language}/sign-in", fields).status_code == 401
    assert browser(None).post(f"/{language}/sign-in", {}).status_code == 422


@pytest.mark.parametrize("machine", ["unknown", "shared"])
def test_passwords_are_hidden_and_may_be_pasted(browser: Open, amina: Cast, machine: str) -> None:
    visitor, here = browser(None), browser(amina)
    for each in (visitor, here):
        each.post("/en/this-computer", {"kind": machine})
    fields = 0
    for page in (visitor.get("/en/"), here.get("/en/password"), here.get("/en/spare-code")):
        for field in re.findall(r'<input[^>]* name="\w*password[^>]*>', page.text):
            fields += 1
            assert 'type="password"' in field
            assert "value=" not in field or 'value=""' in field
            assert "onpaste" not in field
            # On a computer of one's own, password managers find what they look for.
            asked = re.search(r'autocomplete="([\w-]+)"', field)
            assert asked is not None
            assert machine == "shared" or asked[1] in {"current-password", "new-password"}
    assert fields == 4


def test_another_first_segment_is_no_language(browser: Open) -> None:
    client = browser(None).client
    assert client.get("/de/").status_code == 404
    assert client.get("/favicon.ico").status_code == 404


@pytest.mark.parametrize(
    ("accept", "language"),
    [("kk;q=0.5, ru", "ru"), ("de", "en"), ("", "en"), ("ar-TN", "ar")],
)
def test_the_root_goes_to_the_language_that_the_browser_prefers(
    browser: Open, accept: str, language: str
) -> None:
    reply = browser(None).get("/", headers={"Accept-Language": accept})
    assert reply.location == f"/{language}/"
    assert {"Accept-Language", "Cookie"} <= set(reply.vary)


def test_the_root_knows_the_language_of_who_is_signed_in(browser: Open, bolat: Cast) -> None:
    assert browser(bolat).get("/").location == "/kk/"


def test_the_first_page_writes_nothing(browser: Open) -> None:
    here = browser(None)
    here.get("/en/")
    assert all(each.startswith("SELECT") for each in here.queries)

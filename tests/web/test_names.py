"""The names under which the server answers: those of TRUSTED_HOSTS and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms.app import create_app
from lms.db import transaction
from lms.extensions import db
from lms.settings import Settings
from tests.browser import Browser
from tests.people import Cast, add_person, build_places

TYPED = "http://learn.example.gov"


@pytest.fixture
def named(app: Flask, settings: Settings) -> Iterator[Flask]:
    """Return the application for one name and one address."""
    del app  # has made the database
    made = create_app(replace(settings, trusted_hosts=("learn.example.gov", "10.1.2.3")))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(named: Flask) -> Cast:
    with named.app_context(), transaction() as session:
        return add_person(session, "Amina Ben Salah", "N-1001", build_places(session).northgate)


def test_each_of_its_names_opens_the_page(named: Flask) -> None:
    for host in ("learn.example.gov", "learn.example.gov:8443", "10.1.2.3"):
        assert Browser(named).get("/en/", base_url=f"http://{host}").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "10.1.2.4", "learn.example.gov.evil.example"])
def test_another_name_is_refused_before_anybody_is_looked_up(
    named: Flask, visitor: Cast, host: str
) -> None:
    for browser in (Browser(named), Browser(named, visitor)):
        browser.client.set_cookie("sid", visitor.token, domain=host)
        reply = browser.get("/en/home", base_url=f"http://{host}", most_queries=0)
        assert (reply.status_code, reply.mimetype) == (400, "text/plain")
        assert "not known under the address that you used" in reply.text


def test_a_form_for_another_name_changes_nothing(named: Flask, visitor: Cast) -> None:
    browser = Browser(named, visitor)
    browser.client.set_cookie("sid", visitor.token, domain="evil.example")
    reply = browser.post("/en/sign-out", base_url="http://evil.example")
    assert reply.status_code == 400
    browser.client.set_cookie("sid", visitor.token, domain="learn.example.gov")
    assert browser.get("/en/home", base_url=TYPED).status_code == 200


def test_it_is_said_in_the_language_of_the_address(named: Flask) -> None:
    said = {
        Browser(named).get(path, base_url="http://evil.example").text
        for path in ("/en/", "/ar/", "/kk/home", "/nothing", "/")
    }
    assert len(said) == 3
    arabic = Browser(named).get(
        "/", base_url="http://evil.example", headers={"Accept-Language": "ar-TN,fr;q=0.5"}
    )
    assert "العنوان" in arabic.text

"""A server that is asked under a name it was never told says so, from its first page on."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture
def app(app: Flask) -> Flask:
    """Return an application that knows one name."""
    app.config["TRUSTED_HOSTS"] = ["learn.example"]
    return app


@pytest.mark.parametrize("path", ["/", "/en/", "/en/home", "/en/v", "/healthz", "/nothing"])
def test_another_name_is_refused_with_what_to_do(app: Flask, path: str) -> None:
    reply = app.test_client().get(path, base_url="http://other.example")

    assert reply.status_code == 400
    assert "TRUSTED_HOSTS" in reply.text
    assert "other.example" not in reply.text


def test_the_refusal_speaks_the_browser_s_language(app: Flask) -> None:
    reply = app.test_client().get(
        "/", base_url="http://other.example", headers={"Accept-Language": "ar-TN,fr;q=0.5"}
    )

    assert "العنوان" in reply.text


def test_the_name_that_was_named_is_answered(app: Flask) -> None:
    assert app.test_client().get("/healthz", base_url="http://learn.example").status_code == 200

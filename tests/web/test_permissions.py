"""Closed unless marked: which pages are public, and what everybody else's pages answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule

from lms.app import create_app
from lms.settings import Settings
from lms.web import permissions
from lms.web.permissions import LEARN, PUBLIC, Permission, UnmarkedRouteError, permission_of
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]

# Whoever opens a page to the world writes its name here, and says why in the same change.
PUBLIC_ENDPOINTS = {
    "accounts.root",  # leads to the front page
    "accounts.front",  # the sign-in form
    "accounts.sign_in",
    "accounts.choose_password",  # asks for a session that a one-time code opened
    "accounts.confirm_sign_out",  # leaving works, however the session ended
    "accounts.sign_out",
    "accounts.machine",  # said before anybody signs in
    "accounts.privacy",
    "accounts.problem",
    "accounts.accessibility",
    "admin.healthz",  # for machines: good or not, nothing else
    "admin.first_run",  # asks for the code that the server printed, once
    "certificates.check",  # a stranger asks whether a paper counts
    "certificates.public",
    "certificates.public_short",
    "certificates.offline",
}


def rules(app: Flask, *marks: Permission) -> Iterator[tuple[Rule, str, str]]:
    """Yield each rule with one of these marks, a method that it takes, and an address of it."""
    for rule in app.url_map.iter_rules():
        if permission_of(app, rule.endpoint) not in marks:
            continue
        with app.test_request_context():
            arguments = {name: _example(rule, name) for name in rule.arguments}
            built = rule.build(arguments, append_unknown=False)
        assert built is not None, rule
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            yield rule, method, built[1]


def _example(rule: Rule, argument: str) -> object:
    if argument == "language":
        return "en"
    one_of = getattr(rule._converters.get(argument), "items", None)
    if one_of:
        return sorted(one_of)[0]
    return UUID(int=1) if argument.endswith("_id") else "x"


def test_the_public_pages_are_exactly_these(app: Flask) -> None:
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if permission_of(app, rule.endpoint) is PUBLIC
    }
    built = {name for name in PUBLIC_ENDPOINTS if name.partition(".")[0] in app.blueprints}
    assert found == built


def test_every_other_page_asks_nobody_in_particular_to_sign_in(app: Flask, browser: Open) -> None:
    closed = [mark for mark in Permission if mark is not PUBLIC]
    for _, method, path in rules(app, *closed):
        here = browser(None)
        reply = here.get(path) if method == "GET" else here.post(path)
        assert reply.status_code == 401, f"{method} {path}"


def test_every_change_needs_the_token(app: Flask, browser: Open, amina: Cast) -> None:
    for _, method, path in rules(app, *Permission):
        if method != "GET":
            reply = browser(amina).post(path, token=False)
            assert reply.status_code == 400, f"{method} {path}"


def test_a_page_for_a_role_does_not_exist_for_who_does_not_hold_it(
    app: Flask, browser: Open, amina: Cast
) -> None:
    for_roles = [mark for mark in Permission if mark not in {PUBLIC, LEARN}]
    for _, method, path in rules(app, *for_roles):
        here = browser(amina)
        reply = here.get(path) if method == "GET" else here.post(path)
        assert reply.status_code == 404, f"{method} {path}"


def test_the_application_refuses_to_start_with_a_page_that_nobody_marked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = Blueprint("forgotten", __name__)
    forgotten.add_url_rule("/forgotten", "page", lambda: "")
    monkeypatch.setattr("lms.app.blueprints", lambda **_: [forgotten])
    with pytest.raises(UnmarkedRouteError, match=r"/forgotten \(forgotten\.page\)"):
        create_app(settings)


def test_a_mark_does_not_change_the_view() -> None:
    def view() -> str:
        return "same"

    assert permissions.permission(LEARN)(view) is view

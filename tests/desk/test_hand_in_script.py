"""POST /<language>/answers/hand-in"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.assessment.models import Attempt
from lms.extensions import db
from lms.kernel import clock
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/answers/hand-in"


@pytest.fixture
def sitting(amina: Cast, small_course: SmallCourse) -> UUID:
    """Amina's open final test."""
    small_course.begin(amina)
    small_course.read(amina)
    return small_course.start(amina)


def send(here: Browser, said: object, url: str = URL, *, token: bool = True) -> TestResponse:
    """Send as the script does: JSON with the token in a header."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"Accept": "application/json"}
    if token:
        headers["X-CSRF-Token"] = here.csrf_token()
    return here.client.post(url, data=body, content_type="application/json", headers=headers)


def who(here: Browser) -> str:
    return str(here.client.get("/answers/who").get_json()["person"])


def envelope(here: Browser, attempt_id: object, **changed: Any) -> dict[str, Any]:
    return {"attempt": str(attempt_id), "person": who(here), "page": "a" * 16, "n": 1, **changed}


def state(app: Flask, attempt_id: UUID) -> str:
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id).state


def test_it_hands_in_and_says_when_and_where_the_result_is(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    reply = send(here, envelope(here, sitting))

    assert reply.status_code == 200
    assert reply.get_json()["result"] == f"/en/tests/{sitting}/result"
    assert state(app, sitting) == "submitted"


def test_when_it_was_meant_is_kept_beside_when_it_came(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    claimed = clock.now() - timedelta(hours=5)
    send(here, envelope(here, sitting, claimed=int(claimed.timestamp() * 1000)))
    with app.app_context():
        attempt = db.session().get_one(Attempt, sitting)
        assert attempt.submit_claimed_at is not None
        assert attempt.submitted_at is not None
        assert abs(attempt.submit_claimed_at - claimed) < timedelta(seconds=1)
        assert attempt.submitted_at - claimed > timedelta(hours=4)


@pytest.mark.parametrize("claimed", [0, -1, 1 << 60, 1.5, "now", None, True, [], {}])
def test_a_moment_that_is_none_is_passed_over(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, claimed: object
) -> None:
    here = browser(amina)
    assert send(here, envelope(here, sitting, claimed=claimed)).status_code == 200
    with app.app_context():
        assert db.session().get_one(Attempt, sitting).submit_claimed_at is None


def test_sent_twice_it_says_the_same_and_is_marked_once(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    said = envelope(here, sitting)
    first = send(here, said).get_json()
    with app.app_context():
        submitted = db.session().get_one(Attempt, sitting).submitted_at
    assert send(here, said).get_json()["result"] == first["result"]
    with app.app_context():
        assert db.session().get_one(Attempt, sitting).submitted_at == submitted


def test_what_somebody_else_wrote_is_refused_and_kept_for_them(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, sitting: UUID
) -> None:
    said = envelope(browser(amina), sitting)
    reply = send(browser(chipo), said)
    assert reply.status_code == 403
    assert "kept for that person" in reply.get_json()["error"]
    assert state(app, sitting) == "open"


def test_nobody_hands_in_for_somebody_else(
    app: Flask, browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, sitting: UUID
) -> None:
    for person in (chipo, daniel, bolat, grace):
        here = browser(person)
        assert send(here, envelope(here, sitting)).status_code == 404
    assert state(app, sitting) == "open"


def test_nobody_in_particular_is_asked_to_sign_in(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    said = envelope(browser(amina), sitting)
    reply = send(browser(None), said)
    assert reply.status_code == 401
    assert reply.mimetype == "application/json"
    assert state(app, sitting) == "open"


def test_what_is_no_hand_in_is_refused_for_good(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    for name, value in (
        ("attempt", None),
        ("attempt", ""),
        ("attempt", "1"),
        ("attempt", 1),
        ("attempt", []),
        ("person", None),
        ("person", 1),
        ("person", {}),
        ("page", None),
        ("page", ""),
        ("page", "short"),
        ("page", "A" * 16),
        ("page", "a" * 41),
        ("page", "a" * 16 + "\n"),
        ("page", 1),
        ("n", None),
        ("n", 0),
        ("n", -1),
        ("n", 100_001),
        ("n", True),
        ("n", "1"),
        ("n", 1.0),
    ):
        reply = send(here, envelope(here, sitting, **{name: value}))
        assert reply.status_code == 422, (name, value)
    assert state(app, sitting) == "open"


def test_what_is_no_json_object_is_refused_for_good(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    for body in (
        b"",
        b"nothing",
        b"null",
        b"[]",
        b"1",
        b'"a"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b'{"n": ' + b"9" * 5000 + b"}",
    ):
        assert send(here, body).status_code == 422, body[:20]
    assert state(app, sitting) == "open"


def test_a_tag_that_is_nobodys_is_refused(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    for person in ("", "0" * 16, "é", "\ud800", "x" * 5000):
        assert send(here, envelope(here, sitting, person=person)).status_code == 403, person[:20]
    assert state(app, sitting) == "open"


def test_there_is_no_such_test(browser: Open, amina: Cast, sitting: UUID) -> None:
    here = browser(amina)
    assert send(here, envelope(here, uuid4())).status_code == 404


def test_without_the_token_nothing_is_handed_in(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    assert send(here, envelope(here, sitting), token=False).status_code == 400
    assert state(app, sitting) == "open"


def test_it_is_no_page(browser: Open, amina: Cast, sitting: UUID) -> None:
    assert browser(amina).get(URL).status_code == 405


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_the_result_is_in_the_language_of_the_page(
    browser: Open, amina: Cast, sitting: UUID, language: str
) -> None:
    here = browser(amina)
    reply = send(here, envelope(here, sitting), f"/{language}/answers/hand-in")
    assert reply.get_json()["result"] == f"/{language}/tests/{sitting}/result"


def test_the_clock_of_the_server_counts(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    future = datetime(2099, 1, 1, tzinfo=UTC)
    send(here, envelope(here, sitting, claimed=int(future.timestamp() * 1000)))
    with app.app_context():
        submitted = db.session().get_one(Attempt, sitting).submitted_at
    assert submitted is not None
    assert submitted < clock.now() + timedelta(minutes=1)

"""What is written down about requests: refusals by id, and never what somebody typed."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import Identity
from lms.audit.models import AuditAddress, AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.web import csrf
from tests.browser import Browser
from tests.people import Cast
from tests.web.test_malformed import NAMES
from tests.web.test_matrix import OWNED, House, addresses, post, rules

CANARY = "canary-7f3a"


def newest(app: Flask) -> tuple[int, AuditRow | None]:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(AuditRow)) or 0
        row = db.session.scalar(select(AuditRow).order_by(AuditRow.id.desc()).limit(1))
        if row is not None:
            db.session.expunge(row)
        return count, row


@pytest.mark.parametrize("role", ["colleague", "trainer", "administrator"])
def test_every_refused_attempt_to_change_something_is_in_the_audit(house: House, role: str) -> None:
    here, owner = house.browser(role), house.of["owner"]
    for rule in rules(house.app, "POST"):
        if not rule.arguments & OWNED:
            continue
        path = next(addresses(house.app, rule, owner))
        before, _ = newest(house.app)
        assert post(here, path, owner).status_code == 404
        after, row = newest(house.app)
        assert after == before + 1, path
        assert row is not None
        assert (row.actor_id, row.action, row.subject) == (
            house.of[role].person.id,
            "request.refused",
            rule.endpoint,
        )
        assert row.facts == {"status": 404}
        with house.app.app_context():
            assert db.session.get_one(AuditAddress, row.id).address == "127.0.0.1"


def test_a_forged_request_is_in_the_audit_too(app: Flask, amina: Cast) -> None:
    reply = Browser(app, amina).client.post("/en/password", headers={"Origin": "http://evil"})
    assert reply.status_code == 400
    _, row = newest(app)
    assert row is not None
    assert (row.actor_id, row.subject) == (amina.id, "accounts.password")


def test_reading_what_is_not_ones_own_is_in_the_raw_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    here, owner = house.browser("colleague"), house.of["owner"]
    before, _ = newest(house.app)
    for rule in rules(house.app, "GET"):
        if not rule.arguments & OWNED:
            continue
        caplog.clear()
        here.client.get(next(addresses(house.app, rule, owner)))
        said = f"refused 404: {rule.endpoint} by {house.of['colleague'].person.id}"
        assert said in [record.getMessage() for record in caplog.records]
    assert newest(house.app)[0] == before


def test_who_finds_nothing_or_only_looks_is_not_written_down(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("nobody", "colleague"):
        house.browser(name).client.get("/en/nothing/here")
    house.browser("nobody").client.get("/en/v/CCCC-CCCC-CCCC")
    house.browser("nobody").client.get("/en/home")
    assert [record for record in caplog.records if record.name == "lms.refusals"] == []


def test_a_full_disk_does_not_turn_a_refusal_into_a_fault(
    app: Flask, amina: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise IntegrityError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr("lms.accounts.refusals.transaction", full)
    reply = Browser(app, amina).client.post("/en/password", headers={"Origin": "http://evil"})
    assert reply.status_code == 400


@pytest.mark.parametrize("who", ["nobody", "owner"])
def test_nothing_that_somebody_typed_is_in_the_raw_log(
    house: House, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here = house.browser(who)
    sent = {**dict.fromkeys(NAMES, CANARY), "csrf_token": here.csrf_token()}
    for method in ("GET", "POST"):
        for rule in rules(house.app, method):
            if rule.endpoint == "accounts.sign_out":
                continue
            path = next(addresses(house.app, rule, house.of.get(who)))
            here.client.open(
                f"{path}?q={CANARY}",
                method=method,
                data=sent if method == "POST" else None,
                headers={"Referer": f"http://localhost/{CANARY}", "User-Agent": CANARY},
            )
    secret = [CANARY, here.csrf_token(), "Amina", "N-1001"]
    if who == "owner":
        secret.append(house.of[who].person.token)
    for record in caplog.records:
        if record.name.startswith("lms"):
            assert not any(word in record.getMessage() for word in secret), record.getMessage()


def test_an_error_of_the_database_names_no_value(
    app: Flask, amina: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(*args: Any, **settings: Any) -> Any:
        with transaction() as session:
            row = session.get_one(Identity, amina.id)
            values = {column.name: getattr(row, column.name) for column in Identity.__table__.c}
            session.execute(insert(Identity).values(**values))

    monkeypatch.setattr("lms.desk.queries.my_data", twice)
    reply = Browser(app, amina).client.get("/en/my-data")
    assert reply.status_code == 500
    said = caplog.text
    assert "fault " in said
    assert "IntegrityError" in said or "UniqueViolation" in said
    assert "Amina" not in said
    assert "1001" not in said
    assert "Amina" not in reply.text.partition("<main")[2]


def test_a_line_break_in_a_request_begins_no_line_of_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\nrefused 404: forged by somebody"
    client = app.test_client()
    client.get("/en/", environ_overrides={"HTTP_HOST": forged})
    client.post("/en/sign-in", data={"service_number": forged, "csrf_token": csrf._token_for("x")})
    client.get("/en/v/" + forged.replace("\n", "%0a"))
    lines = [line for record in caplog.records for line in record.getMessage().splitlines()]
    assert not any(line.startswith("refused 404: forged") for line in lines)

"""/<language>/administer/settings: names, languages, time zone, digits"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import SignIn
from lms.admin import night_plan
from lms.admin.backup_plan import BY_HAND, MAKE, Plan
from lms.admin.country.queries import DECISIONS
from lms.admin.night import CHECK
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from tests.admin.country.conftest import Open
from tests.people import Cast

URL = "/en/administer/settings"
NAMES: dict[str, Any] = {
    "name_en": "Uganda Prisons Service", "name_fr": "", "name_ar": "مصلحة السجون",
    "reason": "Act 4",
}  # fmt: skip
LANGUAGES: dict[str, Any] = {"languages": ["ar", "fr"], "first": "ar", "reason": "Act 5"}
CLOCK: dict[str, Any] = {"time_zone": "Africa/Tunis", "digits": "arab", "reason": "Act 6"}
PAGES = {"names": NAMES, "languages": LANGUAGES, "clock": CLOCK}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request read what is decided: a server looks again after five seconds."""
    monkeypatch.setattr("lms.app.INSTALLATION_FRESH", -1.0)


def decided(app: Flask) -> installation.Installation:
    with app.app_context():
        return installation.read(reading())


def test_the_office_decides_each_with_a_reason(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    for page, typed in PAGES.items():
        assert here.get(f"{URL}/{page}").status_code == 200
        for _ in range(2):
            assert here.post(f"{URL}/{page}", typed).location == URL
    now = decided(app)
    assert now.names == {"en": "Uganda Prisons Service", "ar": "مصلحة السجون"}
    assert now.languages == ("ar", "fr")
    assert (now.time_zone, now.digits) == ("Africa/Tunis", "arab")
    page = here.get(URL).text
    for said in (
        "Act 4",
        "Act 5",
        "Act 6",
        "Halima Nabirye",
        "Uganda Prisons Service",
        "Africa/Tunis",
        "٠١٢٣",
    ):
        assert said in page
    with app.app_context():
        rows = reading().execute(select(AuditRow.action, AuditRow.facts).order_by(AuditRow.id))
        found = [(action, facts["reason"]) for action, facts in rows]
        assert len(installation.setting(reading(), DECISIONS)) == 4
    assert found == [
        ("installation.names", "Act 4"),
        ("installation.languages", "Act 5"),
        ("installation.time-zone", "Act 6"),
        ("installation.digits", "Act 6"),
    ]


def night(app: Flask) -> dict[str, set[tuple[int, int]]]:
    """At which hours of Almaty each planned work waits."""
    almaty = ZoneInfo("Asia/Almaty")
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)
    with app.app_context():
        for job in reading().scalars(select(Job).where(Job.state == "waiting")):
            there = job.due_at.astimezone(almaty)
            found[f"{job.kind} {job.facts.get('kind', '')}".strip()].add((there.hour, there.minute))
    return found


def test_what_waits_for_the_night_moves_to_the_night_of_other_clocks(
    app: Flask, browser: Open, halima: Cast
) -> None:
    began = clock.now() - timedelta(minutes=1)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Africa/Tunis"}, now=began)
        night_plan.ask(session, Plan(), ZoneInfo("Africa/Tunis"), copies=True, now=began)
        by_hand = jobs.ask(session, MAKE, "asked 1", {"kind": BY_HAND}, now=began).id
        late = jobs.ask(session, CHECK, "night late", now=began, due_at=began).id

    here = browser(halima)
    assert here.post(f"{URL}/clock", CLOCK | {"time_zone": "Asia/Almaty"}).location == URL

    with app.app_context(), transaction() as session:
        for each in (by_hand, late):  # somebody waits for them, or they are due
            session.delete(session.get_one(Job, each))
    assert night(app) == {
        "integrity.check": {(2, 30)},
        "backup.drill": {(3, 30)},
        "audit.check": {(4, 0)},
        "health.look": {(5, 0)},
        "backup.make daily": {(1, 0)},
    }
    before = night(app)
    here.post(f"{URL}/clock", CLOCK | {"time_zone": "Asia/Almaty", "digits": "latn"})
    assert night(app) == before


@pytest.mark.parametrize(
    ("page", "change"),
    [
        ("names", {"name_en": "", "name_ar": ""}),
        ("names", {"name_en": "x" * 101}),
        ("names", {"name_en": "a\u202eb"}),
        ("names", {"reason": ""}),
        ("languages", {"languages": []}),
        ("languages", {"languages": ["xx"]}),
        ("languages", {"first": "en"}),
        ("languages", {"reason": "x" * 501}),
        ("clock", {"time_zone": "Mars/Base"}),
        ("clock", {"time_zone": "../etc/passwd"}),
        ("clock", {"time_zone": ""}),
        ("clock", {"digits": "roman"}),
        ("clock", {"reason": " "}),
    ],
)
def test_each_bad_field_is_refused_and_nothing_changes(
    app: Flask, browser: Open, halima: Cast, page: str, change: dict[str, Any]
) -> None:
    before = decided(app)
    reply = browser(halima).post(f"{URL}/{page}", {**PAGES[page], **change})
    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert decided(app) == before


def test_it_is_for_the_office_alone(
    app: Flask, browser: Open, halima: Cast, grace: Cast, amina: Cast
) -> None:
    before = decided(app)
    for person in (grace, amina):
        here = browser(person)
        assert here.get(URL).status_code == 404
        for page, typed in PAGES.items():
            assert here.get(f"{URL}/{page}").status_code == 404
            assert here.post(f"{URL}/{page}", typed).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert decided(app) == before
    assert f'href="{URL}"' in browser(halima).get("/en/administer").text


def test_the_second_proof_is_asked_for_again(app: Flask, browser: Open, halima: Cast) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(second_factor_at=clock.now() - timedelta(hours=1)))
    before = decided(app)
    for page, typed in PAGES.items():
        assert "next=" in browser(halima).post(f"{URL}/{page}", typed).location
    assert decided(app) == before


def test_without_decisions_the_page_says_nothing_of_them(browser: Open, halima: Cast) -> None:
    assert "Decisions so far" not in browser(halima).get(URL).text

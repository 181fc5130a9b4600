"""Exemptions, certificates from elsewhere, deadlines: decisions that are kept with their reason"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning import records
from lms.learning.models import Enrolment, Extension, Progress
from lms.requirements.models import Exemption, ExternalCertificate
from tests.admin.requirements.conftest import Open
from tests.course import SmallCourse
from tests.people import Cast, Places, add_person

BASE = "/en/administer"
LATER = (clock.now() + timedelta(days=60)).date()
EXEMPT = {"course_id": "C90", "reason": "on long leave", "evidence": "decision No. 14",
          "until_on": LATER.isoformat()}  # fmt: skip
GIVEN = {"course_id": "C90", "title": "Hygiene in prisons", "issuer": "UN e-course",
         "number": "UN-7", "completed_on": "2026-05-01", "valid_through": "2029-05-01",
         "evidence": "seen on paper"}  # fmt: skip


@pytest.fixture
def second(app: Flask, places: Places) -> Cast:
    """Return another administrator of the north."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Second Person",
            "N-0005",
            places.north,
            function="P6",
            roles=(("administrator", places.north),),
        )


def rows(app: Flask, table: type) -> list[object]:
    with app.app_context():
        session = db.session()
        found: list[object] = list(session.scalars(select(table)))
        session.expunge_all()
        return found


def test_an_exemption_is_given_once_and_ended(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    here, page = browser(grace), f"{BASE}/people/{amina.id}/exemptions"
    for _ in range(2):
        assert here.post(page, EXEMPT).status_code == 303
    assert len(rows(app, Exemption)) == 1
    text = here.get(page).text
    assert "on long leave" in text
    assert "given by Grace Nakato" in text
    ending = re.search(r'action="([^"]+/end)"', text)
    assert ending is not None
    for _ in range(2):
        assert here.post(ending[1]).status_code == 303
    (ended,) = rows(app, Exemption)
    assert ended.ended_by == grace.id  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"reason": ""}, 422),
        ({"reason": "  "}, 409),
        ({"evidence": ""}, 422),
        ({"until_on": "never"}, 422),
        ({"until_on": "2020-01-01"}, 409),
        ({"course_id": "x"}, 422),
    ],
)
def test_an_exemption_without_its_facts_is_refused(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    change: dict[str, str],
    status: int,
) -> None:
    page = f"{BASE}/people/{amina.id}/exemptions"
    assert browser(grace).post(page, {**EXEMPT, **change}).status_code == status
    assert rows(app, Exemption) == []


def test_strangers_decide_nothing(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    daniel: Cast,
    ivo: Cast,
) -> None:
    for kind, sent in (("exemptions", EXEMPT), ("external", GIVEN)):
        assert browser(grace).post(f"{BASE}/people/{daniel.id}/{kind}", sent).status_code == 404
        assert browser(ivo).post(f"{BASE}/people/{amina.id}/{kind}", sent).status_code == 404
        assert browser(amina).get(f"{BASE}/people/{amina.id}/{kind}").status_code == 404
    assert rows(app, Exemption) == []
    assert rows(app, ExternalCertificate) == []


def test_a_certificate_from_elsewhere_counts_once_a_second_person_has_checked_it(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, second: Cast, amina: Cast
) -> None:
    here, page = browser(grace), f"{BASE}/people/{amina.id}/external"
    for _ in range(2):
        assert here.post(page, GIVEN).status_code == 303
    (noted,) = rows(app, ExternalCertificate)
    checking = f"{BASE}/requirements/external/{noted.id}"  # type: ignore[attr-defined]
    assert "Somebody else must check this one." in here.get(f"{BASE}/requirements/external").text
    assert here.post(checking, {"go": "accept"}).status_code == 409
    assert rows(app, Progress) == []

    other = browser(second)
    assert checking in other.get(f"{BASE}/requirements/external").text
    assert "Accept it" in other.get(checking).text
    for _ in range(2):
        assert other.post(checking, {"go": "accept"}).status_code == 303
    assert other.get(checking).status_code == 404, "it waits no more"
    (enrolment,) = rows(app, Enrolment)
    assert enrolment.closed_because == "waived"  # type: ignore[attr-defined]
    (progress,) = rows(app, Progress)
    assert str(progress.held_from) == "2026-05-01"  # type: ignore[attr-defined]
    assert str(progress.valid_through) == "2029-05-01"  # type: ignore[attr-defined]
    with app.app_context():
        assert list(records.differences(db.session())) == []
    assert "accepted from elsewhere" in here.get(f"{BASE}/people/{amina.id}/learning").text


def test_a_refused_one_says_why_and_counts_for_nothing(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, second: Cast, amina: Cast
) -> None:
    browser(grace).post(f"{BASE}/people/{amina.id}/external", GIVEN)
    (noted,) = rows(app, ExternalCertificate)
    checking = f"{BASE}/requirements/external/{noted.id}"  # type: ignore[attr-defined]
    other = browser(second)
    assert other.post(checking, {"go": "refuse", "reason": " "}).status_code == 409
    assert other.post(checking, {"go": "refuse", "reason": "no paper"}).status_code == 303
    assert rows(app, Progress) == []
    text = browser(grace).get(f"{BASE}/people/{amina.id}/external").text
    assert "refused: no paper" in text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": ""}, 422),
        ({"issuer": ""}, 422),
        ({"completed_on": ""}, 422),
        ({"completed_on": "2030-01-01"}, 409),
        ({"valid_through": "2020-01-01"}, 409),
        ({"evidence": ""}, 422),
        ({"course_id": ""}, 422),
    ],
)
def test_a_certificate_without_its_facts_is_refused(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    change: dict[str, str],
    status: int,
) -> None:
    page = f"{BASE}/people/{amina.id}/external"
    assert browser(grace).post(page, {**GIVEN, **change}).status_code == status
    assert rows(app, ExternalCertificate) == []


def test_a_deadline_moves_with_its_reason(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, daniel: Cast
) -> None:
    hygiene.begin(amina)
    hygiene.begin(daniel)
    with app.app_context():
        ids = {row.person_id: row.id for row in db.session().scalars(select(Enrolment))}
    here, page = browser(grace), f"{BASE}/enrolments/{ids[amina.id]}/deadline"
    assert here.get(page).status_code == 200
    sent = {"due_on": LATER.isoformat(), "reason": "flood at the station"}
    for _ in range(2):
        assert here.post(page, sent).status_code == 303
    (moved,) = rows(app, Extension)
    assert (moved.due_on, moved.before) == (LATER, None)  # type: ignore[attr-defined]
    assert here.post(page, {"due_on": "2020-01-01", "reason": "x"}).status_code == 409
    assert here.post(page, {"due_on": "", "reason": "x"}).status_code == 422
    assert here.get(f"{BASE}/enrolments/{ids[daniel.id]}/deadline").status_code == 404
    assert here.get(f"{BASE}/enrolments/{UUID(int=5)}/deadline").status_code == 404

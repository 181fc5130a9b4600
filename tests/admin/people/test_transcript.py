"""/<language>/administer/people/<person>/training-record: an administrator asks for one"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import Grant, Posting
from lms.admin.people import views
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.people.conftest import Open
from tests.admin.people.test_learning import entrust
from tests.browser import Browser
from tests.certificates.passed import issued
from tests.certificates.transcripts.conftest import codes, jobs, pdf_of, run, signed, text_of
from tests.course import SmallCourse, publish_small, set_access
from tests.people import Cast, Places

__all__ = ["codes"]


@pytest.fixture(autouse=True)
def right_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "clock_is_right", lambda *_: True)


@pytest.fixture
def hygiene(app: Flask) -> SmallCourse:
    return publish_small(app)


def url(person: Cast | UUID) -> str:
    person_id = person.id if isinstance(person, Cast) else person
    return f"/en/administer/people/{person_id}/training-record"


def ask(here: Browser, person: Cast, **changes: str) -> tuple[int, str]:
    page = here.get(url(person)).text
    key = re.search(r'name="key"[^>]* value="([^"]+)"', page)
    sent = {"first": "en", "second": "", "key": key[1] if key else "no form", **changes}
    reply = here.post(url(person), sent)
    return reply.status_code, str(reply.location)


def test_an_administrator_gets_the_record_of_somebody_below_them(
    app: Flask, browser: Open, grace: Cast, amina: Cast, codes: list[str], tmp_path: Path
) -> None:
    issued(app, amina)
    here = browser(grace)
    learning = here.get(f"/en/administer/people/{amina.id}/learning").text
    assert f'href="{url(amina)}"' in learning
    assert "Amina Ben Salah" in here.get(url(amina)).text
    status, job = ask(here, amina, second="ar")
    assert status == 303
    assert "Training record" in here.get(job).text
    run(app)
    page = here.get(job).text
    assert "Fetch the file" in page
    reply = here.get(f"{job}/file")
    text = text_of(reply.data, tmp_path)
    assert "Amina Ben Salah" in text
    assert "Grace" not in text
    assert signed(app, codes[0]).names == ("Amina Ben Salah",)
    with app.app_context():
        asked = select(AuditRow).where(AuditRow.action == "transcript.asked")
        row = db.session().scalars(asked).one()
        assert (row.actor_id, row.subject) == (grace.id, str(amina.id))


def test_the_person_does_not_find_it_among_their_own(
    app: Flask, browser: Open, grace: Cast, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    ask(browser(grace), amina)
    run(app)
    assert "Made for you" not in browser(amina).get("/en/my-data/training-record").text
    number = jobs(app)[0].id
    assert browser(amina).get(f"/en/my-data/training-record/{number}").status_code == 404
    assert browser(grace).get(f"/en/my-data/training-record/{number}").status_code == 404


def test_nobody_else_asks_for_it(
    app: Flask,
    browser: Open,
    grace: Cast,
    ivo: Cast,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    bolat: Cast,
    yusuf: Cast,
    hygiene: SmallCourse,
) -> None:
    for person in (amina, daniel, yusuf):
        hygiene.begin(person)
    sent = {"first": "en", "second": "", "key": "1"}
    for who, whose in (
        (amina, amina),
        (chipo, amina),
        (daniel, amina),
        (bolat, amina),
        (ivo, amina),
        (grace, daniel),
        (grace, yusuf),
    ):
        assert browser(who).get(url(whose)).status_code == 404, who.name
        assert browser(who).post(url(whose), sent).status_code == 404, who.name
    assert browser(None).get(url(amina)).status_code == 401
    assert browser(grace).get(url(UUID(int=7))).status_code == 404
    assert browser(grace).client.put(url(amina)).status_code in {400, 405}
    assert jobs(app) == []


@pytest.mark.parametrize(
    "change",
    [{"first": "xx"}, {"second": "xx"}, {"second": "en"}, {"key": ""}, {"key": "x" * 61}],
)
def test_a_bad_field_is_refused(
    app: Flask,
    browser: Open,
    grace: Cast,
    amina: Cast,
    hygiene: SmallCourse,
    change: dict[str, str],
) -> None:
    hygiene.begin(amina)
    assert ask(browser(grace), amina, **change)[0] == 422
    assert jobs(app) == []


def test_sent_twice_it_is_one_paper(
    app: Flask, browser: Open, grace: Cast, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    here = browser(grace)
    assert ask(here, amina, key="k") == ask(here, amina, key="k")
    assert len(jobs(app)) == 1


def test_who_has_begun_nothing_has_no_record(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    assert ask(browser(grace), amina)[0] == 409
    assert jobs(app) == []


def test_a_station_has_none(
    app: Flask, browser: Open, grace: Cast, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    here = browser(grace)
    assert "come from the national server" in here.get(url(amina)).text
    sent = {"first": "en", "second": "", "key": "1"}
    assert here.post(url(amina), sent).status_code == 409
    assert jobs(app) == []


# ---- Restricted courses -------------------------------------------------------------------------


def test_a_restricted_course_is_in_it_for_confidential_readers_of_the_place_alone(
    app: Flask,
    browser: Open,
    places: Places,
    halima: Cast,
    amina: Cast,
    hygiene: SmallCourse,
    codes: list[str],
    tmp_path: Path,
) -> None:
    kitchen = publish_small(app, course_id="C91", slug="kitchen")
    for course in (hygiene, kitchen):
        course.pass_it(amina)
    set_access(app, "kitchen", "restricted")
    here = browser(halima)

    def lines() -> list[str]:
        ask(here, amina)
        run(app)
        return [line.course for line in signed(app, codes[-1]).lines]

    assert lines() == ["C90"]
    entrust(app, halima, places.south)
    assert lines() == ["C90"], "of another region"
    entrust(app, halima, places.north)
    assert lines() == ["C90", ""]
    text = text_of(pdf_of(app, jobs(app)[-1]), tmp_path)
    assert "Professional training course" in text
    assert "kitchen" not in text


def test_who_has_only_a_restricted_course_seems_to_have_none(
    app: Flask, browser: Open, grace: Cast, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.pass_it(amina)
    set_access(app, "hygiene", "restricted")
    assert ask(browser(grace), amina)[0] == 409
    assert jobs(app) == []


# ---- What changed between asking and making -----------------------------------------------------


@pytest.mark.parametrize("change", ["role ended", "person left"])
def test_who_may_not_see_it_any_more_gets_no_paper(
    app: Flask,
    browser: Open,
    grace: Cast,
    amina: Cast,
    places: Places,
    hygiene: SmallCourse,
    change: str,
) -> None:
    hygiene.begin(amina)
    ask(browser(grace), amina)
    yesterday = clock.now().date() - timedelta(days=1)
    with app.app_context(), transaction() as session:
        if change == "role ended":
            session.execute(update(Grant).values(ends_on=yesterday))
        else:
            session.execute(
                update(Posting).where(Posting.person_id == amina.id).values(ends_on=yesterday)
            )
    run(app)
    (job,) = jobs(app)
    assert job.result is not None
    assert "file" not in job.result
    assert "not made" in job.result["said"]

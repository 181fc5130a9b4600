"""/<language>/my-data/training-record: the learner asks for their own, and fetches it"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import SERVER
from lms.admin.roles.actions import anonymise
from lms.audit.models import AuditRow
from lms.catalogue.models import Course
from lms.certificates import actions as certificates
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office.actions import FORGET
from lms.certificates.transcripts import actions, queries, steps, views
from lms.certificates.work import ensure_keys
from lms.db import transaction
from lms.extensions import db
from lms.jobs import actions as work
from lms.jobs.models import Job
from lms.kernel import clock
from tests.browser import Browser
from tests.certificates.passed import issued
from tests.certificates.transcripts.conftest import Open, jobs, pdf_of, run, signed, text_of
from tests.course import SmallCourse, set_access
from tests.people import Cast

URL = "/en/my-data/training-record"


def ask(here: Browser, **changes: str) -> int:
    """Send the form of the page, as it came, with ``changes``; return the status."""
    page = here.get(URL).text
    key = re.search(r'name="key"[^>]* value="([^"]+)"', page)
    assert key is not None
    sent = {"first": "en", "second": "", "key": key[1], **changes}
    return here.post(URL, sent).status_code


def test_somebody_gets_a_signed_paper_of_what_they_learned(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    codes: list[str],
    tmp_path: Path,
) -> None:
    certificate = issued(app, amina)
    small_course.begin(amina)
    small_course.read(amina, small_course.lessons[:3])
    here = browser(amina)
    assert "Make the training record" in here.get(URL).text
    assert ask(here) == 303
    waiting = here.get(URL)
    assert "Being made" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    run(app)
    done = here.get(URL)
    assert "Refresh" not in done.headers
    link = re.search(rf'href="({URL}/\d+)"', done.text)
    assert link is not None
    reply = here.get(link[1])
    assert (reply.mimetype, reply.headers["Cache-Control"]) == (
        "application/pdf",
        "private, no-cache",
    )
    assert "training-record.pdf" in reply.headers["Content-Disposition"]
    text = text_of(reply.data, tmp_path)
    with app.app_context():
        row = db.session().get_one(Certificate, certificate)
        number, code = row.number, row.code
    for printed in (
        "Training record",
        "Amina Ben Salah",
        "passed",
        "90 %",
        str(number),
        str(code)[:4],
        "23 November 2026",
        "Hygiene on shift",
        "begun",
        "verify/offline",
        "not a certificate",
        "Sheet 1 of 1",
    ):
        assert printed in text, printed
    for never in ("N-1001", "Northgate", "G1", "P1"):
        assert never not in text
    (sheet,) = [signed(app, each) for each in codes]
    assert sheet.names == ("Amina Ben Salah",)
    assert [(line.course, line.state, line.percent, line.number) for line in sheet.lines] == [
        ("C01", "passed", 90, number),
        ("C90", "begun", None, ""),
    ]
    assert sheet.lines[1].half_hours == 1, "three lessons of ten minutes, by the learning records"
    with app.app_context():
        logged = select(AuditRow.action).where(AuditRow.subject == str(amina.id))
        assert {"transcript.asked", "transcript.made"} <= set(db.session().scalars(logged))


def test_it_is_printed_in_two_languages(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, tmp_path: Path
) -> None:
    small_course.pass_it(amina)
    assert ask(browser(amina), first="fr", second="en") == 303
    run(app)
    text = text_of(pdf_of(app, jobs(app)[0]), tmp_path)
    assert "Relevé de formation" in text
    assert "Training record" in text


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_the_page_opens_in_every_language_and_offers_its_own(
    browser: Open, amina: Cast, small_course: SmallCourse, language: str
) -> None:
    small_course.begin(amina)
    page = browser(amina).get(f"/{language}{URL[3:]}").text
    assert f'<option selected value="{language}">' in page


def test_sent_twice_it_is_one_paper(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    here = browser(amina)
    for key in ("the same", "the same", "another"):
        assert ask(here, key=key) == 303
    assert len(jobs(app)) == 1, "one that is being made is not asked for again"
    assert ask(here, second="fr") == 303
    assert len(jobs(app)) == 2
    run(app)
    assert ask(here) == 303
    assert len(jobs(app)) == 3
    assert ask(here, key="the same") == 303
    assert len(jobs(app)) == 3


def test_ten_a_day_are_enough(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    small_course: SmallCourse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    for person in (amina, chipo):
        small_course.begin(person)
    here = browser(amina)
    assert [ask(here, second=each) for each in ("fr", "ar", "ru")] == [303, 303, 409]
    assert len(jobs(app)) == 2
    assert ask(browser(chipo)) == 303
    with app.app_context(), transaction() as session:
        session.execute(update(Job).values(made_at=clock.now() - timedelta(days=2)))
    assert ask(here, second="ru") == 303


@pytest.mark.parametrize(
    "change",
    [
        {"first": "xx"},
        {"first": ""},
        {"second": "xx"},
        {"second": "en"},
        {"key": ""},
        {"key": "x" * 61},
    ],
)
def test_a_bad_field_is_refused(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, change: dict[str, str]
) -> None:
    small_course.begin(amina)
    assert ask(browser(amina), **change) == 422
    assert jobs(app) == []


def test_who_has_begun_nothing_is_told_so(app: Flask, browser: Open, amina: Cast) -> None:
    """The page says it in place of the form, and to who sends the form all the same."""
    here = browser(amina)
    reply = here.post(URL, {"first": "en", "second": "", "key": "1"})
    assert reply.status_code == 409
    for page in (reply.text, here.get(URL).text):
        assert "nothing to list yet" in page
        assert "Make the training record" not in page
    assert jobs(app) == []


def test_nobody_else_fetches_it(
    app: Flask,
    browser: Open,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    grace: Cast,
    small_course: SmallCourse,
) -> None:
    small_course.begin(amina)
    ask(browser(amina))
    run(app)
    address = f"{URL}/{jobs(app)[0].id}"
    assert browser(amina).get(address).status_code == 200
    for person in (chipo, daniel, grace):
        assert browser(person).get(address).status_code == 404
        assert "Made for you" not in browser(person).get(URL).text
    assert browser(None).get(address).status_code == 401
    assert browser(None).get(URL).status_code == 401
    assert browser(amina).get(f"{URL}/999").status_code == 404


def test_wrong_methods_are_refused(browser: Open, amina: Cast) -> None:
    assert browser(amina).post(f"{URL}/1").status_code == 405
    assert browser(amina).client.put(f"{URL}/1").status_code in {400, 405}


def test_another_kind_of_work_is_not_fetched_here(app: Flask, browser: Open, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        job = work.ask(session, "other", f"{amina.id} x", now=clock.now(), asked_by=amina.id)
        job.result = {"file": "0" * 64, "name": "x", "type": "text/plain"}
        number = job.id
    assert browser(amina).get(f"{URL}/{number}").status_code == 404


# ---- Restricted courses -------------------------------------------------------------------------


def test_a_restricted_course_stands_without_its_name(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    codes: list[str],
    tmp_path: Path,
) -> None:
    small_course.pass_it(amina)
    set_access(app, "hygiene", "restricted")
    ask(browser(amina))
    run(app)
    text = text_of(pdf_of(app, jobs(app)[0]), tmp_path)
    assert "Professional training course" in text
    assert "Hygiene" not in text
    assert "C90" not in text
    (sheet,) = [signed(app, each) for each in codes]
    assert [(line.course, line.state) for line in sheet.lines] == [("", "passed")]


# ---- What it lists ------------------------------------------------------------------------------


def test_a_certificate_that_no_longer_counts_is_not_named(
    app: Flask, browser: Open, amina: Cast, codes: list[str], tmp_path: Path
) -> None:
    certificate = issued(app, amina)
    with app.app_context(), transaction() as session:
        certificates.withdraw(session, SERVER, certificate, "taken back", now=clock.now())
        number = session.get_one(Certificate, certificate).number
    ask(browser(amina))
    run(app)
    assert str(number) not in text_of(pdf_of(app, jobs(app)[0]), tmp_path)
    assert signed(app, codes[0]).lines[0].number == ""


def test_many_courses_take_several_sheets_each_with_its_own_code(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    codes: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    lines = queries.lines

    def often(*given: Any, **more: Any) -> list[Any]:
        return list(lines(*given, **more)) * 9

    small_course.pass_it(amina)
    ask(browser(amina))
    monkeypatch.setattr(queries, "lines", often)
    run(app)
    text = text_of(pdf_of(app, jobs(app)[0]), tmp_path)
    assert text.count("\f") == 2
    assert "Sheet 2 of 2" in text
    sheets = [signed(app, each) for each in codes]
    assert [(each.number, each.sheets, len(each.lines)) for each in sheets] == [
        (1, 2, 6),
        (2, 2, 3),
    ]
    assert {each.names for each in sheets} == {("Amina Ben Salah",)}


# ---- Where it cannot be made --------------------------------------------------------------------


def test_a_station_sends_to_the_national_server(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    here = browser(amina)
    assert "come from the national server" in here.get(URL).text
    assert here.post(URL, {"first": "en", "second": "", "key": "1"}).status_code == 409
    assert jobs(app) == []


def test_a_wrong_clock_dates_no_paper(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_course.begin(amina)
    monkeypatch.setattr(views, "clock_is_right", lambda *_: False)
    assert ask(browser(amina)) == 409
    assert jobs(app) == []


def test_a_name_that_cannot_be_printed_is_said(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    ask(browser(amina))
    with app.app_context(), transaction() as session:
        session.execute(update(Identity).values(name="Amina 山"))
    run(app)
    (job,) = jobs(app)
    assert job.state == "done"
    assert "cannot print" in browser(amina).get(URL).text


def test_a_worker_that_is_killed_leaves_one_paper(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    """What was prepared and never recorded is made again, the same bytes."""
    small_course.begin(amina)
    ask(browser(amina))
    (job,) = jobs(app)
    ensure_keys(app.config["LMS"])
    with app.app_context(), transaction() as writing:
        steps.record(writing, job.facts, None, None, now=clock.now())
    with app.app_context():
        session = db.session()
        made = [steps.prepare(session, job.facts, steps.KEYED, now=clock.now()) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] is not None
    assert made[0].pdf


# ---- Forgetting ---------------------------------------------------------------------------------


def files(app: Flask) -> set[str]:
    return {path.name for path in (app.config["LMS"].data / "files").rglob("*") if path.is_file()}


def test_a_forgotten_name_stays_on_no_paper(
    app: Flask, browser: Open, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    certificate = issued(app, amina)
    hers = issued(app, chipo)
    ask(browser(amina))
    run(app)
    ask(browser(amina))  # still waiting
    with app.app_context():
        session = db.session()
        papers = {
            each: session.get_one(CertificateHolder, each).pdf for each in (certificate, hers)
        }
    made = jobs(app)[0].result["file"]  # type: ignore[index]
    assert {made, *papers.values()} <= files(app)
    for _ in range(2):
        with app.app_context(), transaction() as writing:
            anonymise(writing, SERVER, amina.id, now=clock.now())
    run(app)
    left = files(app)
    assert made not in left
    assert papers[certificate] not in left
    assert papers[hers] in left
    assert [(job.state, job.result) for job in jobs(app)] == [("done", None), ("stopped", None)]


def test_it_is_kept_for_thirty_days(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    ask(browser(amina))
    run(app)
    made = jobs(app)[0].result["file"]  # type: ignore[index]
    with app.app_context(), transaction() as session:
        session.execute(update(Job).values(ended_at=clock.now() - timedelta(days=31)))
        work.ask(session, FORGET, "now", now=clock.now())
    run(app)
    assert made not in files(app)
    assert "No longer kept here." in browser(amina).get(URL).text


def test_the_lookup_is_the_permission(
    app: Flask, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    """The worker looks up anew: who asked sees nothing of whom they do not look after."""
    small_course.begin(amina)
    with app.app_context(), transaction() as session:
        facts = {
            "person": str(amina.id),
            "asked_by": str(chipo.id),
            "languages": ["en"],
            "language": "en",
            "back": "",
            "asked_at": clock.now().isoformat(),
        }
        made = steps.prepare(session, facts, steps.KEYED, now=clock.now())
    assert made is not None
    assert made.pdf == b""
    assert "is not made" in made.said
    with app.app_context():
        today = clock.now().date()
        assert queries.lines(db.session(), chipo.viewer, amina.id, today=today) == []
        assert len(queries.lines(db.session(), amina.viewer, amina.id, today=today)) == 1
        assert queries.lines(db.session(), amina.viewer, UUID(int=3), today=today) == []
        assert db.session().scalar(select(Course.id)) == "C90"

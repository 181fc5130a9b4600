"""Their own training record, as the people of the demonstration ask for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.accounts.models import Identity
from lms.app import create_app
from lms.certificates.transcripts.queries import TRANSCRIPT
from lms.extensions import db
from lms.installation import LANGUAGES
from lms.jobs.models import Job
from lms.settings import read
from tests.admin.demo.conftest import COURSES, Demonstration, copied
from tests.admin.demo.test_tour import enter
from tests.browser import Browser
from tests.certificates.transcripts.conftest import run

HEAD = "HQ-1001"  # the country's administrator: the first person, who has begun no course
PAGE = "/{}/my-data/training-record"


@pytest.fixture
def head(demonstration: Demonstration, tmp_path: Path) -> Browser:
    """Return a browser of the country's administrator, in a copy that may be changed."""
    data = copied(demonstration, tmp_path / "demo")
    app = create_app(read({"LMS_DATA": str(data), "LMS_DEMO": "yes", "LMS_COURSES": str(COURSES)}))
    browser = Browser(app)
    person = enter(browser, "country administrator")
    with app.app_context():
        number = select(Identity.service_number).where(Identity.person_id == person)
        assert db.session().scalar(number) == HEAD
        db.session.remove()
    return browser


def ask(browser: Browser, language: str) -> tuple[int, str]:
    sent = {"first": language, "second": "", "key": f"key {language}"}
    reply = browser.post(PAGE.format(language), sent)
    return reply.status_code, reply.text


def test_the_head_of_administration_reads_why_there_is_no_record_yet(head: Browser) -> None:
    """They run the service and have begun no course: said at once, and in every language."""
    page = head.get(PAGE.format("en")).text
    assert "There is nothing to list yet: no course was begun." in page
    assert "Make the training record" not in page
    for language in LANGUAGES:
        status, page = ask(head, language)
        assert status == 409
        said = re.search(r"<h1>[^<]+</h1>\s*<p>([^<]{10,})</p>", page)
        assert said is not None, language
        assert ("nothing to list" in said[1]) == (language == "en"), language


def test_the_page_of_the_office_says_the_same_about_oneself(head: Browser) -> None:
    with head.app.app_context():
        number = select(Identity.person_id).where(Identity.service_number == HEAD)
        page = f"/en/administer/people/{db.session().scalar(number)}/training-record"
        db.session.remove()
    assert "There is nothing to list yet: no course was begun." in head.get(page).text
    assert head.post(page, {"first": "en", "second": "", "key": "k"}).status_code == 409


def test_the_head_of_administration_gets_one_after_a_lesson(head: Browser) -> None:
    assert head.post("/en/courses/mandela-rules/begin").status_code == 303
    for language in LANGUAGES:
        assert ask(head, language)[0] == 303
        run(head.app)
        assert f"{PAGE.format(language)}/" in head.get(PAGE.format(language)).text
    with head.app.app_context():
        made = list(db.session().scalars(select(Job).where(Job.kind == TRANSCRIPT)))
        assert [each.result["type"] for each in made if each.result] == ["application/pdf"] * 5
        db.session.remove()
        db.engine.dispose()

"""A station has no issuing key: it says who gives the certificate, and gives none itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import Identity
from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.installation import LANGUAGES, Installation
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.web.language import say
from tests.browser import Browser
from tests.certificates.passed import confirm
from tests.course import SmallCourse
from tests.desk.paths import award
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
CONFIRM = "/{}/courses/hygiene/certificate"


@pytest.fixture(autouse=True)
def _station(app: Flask) -> Iterator[None]:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    yield
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Certificate)) == 0
        assert db.session().scalar(select(func.count()).where(Job.kind == "certificate.issue")) == 0


@pytest.fixture
def attempt(amina: Cast, small_course: SmallCourse) -> str:
    """Let Amina pass; return her attempt."""
    small_course.begin(amina)
    small_course.read(amina)
    return str(small_course.sit(amina, right=True))


def sentence(language: str) -> str:
    said = rules.instead_of_certificate(Installation(issues=False))
    assert said is not None
    return say(said, language)


def pages(attempt: str, language: str) -> dict[str, str]:
    return {
        "result": f"/{language}/tests/{attempt}/result",
        "course": f"/{language}/courses/hygiene",
        "certificate": CONFIRM.format(language),
        "home": f"/{language}/home",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_says_that_the_certificate_comes_from_the_national_server(
    browser: Open, amina: Cast, attempt: str, language: str
) -> None:
    for path in pages(attempt, language).values():
        page = browser(amina).get(path)
        assert page.status_code == 200
        assert sentence(language) in page.text, path


def test_the_sentence_is_said_in_five_languages() -> None:
    said = {sentence(language) for language in LANGUAGES}

    assert len(said) == len(LANGUAGES)
    assert "national server" in sentence("en")


def test_no_page_leads_to_a_certificate_or_asks_for_the_name(
    browser: Open, amina: Cast, attempt: str
) -> None:
    for name, path in pages(attempt, "en").items():
        text = browser(amina).get(path).text
        assert "The next step is your certificate" not in text
        assert "make my certificate" not in text
        assert "Your name, confirmed" not in text
        if name != "certificate":
            assert 'href="/en/courses/hygiene/certificate"' not in text


def test_a_confirmation_that_is_sent_anyway_awards_nothing_and_confirms_nothing(
    app: Flask, browser: Open, amina: Cast, attempt: str
) -> None:
    for _ in range(2):
        sent = browser(amina).post(CONFIRM.format("en"), {"seen": "Amina Ben Salah"})
        assert sent.status_code == 422
        assert sent.text.count(sentence("en")) == 1

    with app.app_context():
        assert db.session().get_one(Identity, amina.id).names_confirmed_at is None


def test_the_action_itself_refuses(app: Flask, amina: Cast, attempt: str) -> None:
    with app.app_context(), transaction() as session:
        confirm(session, amina)
    with pytest.raises(Refused, match="national server"):
        award(app, amina)


def test_before_the_pass_nothing_is_said_of_it(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    for path in ("/en/courses/hygiene", "/en/home", CONFIRM.format("en")):
        assert sentence("en") not in browser(amina).get(path).text


def test_who_is_not_passed_is_told_that_and_not_whom_to_ask(
    browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)

    sent = browser(amina).post(CONFIRM.format("en"), {"seen": "Amina Ben Salah"})

    assert sent.status_code == 422
    assert sentence("en") not in sent.text


def test_a_passed_course_is_finished_here(browser: Open, amina: Cast, attempt: str) -> None:
    text = browser(amina).get("/en/home").text

    assert "Continue where you stopped" not in text
    assert "Passed" in text

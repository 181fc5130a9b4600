"""What a country has closed by law, as its learners see it; and certificates that have to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.catalogue.models import Course, Edition, EditionText
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.learning import actions
from tests.browser import Browser
from tests.certificates.passed import confirm
from tests.course import SmallCourse
from tests.desk.paths import award
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/courses/hygiene"
CLOSED: dict[str, Any] = {"law": "Law <9> of 2001", "date": "2026-11-24", "words": {}}


def say_of(app: Flask, **facts: object) -> None:
    """Change what the newest edition says."""
    with app.app_context(), transaction() as session:
        edition = session.scalars(
            select(Edition).join(Course, Course.edition_id == Edition.id)
        ).one()
        edition.facts = {**edition.facts, **facts}


def new_edition(app: Flask, **facts: object) -> None:
    """Publish a second number with other facts and the words of the first."""
    with app.app_context(), transaction() as session:
        course = session.scalars(select(Course)).one()
        old = session.get_one(Edition, course.edition_id)
        values = {
            column.name: getattr(old, column.name)
            for column in Edition.__table__.columns
            if column.name != "id"
        }
        new = Edition(**{**values, "number": 2, "facts": {**old.facts, **facts}})
        session.add(new)
        session.flush()
        for text in session.scalars(select(EditionText).where(EditionText.edition_id == old.id)):
            words = {
                column.name: getattr(text, column.name) for column in EditionText.__table__.columns
            }
            session.add(EditionText(**{**words, "edition_id": new.id}))
        course.edition_id = new.id


def wait_for_boxes(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"refuse_unconfirmed_boxes": True}, now=clock.now())


# ---- Closed by law ---------------------------------------------------------------------------


def test_a_closed_module_stands_in_its_place_with_its_law(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    words = {"fr": "Demandez à l’école."}
    say_of(app, closed=[{**CLOSED, "words": words, "code": "HY-0", "place": 1}])
    page = browser(amina).get(URL).text
    closed = page.index("<bdi>Law &lt;9&gt; of 2001</bdi>")
    assert page.index("Lesson HY-1.2") < closed < page.index("Lesson HY-2.1")
    assert "Closed in your country:" in page
    assert "Checked on 24 November 2026" in page
    assert '<bdi lang="fr" dir="ltr">Demandez à l’école.</bdi>' in page
    assert 'action="/en/courses/hygiene/begin"' in page


@pytest.mark.parametrize("law", ["To be named", ""])
def test_a_law_that_nobody_has_named_yet_is_not_shown(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, law: str
) -> None:
    say_of(app, closed=[{"law": law, "code": "HY-2", "place": 0}])
    page = browser(amina).get(URL).text
    assert "To be named" not in page
    assert "Closed in your country. The legal source is still to be named." in page


def test_a_closed_course_says_so_and_is_not_begun(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    say_of(app, closed_course=CLOSED)
    page = browser(amina).get(URL).text
    assert "<bdi>Law &lt;9&gt; of 2001</bdi>" in page
    assert "/begin" not in page
    home = browser(amina).get("/en/home").text
    assert "Closed in your country" in home
    assert "Begin here" not in home
    with app.app_context(), transaction() as session, pytest.raises(Refused, match="closed"):
        actions.begin(session, amina.viewer, "hygiene", now=clock.now())


def test_who_has_begun_before_may_finish_a_closed_course(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina, now=clock.now() - timedelta(days=3))
    say_of(app, closed_course=CLOSED)
    assert "Your next step" in browser(amina).get(URL).text
    attempt = small_course.pass_it(amina)
    assert "Go to the certificate" in browser(amina).get(f"/en/tests/{attempt}/result").text


# ---- Certificates that have to wait ------------------------------------------------------------


def passed(app: Flask, course: SmallCourse, person: Cast) -> UUID:
    attempt = course.pass_it(person)
    with app.app_context(), transaction() as session:
        confirm(session, person)
    return attempt


WAITS = "your service has not confirmed its national rules for this course (NA-03)"
BEHIND = "a test in this language (English): the law has changed"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"boxes": {"NA-03": "draft"}, "blocking_boxes": ["NA-03"]}, WAITS),
        ({"boxes": {"NA-03": "empty"}, "blocking_boxes": ["NA-03"]}, WAITS),
        ({"behind_law": {"en": ["hy11-1"]}}, BEHIND),
    ],
)
def test_a_certificate_that_has_to_wait_says_why_everywhere_and_follows(
    app: Flask,
    browser: Open,
    amina: Cast,
    small_course: SmallCourse,
    facts: dict[str, Any],
    said: str,
) -> None:
    wait_for_boxes(app)
    say_of(app, **{"blocking_boxes": [], **facts})
    small_course.begin(amina, now=clock.now() - timedelta(days=1))
    small_course.read(amina, now=clock.now() - timedelta(days=1))
    before = browser(amina).get(f"{URL}/tests/post").text
    assert said in before
    assert "Start the test" in before
    assert said not in browser(amina).get(f"{URL}/tests/pre").text
    attempt = passed(app, small_course, amina)
    for address in (f"/en/tests/{attempt}/result", URL, f"{URL}/certificate"):
        page = browser(amina).get(address).text
        assert said in page, address
        assert "Go to the certificate" not in page
    with pytest.raises(Refused, match="No certificate can be made yet"):
        award(app, amina)
    # A later number confirms the box, or brings the translation up to date.
    new_edition(app, boxes={"NA-03": "confirmed"}, behind_law={})
    assert "Go to the certificate" in browser(amina).get(URL).text
    award(app, amina)
    with app.app_context():
        assert db.session().scalars(select(Certificate.person_id)).all() == [amina.id]


@pytest.mark.parametrize(
    "facts",
    [
        {"behind_law": {"ar": ["hy11-1"]}},
        {"boxes": {"NA-03": "confirmed"}, "blocking_boxes": ["NA-03"]},
        {"boxes": {"NA-04": "draft"}},
    ],
)
def test_no_other_language_and_no_other_box_holds_a_certificate_up(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, facts: dict[str, Any]
) -> None:
    wait_for_boxes(app)
    say_of(app, **{"blocking_boxes": [], **facts})
    attempt = passed(app, small_course, amina)
    assert (
        "No certificate can be made yet"
        not in browser(amina).get(f"/en/tests/{attempt}/result").text
    )
    award(app, amina)


def test_a_law_that_changes_after_the_pass_holds_it_up_in_that_language(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse
) -> None:
    attempt = passed(app, small_course, amina)
    new_edition(app, behind_law={"en": ["hy11-1"]})
    assert BEHIND in browser(amina).get(f"/en/tests/{attempt}/result").text
    with pytest.raises(Refused, match="the law has"):
        award(app, amina)


def test_a_new_box_waits_for_nobody_who_began_before_it(
    app: Flask, browser: Open, amina: Cast, daniel: Cast, small_course: SmallCourse
) -> None:
    wait_for_boxes(app)
    say_of(app, blocking_boxes=[])
    before = passed(app, small_course, amina)
    new_edition(app, boxes={"NA-09": "empty"}, blocking_boxes=["NA-09"])

    # Who began before it is told of no box, and holds the certificate of that pass.
    said = WAITS.replace("NA-03", "NA-09")
    for address in (f"/en/tests/{before}/result", URL):
        page = browser(amina).get(address).text
        assert "Go to the certificate" in page, address
        assert said not in page, address
    award(app, amina)
    with app.app_context():
        assert db.session().scalars(select(Certificate.person_id)).all() == [amina.id]

    # Who begins after it has to wait for the very same box.
    small_course.begin(daniel, now=clock.now() - timedelta(days=1))
    small_course.read(daniel, now=clock.now() - timedelta(days=1))
    assert said in browser(daniel).get(f"{URL}/tests/post").text

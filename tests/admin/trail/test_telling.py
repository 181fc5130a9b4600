"""What the page of the log makes of the facts of a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.audit import actions
from lms.catalogue.models import Edition, EditionText
from lms.db import transaction
from lms.kernel import clock
from tests.browser import Browser
from tests.course import SmallCourse, set_access
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
DIGEST = "18c2f6d454df95b910cc6d819463848e12a00324c063f4465af9283f2538ed7c"


@pytest.fixture
def dana(app: Flask, places: Places) -> Cast:
    with app.app_context(), transaction() as session:
        roles = (("administrator", places.country),)
        return add_person(session, "Dana Office", "HQ-1", places.country, roles=roles)


@pytest.fixture
def tell(app: Flask, browser: Open, dana: Cast) -> Callable[..., str]:
    """Write a row and return what the page shows of it, as plain text."""

    def write(
        action: str, facts: dict[str, object], subject: str = "x", language: str = "en"
    ) -> str:
        with app.app_context(), transaction() as session:
            actions.append(session, None, action, subject, facts, now=clock.now())
        page = browser(dana).get(f"/{language}/administer/audit?action={action}").text
        row = page.partition("<tbody>")[2].partition("</tr>")[0]
        return " ".join(unescape(re.sub("<[^>]+>", " ", row)).split()).replace(" : ", ": ")

    return write


def test_codes_become_words(tell: Callable[..., str]) -> None:
    said = tell("sign-in.done", {"way": "code", "machine": "shared"})
    assert "Signed in with a one-time code" in said
    assert "Computer shared computer" in said
    said = tell("person.changed", {"fields": ["name", "rank_group"]})
    assert "What changed Whole name Rank group" in said


def test_days_and_moments_are_those_of_the_reader(tell: Callable[..., str]) -> None:
    assert "Until 31 March 2027" in tell("exemption.given", {"until": "2027-03-31"})
    assert "31 марта 2027" in tell("exemption.given", {"until": "2027-03-31"}, language="ru")
    said = tell("audit.export asked", {"since": "2026-03-31T22:30:00+00:00"})
    assert "From day 31 March 2026, 22:30" in said
    assert "29 November 2026, 01:30" in tell("backup.made", {"sealed": True}, "20261129T013000Z")


def test_moments_are_on_the_clocks_of_the_country(app: Flask, tell: Callable[..., str]) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=clock.now())
    said = tell("audit.export asked", {"since": "2026-03-31T22:30:00+00:00"})
    assert "From day 1 April 2026, 03:30" in said


def test_yes_no_nothing_and_amounts(tell: Callable[..., str]) -> None:
    said = tell("backup.made", {"sealed": True, "keys": False})
    assert "Encrypted yes The issuing key is in it no" in said
    assert "Programme –" in tell("requirement.set", {"programme": None})
    assert "People 1,234" in tell("slips.printed", {"people": 1234})
    assert "Number of the work 1234" in tell("transcript.asked", {"job": 1234})
    assert "After 80 %" in tell("installation.pass-mark", {"before": 70, "after": 80})


def test_facts_lie_within_facts(tell: Callable[..., str]) -> None:
    plan = {"hour": 3, "keep": 7, "weekday": 6, "keep_copies": 4}
    said = tell("installation.backups", {"after": plan, "reason": "Quiet nights"})
    assert "After Hour of the daily backup 03:00 How many daily backups are kept 7" in said
    assert "Day of the weekly copy elsewhere Sunday" in said
    assert "Reason Quiet nights" in said
    said = tell("document.titles", {"before": {"en": "House rules", "ar": "قواعد"}})
    assert "Before English House rules العربية قواعد" in said


def test_codes_and_what_was_typed_keep_their_own_direction(
    app: Flask, browser: Open, dana: Cast
) -> None:
    with app.app_context(), transaction() as session:
        facts = {"number": "XX-2026-00012", "before": {"ar": "قواعد"}, "reason": "<b>قرار 5</b>"}
        actions.append(session, None, "installation.names", DIGEST, facts, now=clock.now())
    page = browser(dana).get("/ar/administer/audit").text
    assert '<bdi dir="ltr">XX-2026-00012</bdi>' in page
    assert f'<bdi dir="ltr">{DIGEST[:16]}…</bdi>' in page
    assert '<bdi lang="ar" dir="rtl">قواعد</bdi>' in page
    assert "<bdi>&lt;b&gt;قرار 5&lt;/b&gt;</bdi>" in page


def test_places_have_their_names(tell: Callable[..., str], places: Places) -> None:
    said = tell("person.transferred", {"unit": str(places.northgate.id), "from": "2026-11-01"})
    name = places.northgate.names["en"]
    assert f"Region, facility or section {name} From day 1 November 2026" in said
    assert str(places.northgate.id) not in said
    assert f"{name} Kind Facility" in tell(
        "unit.added", {"kind": "facility"}, str(places.northgate.id)
    )


def test_courses_have_their_titles_with_the_code(
    tell: Callable[..., str], small_course: SmallCourse
) -> None:
    assert "Course Hygiene on shift C90" in tell("draft.begun", {"course": "C90"})
    assert "Hygiene on shift C90 2.1" in tell("package.taken", {"package": DIGEST}, "C90 2.1")
    said = tell("report.export asked", {"filters": {"course": "C90"}}, language="ar")
    assert "النظافة في المناوبة C90" in said
    assert "Number C90" in tell("draft.begun", {"number": "C90"})


def test_a_search_for_everything_at_once_stays_cheap(
    app: Flask, browser: Open, dana: Cast, places: Places, small_course: SmallCourse, amina: Cast
) -> None:
    facts = {"course": "C90", "unit": str(places.northgate.id), "person": str(amina.id)}
    with app.app_context(), transaction() as session:
        actions.append(session, amina.id, "requirement.set", "r", facts, now=clock.now())
    query = "text=N-1001&subject=r&action=requirement.set&since=2020-01-01&until=2099-01-01"
    page = browser(dana).get(f"/en/administer/audit?{query}").text
    assert "Hygiene on shift" in page
    assert places.northgate.names["en"] in page


def test_a_course_that_is_gone_keeps_its_code(tell: Callable[..., str]) -> None:
    assert "Course C77" in tell("draft.closed", {"course": "C77"})
    assert "C77 3.2" in tell("package.taken", {"package": DIGEST}, "C77 3.2")


def test_the_title_of_a_restricted_course_is_for_those_who_may_know_it(
    app: Flask, tell: Callable[..., str], small_course: SmallCourse
) -> None:
    set_access(app, "hygiene", "restricted")
    said = tell("draft.begun", {"course": "C90"})
    assert "Course Professional training course C90" in said
    assert "Hygiene" not in said


def test_an_edition_is_named_for_those_who_may_read_of_learning(
    app: Flask, browser: Open, places: Places, small_course: SmallCourse, dana: Cast
) -> None:
    with app.app_context(), transaction() as session:
        roles = (("administrator", places.country), ("confidential-reader", places.country))
        karim = add_person(session, "Karim", "HQ-9", places.country, roles=roles)
        edition = session.scalars(select(Edition)).one()
        facts = {"enrolment": str(uuid4()), "edition": edition.id, "unit": str(places.country.id)}
        actions.append(session, None, "certificate.awarded", "x", facts, now=clock.now())
        title = update(EditionText).where(EditionText.language == "ar")
        session.execute(title.values(title="VEP: نظافة", facts={}))
    page = browser(karim).get("/ar/administer/audit").text
    code = f"C90 {edition.number}.{edition.revision}"
    assert f'<bdi dir="rtl">VEP: نظافة</bdi> <small><bdi dir="ltr">{code}</bdi></small>' in page
    assert "C90" not in browser(dana).get("/ar/administer/audit").text


def test_a_title_in_another_language_says_so(
    app: Flask, browser: Open, small_course: SmallCourse, dana: Cast
) -> None:
    with app.app_context(), transaction() as session:
        facts = {"said_in": {"course": "en"}}
        session.execute(update(EditionText).values(title="Hygiene", facts=facts))
        actions.append(session, None, "draft.begun", "x", {"course": "C90"}, now=clock.now())
    page = browser(dana).get("/ar/administer/audit").text
    assert '<bdi lang="en" dir="ltr">Hygiene</bdi> <small><bdi dir="ltr">C90</bdi></small>' in page


def test_languages_bear_their_own_names(tell: Callable[..., str]) -> None:
    said = tell("installation.languages", {"before": ["fr"], "after": ["kk", "fr"]})
    assert "Before Français After Қазақша Français" in said


def test_a_long_list_is_cut_and_ids_stay_ids(tell: Callable[..., str], amina: Cast) -> None:
    ids = [str(amina.id), *(str(uuid4()) for _ in range(11))]
    said = tell("staff-list.undone", {"people": ids, "kept": 2})
    assert ids[4] in said
    assert ids[5] not in said
    assert "and 7 more" in said
    assert amina.name not in said


def test_old_rows_keep_their_bare_keys(tell: Callable[..., str]) -> None:
    said = tell(
        "old.thing", {"gone": "y", "deep": {"within": [1, {"most": None}]}, "day": "2026-02-31"}
    )
    assert "old.thing" in said
    assert "gone y deep within 1 most – day 2026-02-31" in said
    assert not re.search(r"[{}\[\]]", said)


def test_who_it_was_done_to_is_not_said_twice(tell: Callable[..., str], amina: Cast) -> None:
    said = tell("exemption.given", {"person": str(amina.id), "course": "C01"}, str(uuid4()))
    assert said.count(amina.name) == 1
    assert str(amina.id) not in said
    stranger = str(uuid4())
    assert f"Person {stranger}" in tell("exemption.given", {"person": stranger}, str(uuid4()))

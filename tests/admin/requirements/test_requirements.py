"""/<language>/administer/requirements: who must hold what, and who does"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import installation
from lms.db import transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.learning.models import Enrolment
from lms.requirements import actions
from lms.requirements.models import Requirement
from tests.admin.requirements.conftest import Open
from tests.course import SmallCourse
from tests.people import Cast, Places, add_person

URL = "/en/administer/requirements"
NEW = {"course_id": "C90", "unit": "N", "function": "P1", "interval": "", "grace": "0",
       "place": "", "enrols": ""}  # fmt: skip


def in_force(app: Flask) -> list[Requirement]:
    with app.app_context():
        session = db.session()
        rows = session.scalars(select(Requirement).where(Requirement.ends_on.is_(None))).all()
        session.expunge_all()
        return list(rows)


def enrolled(app: Flask) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(Enrolment)) or 0


def set_one(here: object, **changes: str) -> str:
    sent = {name: value for name, value in {**NEW, **changes}.items() if value or name != "enrols"}
    reply = here.post(f"{URL}/new", sent)  # type: ignore[attr-defined]
    assert reply.status_code == 303
    return str(reply.location)


def test_a_requirement_shows_who_holds_it_and_who_does_not(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = browser(grace)
    assert "Nothing is required yet." in here.get(URL).text
    assert here.get(f"{URL}/new").status_code == 200
    page = set_one(here)
    hygiene.pass_it(chipo)
    text = here.get(page).text
    assert re.search(r"Chipo Okello.*?tag ok\">Valid", text, re.DOTALL)
    assert re.search(r"Amina Ben Salah.*?Not started", text, re.DOTALL)
    assert "Chipo" not in here.get(f"{page}?status=never").text
    matrix = here.get(URL).text
    assert matrix.count(">1</a>") == 2


def test_the_people_of_one_place_stay_the_people_of_that_place(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, daniel: Cast
) -> None:
    """A report leads here from one place: its name stands above, and every state keeps to it."""
    here = browser(grace)
    page = set_one(here)
    assert "Only people at this place" not in here.get(page).text
    text = here.get(f"{page}?unit=N-01").text
    assert "Only people at this place: Northgate (N-01)." in text
    assert f'{page}?unit=N-01&amp;status=never"' in text
    assert f'href="{page}">Show all places' in text
    assert "Amina" in text
    assert "Amina" in here.get(f"{page}?unit=N-01&status=never").text


def test_a_persons_page_names_what_must_be_held_by_its_title(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    here = browser(grace)
    set_one(here)
    page = f"/administer/people/{amina.id}/learning"
    assert '<li>Hygiene on shift <bdi class="meta">C90</bdi>' in here.get(f"/en{page}").text
    marked = '<li><bdi lang="en" dir="ltr">Hygiene on shift</bdi> <bdi class="meta">C90</bdi>'
    assert marked in here.get(f"/kk{page}").text


def test_the_same_requirement_twice_is_one_and_a_changed_one_gives_way(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast
) -> None:
    here = browser(grace)
    assert set_one(here) == set_one(here)
    set_one(here, grace="90")
    (kept,) = in_force(app)
    assert kept.grace_days == 90


def test_one_that_takes_the_place_of_an_earlier_one_says_since_when_it_counts(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast
) -> None:
    here = browser(grace)
    assert "The requirement counts from today on." in here.get(set_one(here, grace="90")).text
    with app.app_context(), transaction() as session:
        session.execute(update(Requirement).values(starts_on=date(2025, 3, 14)))
    page = here.get(set_one(here, grace="30")).text
    assert "The requirement counts since 14 March 2025, as the one before it did" in page
    assert "from today on" not in page


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"unit": "S"}, 404),
        ({"unit": "XX"}, 404),
        ({"course_id": "C99"}, 422),
        ({"function": "P9"}, 422),
        ({"interval": "5"}, 422),
        ({"grace": "3"}, 422),
        ({"place": "one"}, 422),
        ({"place": "0"}, 422),
        ({"unit": ""}, 422),
    ],
)
def test_what_does_not_fit_is_refused_and_kept_as_typed(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    places: Places,
    change: dict[str, str],
    status: int,
) -> None:
    reply = browser(grace).post(f"{URL}/new", {**NEW, **change})
    assert reply.status_code == status
    assert 'role="alert"' in reply.text
    assert in_force(app) == []


def test_nobody_else_opens_or_changes_it(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    bolat: Cast,
    ivo: Cast,
    places: Places,
) -> None:
    page = set_one(browser(grace))
    with app.app_context(), transaction() as session:
        south = add_person(
            session, "South", "S-9", places.south, roles=(("administrator", places.south),)
        )
    for person in (amina, bolat, ivo, south):
        here = browser(person)
        assert here.get(page).status_code == 404
        assert here.post(f"{page}/end").status_code == 404
        assert here.post(f"{page}/enrolment").status_code == 404
        assert here.get(f"{page}/enrolment").status_code == 404
    assert browser(grace).get(f"{URL}/{UUID(int=3)}").status_code == 404
    assert len(in_force(app)) == 1


def test_a_requirement_from_above_is_read_and_not_ended(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, halima: Cast, amina: Cast
) -> None:
    page = set_one(browser(halima), unit="XX")
    here = browser(grace)
    text = here.get(page).text
    assert "Amina Ben Salah" in text
    assert "End this requirement" not in text
    assert here.post(f"{page}/end").status_code == 404


def test_an_ended_one_counts_no_more_and_what_was_learned_stays(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    hygiene.pass_it(amina)
    here = browser(grace)
    page = set_one(here)
    for _ in range(2):
        assert here.post(f"{page}/end").status_code == 303
    assert in_force(app) == []
    assert here.get(page).status_code == 404
    assert enrolled(app) == 1


def test_who_would_be_enrolled_is_named_first_and_enrolled_once(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
) -> None:
    here = browser(grace)
    page = set_one(here)
    hygiene.pass_it(chipo)
    preview = here.get(f"{page}/enrolment").text
    assert "Amina Ben Salah" in preview
    assert "Chipo" not in preview
    assert enrolled(app) == 1
    for _ in range(2):
        assert here.post(f"{page}/enrolment").status_code == 303
    assert enrolled(app) == 2
    assert "Everybody whom it concerns" in here.get(f"{page}/enrolment").text


def test_a_new_colleague_is_enrolled_the_same_day(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, places: Places
) -> None:
    set_one(browser(grace), enrols="y")
    joiners(app)
    before = enrolled(app)
    with app.app_context(), transaction() as session:
        add_person(session, "Newly Come", "N-7001", places.northgate)
    for _ in range(2):
        joiners(app)
        assert enrolled(app) == before + 1
    with app.app_context():
        hours = select(func.count()).where(Job.kind == actions.ENROL)
        assert (db.session().scalar(hours) or 0) >= 2, "it looks again in the next hour"


def joiners(app: Flask) -> None:
    """Do every step of the hourly look."""
    cursor = None
    while True:
        with app.app_context(), transaction() as session:
            cursor = actions.enrol_joiners(session, {}, cursor, now=clock.now())
        if cursor is None:
            return


def test_a_pasted_list_is_shown_before_anybody_is_enrolled(
    app: Flask,
    browser: Open,
    hygiene: SmallCourse,
    grace: Cast,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
) -> None:
    here = browser(grace)
    hygiene.begin(chipo)
    sent = {"course_id": "C90", "numbers": "n 1001\nN-1002; S-2001\n\nnobody", "due_on": ""}
    shown = here.post(f"{URL}/enrol", {**sent, "go": "look"}).text
    assert "will be enrolled" in shown
    assert "is enrolled already" in shown
    assert shown.count("nobody of yours has this number") == 2
    # What would happen stands below a long form: the answer opens there.
    assert f'value="look" formaction="{URL}/enrol#preview"' in shown
    assert 'id="preview"' in shown
    assert "Daniel" not in shown
    assert enrolled(app) == 1
    for _ in range(2):
        assert here.post(f"{URL}/enrol", {**sent, "go": "enrol"}).status_code == 303
    assert enrolled(app) == 2
    assert "Nobody on this list would be enrolled." not in shown
    again = here.post(f"{URL}/enrol", {**sent, "go": "look"}).text
    assert "Nobody on this list would be enrolled." in again
    assert 'value="enrol"' not in again


@pytest.mark.parametrize("change", [{"numbers": ""}, {"course_id": "none"}, {"due_on": "soon"}])
def test_a_bad_list_is_refused(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, change: dict[str, str]
) -> None:
    sent = {"course_id": "C90", "numbers": "N-1001", "due_on": "", "go": "enrol", **change}
    assert browser(grace).post(f"{URL}/enrol", sent).status_code == 422
    assert enrolled(app) == 0


def test_tonights_shift_is_green_or_says_what_is_missing(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    here = browser(grace)
    set_one(here)
    hygiene.pass_it(chipo)
    assert here.get(f"{URL}/shift").status_code == 200
    text = here.post(f"{URL}/shift", {"numbers": "N-1001\nN-1002\nS-2001"}).text
    assert "1 of 3 people hold everything" in text
    assert re.search(r"Amina Ben Salah.*?✕ no.*?Hygiene on shift: Not started", text, re.DOTALL)
    assert re.search(r"Chipo Okello.*?✓ yes", text, re.DOTALL)
    assert "Daniel" not in text


def test_the_printed_reminders_name_who_has_to_do_what(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = browser(grace)
    set_one(here)
    hygiene.pass_it(chipo)
    text = here.get(f"{URL}/reminders?unit=N-01").text
    assert "Amina Ben Salah" in text
    assert "Chipo" not in text
    assert "Amina" not in here.get(f"{URL}/reminders?unit=S-01").text


def test_a_requirement_of_a_special_function_is_on_no_print_of_who_may_not_know(
    app: Flask, browser: Open, hygiene: SmallCourse, halima: Cast, yusuf: Cast
) -> None:
    here = browser(halima)
    page = set_one(here, unit="XX", function="P2")
    assert here.get(page).status_code == 404
    assert "Yusuf" not in here.get(f"{URL}/reminders?unit=XX").text
    shift = here.post(f"{URL}/shift", {"numbers": "S-2002"}).text
    assert "C90" not in shift
    assert "Hygiene on shift" not in shift


def test_the_learner_sees_the_next_step_at_home(
    browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    set_one(browser(grace), place="1")
    text = browser(amina).get("/en/home", most_queries=8).text
    assert re.search(r"Next:.*?Hygiene on shift.*?Not started", text, re.DOTALL)


def test_an_old_deadline_says_so(
    app: Flask, browser: Open, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    page = set_one(browser(grace))
    with app.app_context(), transaction() as session:
        session.scalars(select(Requirement)).one().starts_on -= timedelta(days=2)
    assert "Amina" in browser(grace).get(f"{page}?status=overdue").text


def test_its_days_are_those_of_the_country(
    app: Flask, hygiene: SmallCourse, grace: Cast, amina: Cast
) -> None:
    """At 20:00 in Greenwich on 30 November it is 1 December in Almaty."""
    now, first = datetime(2026, 11, 30, 20, 0, tzinfo=UTC), date(2026, 12, 1)
    new = actions.NewRequirement(course_id="C90", unit_code="N")
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=now)
        made = actions.require(session, grace.viewer, new, now=now)
        actions.enrol_missing(session, grace.viewer, made, now=now)
        enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == amina.id)).one()
        assert session.get_one(Requirement, made).starts_on == enrolment.due_on == first
        with pytest.raises(Refused, match="This day is over"):
            actions.extend(
                session, grace.viewer, enrolment.id, first - timedelta(days=1), "ill", now=now
            )
        actions.end_requirement(session, grace.viewer, made, now=now)
        assert session.get_one(Requirement, made).ends_on == first - timedelta(days=1)

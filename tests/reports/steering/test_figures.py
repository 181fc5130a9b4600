"""/<language>/reports/steering: who is counted in a quarter, and how"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from lms.accounts.models import Posting
from lms.catalogue.models import Course
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.kernel.ids import new_id, new_ordered_id
from lms.learning.models import Progress
from lms.reports.steering import queries
from lms.reports.steering.rules import Period
from tests.course import SmallCourse
from tests.people import Cast, Places
from tests.reports.conftest import Open
from tests.reports.moments import before
from tests.reports.same import Reports
from tests.reports.steering.learning import (
    GROUPS,
    LAST,
    add_programme,
    enrolment,
    total,
)


def test_it_counts_people_by_how_far_they_have_come(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    assert total(here, "") == ["40", "8", "8", "24", "16", "8", "0"]
    rows = {row[0]: row[1:] for row in here.shown("steering", "region")}
    # Three of Southfield have not begun, so both places hide it.
    assert rows["North"] == ["25", "*", "*", "15", "*", "*", "0"]
    assert rows["South"] == ["15", "*", "*", "9", "*", "*", "0"]
    assert rows["All together"] == total(here, "")
    assert [row[0] for row in here.shown("steering", "facility")] == [
        "Northgate",
        "Southfield",
        "All together",
    ]
    sexes = {row[0]: row[1:] for row in here.shown("steering", "sex")}
    assert sexes["female"][0] == sexes["male"][0] == "20"


def test_a_programme_counts_who_learns_for_it(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    shown = total(here, "programme=prison-health")
    assert (shown[0], shown[3]) == ("20", "12")
    rows = {row[0]: row[1] for row in here.shown("steering?programme=prison-health", "region")}
    assert rows["All together"] == "20"
    page = here.page("steering?programme=prison-health")
    assert "Prison health" in page


def test_two_who_are_not_in_the_programme_are_hidden_in_its_sheet(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    """All of Southfield and ten of Northgate's twelve learn for the programme."""
    day = before(1)
    with app.app_context(), transaction() as session:
        made = add_programme(session)
        for number, person in enumerate(crowd):
            row = enrolment(person, day)
            row.programme_id = None if number in {0, 1} else made
            session.add(row)
    here = Reports(app, browser(dana))
    assert total(here, "")[0] == "19"
    assert total(here, "programme=prison-health")[0] == "*"
    rows = {row[0]: row[1] for row in here.shown("steering?programme=prison-health", "region")}
    assert (rows["North"], rows["South"]) == ("*", "*")


def test_every_breakdown_has_the_same_line_of_all(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    for asked in ("steering", "steering?programme=prison-health"):
        lines = [here.shown(asked, name)[-1] for name in GROUPS]
        assert all(line == lines[0] for line in lines)


def test_whoever_passed_earlier_or_joined_later_is_not_counted(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    for person in crowd[:6]:
        hygiene.pass_it(person, now=before(2))
    for person in crowd[6:12]:
        hygiene.begin(person, now=before(2))
    for person in crowd[12:]:
        hygiene.begin(person, now=before(0))
    here = Reports(app, browser(dana))
    assert total(here, f"quarter={LAST.code}") == ["6", "0", "6", "0", "0", "0", "0"]
    assert total(here, f"quarter={LAST.earlier.code}") == ["12", "0", "6", "6", "6", "0", "0"]


def test_who_failed_the_refresher_passed_later(
    app: Flask, browser: Open, dana: Cast, renewed: None
) -> None:
    assert total(Reports(app, browser(dana)), "") == ["12", "0", "0", "12", "0", "12", "0"]


def test_certificates_are_those_valid_on_the_last_day(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    with app.app_context(), transaction() as session:
        course = session.get_one(Course, hygiene.id)
        for number, person in enumerate(crowd):
            row = enrolment(person, before(3))
            session.add(row)
            session.flush()
            ends = None if number % 2 else LAST.last - timedelta(days=number < 4)
            session.add(
                Certificate(
                    id=new_id(),
                    enrolment_id=row.id,
                    generation=1,
                    person_id=person.id,
                    course_id=course.id,
                    edition_id=course.edition_id,
                    number=None,
                    code=f"{number:012}",
                    status_index=number,
                    completed_on=before(3).date(),
                    valid_through=ends,
                    snapshot=None,
                    name_digest=None,
                    awarded_at=before(3),
                    issued_at=before(3) if number < 18 else before(0),
                )
            )
    # Two ended a day too early, one was issued later.
    assert total(Reports(app, browser(dana)), "")[-1] == "16"


def test_somebody_counts_where_they_worked_on_the_last_day(
    app: Flask, browser: Open, dana: Cast, places: Places, learned: None, crowd: list[Cast]
) -> None:
    with app.app_context(), transaction() as session:
        for person in crowd[:6]:
            session.execute(
                update(Posting)
                .where(Posting.person_id == person.id)
                .values(ends_on=LAST.last - timedelta(days=1))
            )
            session.add(
                Posting(
                    id=new_ordered_id(),
                    person_id=person.id,
                    unit_id=places.southfield.id,
                    function="P3",
                    starts_on=LAST.last,
                    ends_on=None,
                )
            )
    here = Reports(app, browser(dana))
    rows = {row[0]: row[1] for row in here.shown("steering", "facility")}
    assert rows == {"Northgate": "19", "Southfield": "21", "All together": "40"}
    # A confidential function is counted with the officers.
    assert [row[0] for row in here.shown("steering", "function")] == ["Officer", "All together"]


def test_a_restricted_course_is_not_counted(
    app: Flask, browser: Open, dana: Cast, learned: None, hygiene: SmallCourse
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Course, hygiene.id).access = "restricted"
    assert "There is nothing to count here yet." in Reports(app, browser(dana)).page("steering")


def test_the_rules_give_what_counting_by_hand_gives(
    app: Flask, dana: Cast, hygiene: SmallCourse, crowd: list[Cast], places: Places
) -> None:
    """Drawn enrolments of every state, some for the programme; no attempts, so all passed later."""
    dice = random.Random(7)
    begins, ends = LAST.begins(UTC), LAST.following.begins(UTC)
    with app.app_context(), transaction() as session:
        made = add_programme(session)
        drawn = []
        for person in [person for person in crowd for _ in range(3)]:
            at = begins + timedelta(days=dice.randint(-200, 120))
            begun = at + timedelta(days=dice.randint(0, 60)) if dice.random() < 0.8 else None
            passed = (
                begun + timedelta(days=dice.randint(0, 90))
                if begun and dice.random() < 0.6
                else None
            )
            row = enrolment(person, at)
            row.begun_at, row.closed_at = begun, passed or at + timedelta(days=300)
            row.programme_id = made if dice.random() < 0.5 else None
            session.add(row)
            session.flush()
            session.add(Progress(enrolment_id=row.id, lessons=[], reviewed=[], passed_at=passed))
            drawn.append((person.id, row.programme_id, at, begun, passed))
    counted = {False: Counter[str](), True: Counter[str]()}
    for only in (False, True):
        states: dict[UUID, str] = {}
        for person_id, programme, at, begun, passed in drawn:
            if at >= ends or (passed and passed < begins) or (only and programme is None):
                continue
            state = "a" if passed and passed < ends else "b" if begun and begun < ends else "c"
            states[person_id] = min(state, states.get(person_id, "c"))
        counted[only].update(states.values())
    with app.app_context():
        rows = queries.people(db.session(), dana.viewer, Period.of(LAST, UTC), made)
    for only, prefix in ((False, ""), (True, "here_")):
        found: Counter[str] = Counter()
        for group in rows:
            if not only or group.here:
                begun, done = getattr(group, f"{prefix}begun"), getattr(group, f"{prefix}completed")
                found["a" if done else "b" if begun else "c"] += group.people
        assert found == counted[only]

"""/<language>/reports/steering: a programme, or the whole country, in one quarter"""

from __future__ import annotations

import random
import re
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import Person, Posting, Unit
from lms.app import cli
from lms.catalogue.models import Course, Programme
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import new_id, new_ordered_id
from lms.learning.models import Enrolment, Progress
from lms.reports.quarters import Quarter
from lms.reports.steering import queries
from lms.reports.steering.rules import MEASURES, Period
from tests.course import SmallCourse
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.same import Reports
from tests.reports.test_completions import before

URL = "/en/reports/steering"
LAST = Quarter.of(before(1).date())
HEADS = len(MEASURES)
GROUPS = ("sex", "rank", "function", "region", "facility")


@pytest.fixture
def learned(app: Flask, hygiene: SmallCourse, crowd: list[Cast], places: Places) -> None:
    """In the quarter before this one, forty people learn; half of them for the programme.

    Of each five: one has not begun, one has begun, two pass at once, one at the second attempt.
    Northgate has 25, Southfield 15. Women are every second one.
    """
    with app.app_context(), transaction() as session:
        more = [
            add_person(session, f"More {n}", f"M-{n:03}",
                       places.northgate if n < 13 else places.southfield)
            for n in range(21)
        ]  # fmt: skip
    people = [*crowd[:12], *more[:13], *crowd[12:], *more[13:]]
    day = before(1)
    for number, person in enumerate(people):
        kind = number % 5
        if kind:
            hygiene.begin(person, now=day)
            hygiene.read(person, now=day)
        if kind == 4:
            hygiene.sit(person, right=False, now=day)
            hygiene.read(person, now=day + timedelta(days=2))
        if kind > 1:
            hygiene.sit(person, right=True, now=day + timedelta(days=3 if kind == 4 else 0))
    with app.app_context(), transaction() as session:
        made = add_programme(session)
        for number, person in enumerate(people):
            if not number % 5:
                session.add(enrolment(person, day))
            session.execute(
                update(Person).where(Person.id == person.id).values(sex="fm"[number % 2])
            )
        session.flush()
        chosen = [person.id for number, person in enumerate(people) if number // 5 % 2]
        session.execute(
            update(Enrolment).where(Enrolment.person_id.in_(chosen)).values(programme_id=made)
        )


def enrolment(person: Cast, day: datetime) -> Enrolment:
    """Return an enrolment that nobody has begun."""
    return Enrolment(
        id=new_ordered_id(), person_id=person.id, course_id="C90", route="list", number=None,
        due_on=None, made_at=day, made_by=None, begun_at=None,
    )  # fmt: skip


def add_programme(session: Session, code: str = "prison-health") -> UUID:
    row = Programme(
        id=new_id(), code=code, kind="programme", titles={"en": "Prison health", "ar": "الصحة"},
        issuers={}, partners={}, funders={}, starts_on=date(2024, 1, 1), ends_on=None,
        printed=False, question=None, groups=[], measures=[], fixed_at=None, made_by=None,
        made_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def total(here: Reports, asked: str) -> list[str]:
    return here.shown(f"steering?{asked}", "sex")[-1][1:]


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
        "Northgate", "Southfield", "All together",
    ]  # fmt: skip
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


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", GROUPS)
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, learned: None, form: str, name: str
) -> None:
    here = Reports(app, browser(dana))
    for asked in ("steering?programme=prison-health", "steering?second=ar"):
        assert here.exported(asked, form, name) == here.shown(asked, name)


def text_of(pdf: bytes, folder: Path) -> str:
    """Return what is printed, line by line; an isolating mark is no letter."""
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    return re.sub("[\u2066-\u2069\u202a-\u202e]", "", said)


def printed(said: str) -> list[list[str]]:
    """Return the figures of each line of the paper that has all of them."""
    found = [re.findall(r"(?<=\s)(?:\d+|\*)(?=\s|$)", line) for line in said.splitlines()]
    return [figures for figures in found if len(figures) == HEADS]


@pytest.mark.parametrize("second", ["", "ar", "ru"])
def test_the_paper_says_what_the_page_says_on_one_sheet(
    app: Flask, browser: Open, dana: Cast, learned: None, tmp_path: Path, second: str
) -> None:
    here = Reports(app, browser(dana))
    said = text_of(here.file(f"steering?second={second}", "pdf"), tmp_path)
    shown = [row[1:] for name in GROUPS for row in here.shown("steering", name)[:-1]]
    assert printed(said) == [total(here, ""), *shown]
    assert said.count("\f") == 1
    assert "Northgate" in said
    assert LAST.first.isoformat() in said


def test_a_second_language_stands_beside_the_first_and_figures_once(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    alone, both = here.page("steering"), here.page("steering?second=ar")
    assert both.count('lang="ar" dir="rtl"') > 20
    assert 'class="beside"' not in alone
    figures = re.compile(r"<td class=.n.[^>]*>(.*?)</td>", re.DOTALL)
    assert figures.findall(both) == figures.findall(alone)
    arabic = browser(dana).get(f"{URL.replace('/en/', '/ar/')}?second=en").text
    assert 'lang="en" dir="ltr"' in arabic
    turned = browser(dana).get(f"{URL.replace('/en/', '/ar/')}?second=ar")
    assert (turned.status_code, 'class="beside"' in turned.text) == (200, False)


def test_only_quarters_that_are_over_can_be_chosen(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = Reports(app, browser(dana))
    now = Quarter.of(clock.now().date())
    for code in (now.code, "1999-Q1", "x"):
        assert browser(dana).get(f"{URL}?quarter={code}").status_code == 404
    page = here.page("steering")
    assert f'value="{now.code}"' not in page
    assert f'value="{LAST.code}" selected' in page
    earlier = here.shown(f"steering?quarter={LAST.earlier.code}")
    assert earlier == []


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
                    id=new_id(), enrolment_id=row.id, generation=1, person_id=person.id,
                    course_id=course.id, edition_id=course.edition_id, number=None,
                    code=f"{number:012}", status_index=number, completed_on=before(3).date(),
                    valid_through=ends, snapshot=None, name_digest=None, awarded_at=before(3),
                    issued_at=before(3) if number < 18 else before(0),
                )
            )  # fmt: skip
    # Two ended a day too early, one was issued later.
    assert total(Reports(app, browser(dana)), "")[-1] == "16"


def test_somebody_counts_where_they_worked_on_the_last_day(
    app: Flask, browser: Open, dana: Cast, places: Places, learned: None, crowd: list[Cast]
) -> None:
    with app.app_context(), transaction() as session:
        for person in crowd[:6]:
            session.execute(
                update(Posting).where(Posting.person_id == person.id)
                .values(ends_on=LAST.last - timedelta(days=1))
            )  # fmt: skip
            session.add(
                Posting(
                    id=new_ordered_id(), person_id=person.id, unit_id=places.southfield.id,
                    function="P3", starts_on=LAST.last, ends_on=None,
                )
            )  # fmt: skip
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


def test_the_smallest_places_of_many_stand_in_one_line(
    app: Flask, browser: Open, dana: Cast, places: Places, hygiene: SmallCourse, tmp_path: Path
) -> None:
    day = before(1)
    with app.app_context(), transaction() as session:
        for number in range(45):
            unit = Unit(
                id=new_ordered_id(), parent_id=places.north.id, kind="facility",
                code=f"N-{number + 100}", names={"en": f"Prison {number:02}"},
                path=f"{places.north.path}{number + 100}/", closed_on=None,
            )  # fmt: skip
            session.add(unit)
            session.flush()
            for turn in range(5 + number % 3):
                person = add_person(session, "X", f"X-{number}-{turn}", unit)
                session.add(enrolment(person, day))
    here = Reports(app, browser(dana))
    rows = here.shown("steering", "facility")
    assert len(rows) == 41
    assert rows[-2][0] == "Other places together (6)"
    assert rows[-2][1] == "30"
    assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) == 270
    assert text_of(here.file("steering?second=ar", "pdf"), tmp_path).count("\f") == 1


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
                begun + timedelta(days=dice.randint(0, 90)) if begun and dice.random() < 0.6
                else None
            )  # fmt: skip
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


def test_the_command_prints_what_the_page_shows(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    said = app.test_cli_runner().invoke(cli, ["report", "steering", "--table", "sex"])
    assert said.exit_code == 0, said.output
    shown = Reports(app, browser(dana)).shown("steering", "sex")
    assert said.output.rstrip().splitlines()[-1].endswith(",".join(shown[-1][1:]))
    assert app.test_cli_runner().invoke(cli, ["report", "nothing"]).exit_code == 2


def test_who_opens_it(
    browser: Open, omar: Cast, grace: Cast, amina: Cast, bolat: Cast, learned: None
) -> None:
    """It is about the whole country: who administers a region alone does not."""
    assert browser(omar).get(URL).status_code == 200
    sent = {"table": "", "form": "pdf", "key": "x"}
    for person in (grace, amina, bolat):
        assert browser(person).get(URL).status_code == 404
        assert browser(person).post(f"{URL}/export", sent).status_code == 404
    assert URL not in browser(grace).get("/en/reports").text
    assert browser(None).get(URL).status_code == 401


def test_where_nobody_learns_there_is_nothing_to_count(
    browser: Open, dana: Cast, hygiene: SmallCourse
) -> None:
    page = browser(dana).get(URL).text
    assert "There is nothing to count here yet." in page
    assert "Paper (PDF)" not in page

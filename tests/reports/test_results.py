"""/<language>/reports/results: first attempts at the final test"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Posting, Unit
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places
from tests.reports.conftest import Open
from tests.reports.moments import before
from tests.reports.same import Reports

URL = "/en/reports/results"
YEAR = clock.now().year - 1
DAY = datetime(YEAR, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
@kept
def sat(hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """At Northgate seven of twelve pass at once; at Southfield all seven."""
    for number, person in enumerate(crowd):
        hygiene.begin(person, now=DAY)
        hygiene.read(person, now=DAY)
        hygiene.sit(person, right=not 7 <= number < 12, now=DAY)


def test_first_attempts_are_counted_by_place(
    app: Flask, browser: Open, dana: Cast, sat: None
) -> None:
    rows = {r[0]: r[1:] for r in Reports(app, browser(dana)).shown(f"results?year={YEAR}")}
    assert rows["North"][:4] == ["7", "5", "12", "58"]
    assert rows["All together"] == ["14", "5", "19", "74", "73.7"]


def test_a_mean_of_fewer_than_ten_is_not_shown_nor_what_would_tell_it(
    app: Flask, browser: Open, dana: Cast, crowd: list[Cast], hygiene: SmallCourse, sat: None
) -> None:
    """Southfield's seven have a mean of their own; Northgate's would give it away."""
    rows = {r[0]: r[1:] for r in Reports(app, browser(dana)).shown(f"results?year={YEAR}")}
    assert rows["South"][:4] == ["7", "0", "7", "100"]
    assert (rows["South"][4], rows["North"][4]) == ("*", "*")
    assert rows["All together"][4] == "73.7"


def test_in_a_renewal_the_refresher_is_the_first_attempt(
    app: Flask, browser: Open, dana: Cast, renewed: None
) -> None:
    """The final test that follows a failed one has number 1, too, and is none."""
    rows = Reports(app, browser(dana)).shown(f"results?year={before(1).year}")
    assert rows[-1] == ["All together", "0", "12", "12", "0", "0"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, sat: None, form: str
) -> None:
    here = Reports(app, browser(dana))
    for asked in (f"results?year={YEAR}", f"results?year={YEAR}&unit=S-01"):
        assert here.exported(asked, form) == here.shown(asked)


def test_a_year_begins_by_the_clocks_of_the_country(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    """The last hour of the year in Greenwich lies in the new one in Almaty."""
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=clock.now())
    late = datetime(YEAR, 12, 31, 23, 0, tzinfo=UTC)
    for person in crowd[:6]:
        hygiene.pass_it(person, now=late)
    here = Reports(app, browser(dana))
    assert here.shown(f"results?year={YEAR}") == []
    assert here.shown(f"results?year={YEAR + 1}")[-1][3] == "6"


def test_who_moved_is_counted_where_they_worked_by_the_clocks_of_the_country(
    app: Flask, browser: Open, dana: Cast, places: Places, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    """Ten people sit after midnight in Almaty, where they have worked at Southfield since then."""
    day = date(YEAR, 5, 5)
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=clock.now())
        for person in crowd[:10]:
            move(session, person, places.southfield, day)
    for person in crowd[:10]:
        hygiene.pass_it(person, now=datetime(YEAR, 5, 4, 20, 0, tzinfo=UTC))
    rows = {r[0]: r[3] for r in Reports(app, browser(dana)).shown(f"results?year={YEAR}")}
    assert rows == {"South": "10", "All together": "10"}


def move(session: Session, person: Cast, unit: Unit, day: date) -> None:
    """Let somebody work at another place from a day on."""
    here = session.scalars(select(Posting).where(Posting.person_id == person.id)).one()
    here.ends_on = day - timedelta(days=1)
    session.add(
        Posting(
            id=new_ordered_id(),
            person_id=person.id,
            unit_id=unit.id,
            function=here.function,
            starts_on=day,
        )
    )


def test_who_reads_it(
    browser: Open, omar: Cast, grace: Cast, amina: Cast, bolat: Cast, sat: None
) -> None:
    assert browser(omar).get(URL).status_code == 200
    assert browser(grace).get(f"{URL}?unit=S").status_code == 404
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404


def test_without_attempts_there_is_nothing_to_count(
    browser: Open, dana: Cast, hygiene: SmallCourse
) -> None:
    page = browser(dana).get(URL).text
    assert "nothing to count here yet. Choose another course, year or workplace." in page


def test_a_note_in_a_file_is_called_a_note(
    app: Flask, browser: Open, dana: Cast, sat: None
) -> None:
    """An asterisk before it would be read as what hidden figures mean."""
    said = Reports(app, browser(dana)).file(f"results?year={YEAR}", "csv").decode("utf-8-sig")
    assert "\nNote 1,A mean is shown of 10 people or more." in said
    assert '\nNote 2,"* Fewer than 5 people, or' in said

"""A list of places: tried, taken over, undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.importing import steps
from lms.accounts.models import Posting, Unit, UnitName
from lms.audit.chain import first_bad_row
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from tests.accounts.importing.conftest import At, Desk
from tests.people import Cast, Places

HEADER = "code;parent;kind;name_en;name_ar"


def taken(here: Desk, *rows: str) -> str:
    return here.taken(*rows, kind="places", header=HEADER)


def test_places_are_added_below_each_other_in_any_order(app: Flask, desk: At, halima: Cast) -> None:
    here = desk(halima)
    page = here.tried(
        "W-01;W;;Westgate;بوابة الغرب",
        "W;XX;region;West;",
        "N-01;;;North Gate;",
        "S-01;N;;South;",
        kind="places",
        header=HEADER,
    )
    assert here.verdicts(page) == [(2, "new"), (3, "new"), (4, "changed"), (5, "refused")]
    assert here.unit("W") is None
    text = here.browser.get(page).text.replace("\u2068", "").replace("\u2069", "")
    assert "English: Northgate, now North Gate" in text
    assert "W · Facility" in text
    assert "A list does not move places." in text
    here.confirm(page)
    here.work()
    west, gate = here.unit("W"), here.unit("W-01")
    assert west is not None
    assert gate is not None
    assert (gate.parent_id, gate.kind) == (west.id, "facility")
    assert gate.path.startswith(west.path)
    assert gate.names == {"en": "Westgate", "ar": "بوابة الغرب"}
    assert here.at(page).counts["done"] == {"new": 2, "changed": 1}


def test_a_new_name_keeps_the_former_one_for_the_papers_of_its_time(
    app: Flask, desk: At, grace: Cast, places: Places
) -> None:
    here = desk(grace)
    page = taken(here, "N-01;;;North Gate;باب الشمال")
    unit = here.unit("N-01")
    assert unit is not None
    assert unit.names == {"en": "North Gate", "ar": "باب الشمال"}
    with app.app_context():
        former = db.session.scalars(select(UnitName)).one()
        assert (former.unit_id, former.names) == (places.northgate.id, {"en": "Northgate"})
        assert former.until_on == clock.now().date() - timedelta(days=1)
    here.undone(page)
    unit = here.unit("N-01")
    assert unit is not None
    assert unit.names == {"en": "Northgate"}


def test_an_empty_name_takes_none_away(desk: At, grace: Cast) -> None:
    here = desk(grace)
    taken(here, "N-01;;;;باب الشمال")
    unit = here.unit("N-01")
    assert unit is not None
    assert unit.names == {"en": "Northgate", "ar": "باب الشمال"}


def test_places_of_somebody_else_are_refused(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = taken(here, "S-02;S;;Lake;", "S;;;Mine;", "XX;;;Mine;", "N-02;N;;Lakeside;")
    assert here.verdicts(page) == [(2, "refused"), (3, "refused"), (4, "refused"), (5, "new")]
    assert here.unit("S-02") is None
    assert here.unit("N-02") is not None


def test_a_country_of_two_hundred_and_sixty_nine_stations(
    app: Flask, desk: At, halima: Cast
) -> None:
    here = desk(halima)
    rows = [f"R{at};XX;region;Region {at};" for at in range(16)]
    rows += [f"F{at:03};R{at % 16};;Station {at};" for at in range(253)]
    page = taken(here, *reversed(rows))
    assert here.at(page).counts == {"new": 269, "done": {"new": 269}}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 269 + 5
        assert first_bad_row(db.session()) is None
    here.undone(page)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 5
        assert first_bad_row(db.session()) is None
    again = taken(here, *rows)
    assert here.at(again).counts["done"] == {"new": 269}


def test_a_worker_that_is_killed_in_the_middle_goes_on(
    app: Flask, desk: At, halima: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PLACES_AT_ONCE", 2)
    here = desk(halima)
    page = here.tried(*(f"F{at};N;;Station {at};" for at in range(7)), kind="places", header=HEADER)
    here.confirm(page)
    with app.app_context():
        for cursor in (None, [2, 3]):
            with transaction() as session:
                facts = {**_facts(here, page), "by": str(halima.id)}
                steps.apply_list(session, facts, cursor, now=clock.now())
    assert sum(row.done for row in here.rows(page)) == 4
    here.work()
    assert [row.done for row in here.rows(page)] == [True] * 7


def _facts(here: Desk, page: str) -> dict[str, object]:
    listed = here.at(page)
    return {"import": str(listed.id), "language": "en", "turn": listed.reading["turn"]}


def test_a_place_at_which_people_work_by_now_stays(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = taken(here, "N-02;N;;Lakeside;", "N-03;N;;Seaside;")
    unit = here.unit("N-02")
    assert unit is not None
    with app.app_context(), transaction() as session:
        posting = session.scalars(select(Posting).where(Posting.person_id == amina.id)).one()
        posting.unit_id = unit.id
    here.undone(page)
    assert here.unit("N-02") is not None
    assert here.unit("N-03") is None
    assert here.at(page).counts["stayed"] == {"new": 1}
    assert "People work here." in here.browser.get(page).text


def test_a_place_where_people_worked_is_closed_instead_of_taken_away(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = taken(here, "N-02;N;;Lakeside;")
    unit = here.unit("N-02")
    assert unit is not None
    with app.app_context(), transaction() as session:
        session.add(
            Posting(
                id=new_ordered_id(),
                person_id=amina.id,
                unit_id=unit.id,
                function="P1",
                starts_on=date(2020, 1, 1),
                ends_on=date(2020, 12, 31),
            )
        )
    here.undone(page)
    closed = here.unit("N-02")
    assert closed is not None
    assert closed.closed_on == clock.now().date()


def test_a_name_that_was_changed_since_stays(
    app: Flask, desk: At, grace: Cast, places: Places
) -> None:
    here = desk(grace)
    page = taken(here, "N-01;;;North Gate;")
    with app.app_context(), transaction() as session:
        session.get_one(Unit, places.northgate.id).names = {"en": "Third Gate"}
    here.undone(page)
    unit = here.unit("N-01")
    assert unit is not None
    assert unit.names == {"en": "Third Gate"}
    assert here.at(page).counts["stayed"] == {"changed": 1}


def test_what_changed_between_trying_and_taking_over_is_refused(
    app: Flask, desk: At, grace: Cast, places: Places
) -> None:
    here = desk(grace)
    page = here.tried("N-01;;;North Gate;", "N-02;N;;Lakeside;", kind="places", header=HEADER)
    with app.app_context(), transaction() as session:
        session.get_one(Unit, places.northgate.id).names = {"en": "Third Gate"}
        session.add(
            Unit(
                id=new_ordered_id(),
                parent_id=places.north.id,
                kind="facility",
                code="N-02",
                names={"en": "Other"},
                path=f"{places.north.path}77/",
                closed_on=None,
            )
        )
    here.confirm(page)
    here.work()
    assert here.verdicts(page) == [(2, "refused"), (3, "refused")]
    assert "Since the list was tried" in here.browser.get(page).text
    assert "the code N-02 already" in here.browser.get(page).text


def test_more_places_than_we_take_are_refused(desk: At, halima: Cast) -> None:
    here = desk(halima)
    page = here.read(*(f"F{at};N;;S;" for at in range(2001)), kind="places", header=HEADER)
    assert "at most 2000 rows" in here.browser.get(page).text.replace("2,000", "2000")

"""POST /<language>/administer/staff-lists/<id>/undo: what a list did is taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.importing import actions, queries
from lms.accounts.models import Credential, Grant, Identity, Person, Posting, StaffImport
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.learning.models import Enrolment
from lms.tables import columns_naming, is_indexed
from tests.accounts.importing.conftest import At, Desk
from tests.course import publish_small
from tests.people import Cast, Places

LONG_AGO = date(2024, 1, 1)


def yesterday() -> date:
    return clock.now().date() - timedelta(days=1)


def said(here: Desk, page: str) -> str:
    return " ".join(str(reason[0]) for row in here.rows(page) for reason in row.reasons)


def test_new_people_to_whom_nothing_has_happened_are_forgotten(
    app: Flask, desk: At, grace: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;P4;G2;f;fr", "N-9002;Erlan Bah;N-01;;;;")
    zoe = here.rows(page)[0].subject_id
    assert zoe is not None
    here.undone(page)
    assert here.identity("N-9001") is None
    assert here.work_of(zoe) == []
    person = here.person(zoe)
    assert (person.status, person.rank_group, person.sex) == ("anonymised", None, None)
    assert here.at(page).state == "undone"
    assert "was taken back" in here.browser.get(page).text
    again = here.taken("N-9001;Zoé Bah;N-01;P4;G2;f;fr")
    assert here.verdicts(again) == [(2, "new")]


def test_a_slip_that_was_printed_opens_nothing_any_more(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    zoe = here.rows(page)[0].subject_id
    with app.app_context(), transaction() as session:
        session.add(
            Credential(
                person_id=zoe,
                password_hash=None,
                code_hash="x",
                code_until=clock.now(),
                spare_code_hash=None,
                changed_at=clock.now(),
            )
        )
    here.undone(page)
    assert here.identity("N-9001") is None
    with app.app_context():
        assert db.session.get(Credential, zoe) is None


@pytest.mark.parametrize(
    "what", ["password", "course", "role", "other work", "other name", "confirmed name"]
)
def test_new_people_to_whom_something_has_happened_stay_without_work(
    app: Flask, desk: At, grace: Cast, places: Places, what: str
) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    zoe = here.rows(page)[0].subject_id
    assert zoe is not None
    publish_small(app)
    now = clock.now()
    with app.app_context(), transaction() as session:
        identity = session.get_one(Identity, zoe)
        if what == "password":
            session.add(
                Credential(
                    person_id=zoe,
                    password_hash="x",
                    code_hash=None,
                    code_until=None,
                    spare_code_hash=None,
                    changed_at=now,
                )
            )
        elif what == "course":
            session.add(
                Enrolment(
                    id=new_ordered_id(),
                    person_id=zoe,
                    course_id="C90",
                    route="rule",
                    number=None,
                    due_on=None,
                    made_at=now,
                    made_by=None,
                )
            )
        elif what == "role":
            session.add(
                Grant(
                    id=new_ordered_id(),
                    person_id=zoe,
                    role="trainer",
                    unit_id=places.northgate.id,
                    course_id=None,
                    starts_on=now.date(),
                    ends_on=None,
                    given_by=None,
                )
            )
        elif what == "other work":
            session.add(
                Posting(
                    id=new_ordered_id(),
                    person_id=zoe,
                    unit_id=places.north.id,
                    function="P1",
                    starts_on=now.date(),
                    ends_on=None,
                )
            )
        elif what == "other name":
            identity.name = "Zoé Okello"
        else:
            identity.names_confirmed_at = now
    here.undone(page)
    stays = here.identity("N-9001")
    assert stays is not None
    assert [ends for code, *_, ends in here.work_of(zoe) if code == "N-01"] == [yesterday()]
    assert here.person(zoe).status == ("disabled" if what == "password" else "active")
    assert "they stay in the register" in said(here, page)
    assert here.at(page).counts["stayed"] == {"new": 1}
    assert "it stayed; the rows say so" in here.browser.get(page).text


def test_who_stayed_without_work_is_found_again_by_the_next_list(
    app: Flask, desk: At, grace: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        session.get_one(Identity, here.rows(page)[0].subject_id).names_confirmed_at = clock.now()
    here.undone(page)
    assert here.verdicts(here.tried("N-9001;Zoé Bah;N-01;;;;")) == [(2, "moved")]


def test_details_become_what_they_were_unless_somebody_changed_them_since(
    app: Flask, desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;;;G3;f;fr", "N-1002;Chipo Bah;;;G3;f;fr")
    with app.app_context(), transaction() as session:
        session.get_one(Identity, chipo.id).name = "Chipo Third"
        session.get_one(Person, chipo.id).rank_group = "G4"
    here.undone(page)
    amina_now, chipo_now = here.identity("N-1001"), here.identity("N-1002")
    assert amina_now is not None
    assert chipo_now is not None
    assert (amina_now.name, amina_now.language) == ("Amina Ben Salah", "en")
    assert "salah" in amina_now.search
    assert (here.person(amina.id).rank_group, here.person(amina.id).sex) == ("G1", None)
    assert (chipo_now.name, chipo_now.language) == ("Chipo Third", "en")
    assert (here.person(chipo.id).rank_group, here.person(chipo.id).sex) == ("G4", None)
    assert [row.done for row in here.rows(page)] == [False, True]
    assert "left as it is now" in said(here, page)


def test_a_name_that_its_owner_confirmed_since_is_theirs(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;;;;;")
    with app.app_context(), transaction() as session:
        session.get_one(Identity, amina.id).names_confirmed_at = clock.now()
    here.undone(page)
    found = here.identity("N-1001")
    assert found is not None
    assert (found.name, found.names_confirmed_at is None) == ("Amina Bah", False)


def test_whoever_was_moved_works_where_they_did_before(
    desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;;N;P6;;;")
    here.undone(page)
    assert here.work_of(amina.id) == [("N-01", "P1", LONG_AGO, None)]


def test_whoever_was_moved_on_since_is_left_there(
    app: Flask, desk: At, grace: Cast, halima: Cast, amina: Cast, chipo: Cast, places: Places
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;;N;;;;", "N-1002;;N;;;;")
    with app.app_context(), transaction() as session:
        for person in (amina, chipo):
            made = session.scalars(
                select(Posting).where(
                    Posting.person_id == person.id, Posting.unit_id == places.north.id
                )
            ).one()
            made.ends_on = yesterday()
        session.add(
            Posting(
                id=new_ordered_id(),
                person_id=chipo.id,
                unit_id=places.southfield.id,
                function="P1",
                starts_on=clock.now().date(),
                ends_on=None,
            )
        )
    before = [here.work_of(person.id) for person in (amina, chipo)]
    here.undone(page)
    assert [here.work_of(person.id) for person in (amina, chipo)] == before
    assert here.at(page).counts["stayed"] == {"moved": 2}


def test_whoever_was_forgotten_since_stays_so(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;;;;;")
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(Identity, amina.id))
        session.get_one(Person, amina.id).status = "anonymised"
    here.undone(page)
    assert here.at(page).counts["stayed"] == {"changed": 1}


def test_it_can_be_undone_for_thirty_days(app: Flask, desk: At, grace: Cast, amina: Cast) -> None:
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;;;;;")
    assert "Undo this list" in here.browser.get(page).text
    assert here.browser.get(f"{page}/undo").status_code == 200
    with app.app_context(), transaction() as session:
        listed = session.get_one(StaffImport, here.at(page).id)
        listed.done_at = clock.now() - actions.KEPT
    assert "Undo this list" not in here.browser.get(page).text
    assert here.browser.get(f"{page}/undo").status_code == 303
    assert here.browser.post(f"{page}/undo").status_code == 409
    assert here.at(page).state == "done"


def test_twice_is_once(desk: At, grace: Cast, amina: Cast) -> None:
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;;;;;")
    for _ in range(2):
        assert here.browser.post(f"{page}/undo").status_code == 303
    assert here.work() == 1
    assert here.browser.post(f"{page}/undo").status_code == 303
    assert here.work() == 0
    assert here.at(page).state == "undone"


def test_a_list_that_did_nothing_is_not_undone(desk: At, grace: Cast, amina: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-1001;Amina Bah;;;;;")
    assert here.browser.get(f"{page}/undo").status_code == 303
    assert here.browser.post(f"{page}/undo").status_code == 409


def test_it_asks_for_the_second_factor_again(app: Flask, desk: At, grace: Cast) -> None:
    from lms.accounts.models import SignIn

    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        for each in session.scalars(select(SignIn).where(SignIn.person_id == grace.id)):
            each.second_factor_at = clock.now() - timedelta(hours=1)
    for reply in (here.browser.client.get(f"{page}/undo"), here.browser.post(f"{page}/undo")):
        assert reply.status_code == 303
        assert "/second-factor" in reply.location
    assert here.at(page).state == "done"


def test_the_list_of_somebody_else_is_not_there(
    desk: At, grace: Cast, halima: Cast, daniel: Cast, bolat: Cast, amina: Cast
) -> None:
    page = desk(halima).taken("S-2001;Daniel Bah;;;;;")
    for person in (grace, bolat, amina):
        here = desk(person).browser
        assert here.client.get(f"{page}/undo").status_code == 404
        assert here.post(f"{page}/undo").status_code == 404
    assert desk(None).browser.post(f"{page}/undo").status_code == 401


def test_the_country_undoes_what_a_region_has_sent(
    desk: At, grace: Cast, halima: Cast, amina: Cast
) -> None:
    page = desk(grace).taken("N-1001;Amina Bah;;;;;")
    here = desk(halima)
    here.undone(page)
    found = here.identity("N-1001")
    assert found is not None
    assert found.name == "Amina Ben Salah"


def test_every_table_that_names_a_person_is_asked_or_follows_from_another() -> None:
    """Learning records belong to an enrolment; they are too many to be read whole."""
    left_out = {
        column.table.name
        for column in columns_naming("person", apart_from=queries.MADE_WITH_A_PERSON)
        if column.name == "person_id" and not is_indexed(column)
    }
    assert left_out <= {"learning_record"}

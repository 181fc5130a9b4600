"""GET /<language>/administer/staff-lists/<id>, POST …/confirm, …/report, …/drop."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import SignIn, StaffImport
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.kernel import clock
from tests.accounts.importing.conftest import URL, At
from tests.people import Cast

ROWS = (
    "N-9001;Zoé Bah;N-01;P4;G2;f;fr", "N-1001;Amina Bah;N;P6;Captain;;", "N-9002;;N-01;;;;",
    "N-9001;Zoé Bah;N-01;;;;",
)  # fmt: skip


def test_rows_are_shown_with_what_they_would_do_and_why(
    desk: At, grace: Cast, amina: Cast, bolat: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    text = here.browser.get(page).text.replace("\u2068", "").replace("\u2069", "")
    assert "N-01 · Psychologist, social worker, educator · Middle grade · Français" in text
    assert "Name: Amina Ben Salah, now Amina Bah" in text
    assert "Workplace: N-01, now N" in text
    assert "Function: Officer, now Manager" in text
    assert "“Captain” is not known here and is left out." in text
    assert "Nobody has this number yet, and the row has no name." in text
    assert "The same number stands in row 2 already." in text
    assert "N-1900" in text
    assert "Nothing is changed yet." in text


def test_rows_are_filtered_by_what_they_do_and_twenty_five_a_page(
    desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS, *(f"N-8{at:03};;N-01;;;;" for at in range(30)))
    text = here.browser.get(f"{page}?verdict=refused").text
    assert "Rows 1 to 25 of 31" in text
    assert "Zoé Bah" not in text
    assert "Rows 26 to 31 of 31" in here.browser.get(f"{page}?verdict=refused&page=2").text
    assert "No row is so." in here.browser.get(f"{page}?verdict=same").text
    assert here.browser.get(f"{page}?verdict=x").status_code == 200


def test_taking_over_shows_what_was_done_and_the_way_to_slips(
    desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    text = here.browser.get(f"{page}/confirm").text
    assert "Missing in the list" not in text
    assert here.confirm(page).location == page
    assert "Is being taken over" in here.browser.get(page).text
    here.work()
    text = here.browser.get(page).text
    assert "Taken over" in text
    assert "print their slips" in text
    assert "possible until" in text
    assert here.at(page).counts["done"] == {"new": 1, "moved": 1}


def test_ending_the_work_of_the_missing_is_off_by_default(
    desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.tried("N-1001;Amina Bah;N-01;;;;")
    text = here.browser.get(f"{page}/confirm").text
    assert "1 person works at a place of this list and is not in it." in text
    assert 'name="end_missing"' in text
    assert "checked" not in text
    here.confirm(page)
    assert here.at(page).mapping["end_missing"] is False


def test_a_list_of_missing_people_alone_may_be_taken_over(
    desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;;N-01;;;;", end_missing=True)
    assert here.at(page).counts["done"] == {"missing": 1}


def test_a_second_click_takes_it_over_once(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    for _ in range(2):
        assert here.confirm(page).status_code == 303
    assert here.work() == 1
    assert here.confirm(page).status_code == 303
    assert here.work() == 0


def test_only_what_was_tried_is_taken_over(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read("N-9001;Zoé Bah;N-01;;;;")
    assert here.browser.get(f"{page}/confirm").status_code == 303
    assert here.confirm(page).status_code == 409
    assert here.at(page).state == "read"


def test_taking_over_asks_for_the_second_factor_again(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        for each in session.scalars(select(SignIn).where(SignIn.person_id == grace.id)):
            each.second_factor_at = clock.now() - timedelta(hours=1)
    for reply in (here.browser.client.get(f"{page}/confirm"), here.confirm(page)):
        assert reply.status_code == 303
        assert "/second-factor" in reply.location
    assert here.at(page).state == "checked"


def test_a_change_of_language_takes_nothing_over(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    reply = here.browser.post(
        f"{page.replace('/en/', '/fr/')}/confirm", {"go": "language-fr", "end_missing": "y"}
    )
    assert reply.status_code == 200
    assert here.at(page).state == "checked"


def test_the_report_is_a_file_without_names(
    app: Flask, desk: At, grace: Cast, amina: Cast, bolat: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS, "=cmd;Evil Bah;N-01;;;;")
    reply = here.browser.post(f"{page}/report", {"verdict": ""})
    assert reply.mimetype == "text/csv"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    text = reply.data.decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "List,list.csv"
    assert lines[1] == "Asked for by,N-0001"
    assert "Row,What it does,Number,Why" in lines
    assert "2,New,N-9001," in lines
    assert any(line.startswith("3,Other place or function,N-1001,") for line in lines)
    assert ",Missing in the list,N-1900," in lines
    assert "6,New,'=cmd," in lines
    for name in ("Zoé", "Amina", "Bolat", "Сейтқали"):
        assert name not in text
    only = here.browser.post(f"{page}/report", {"verdict": "refused"}).data.decode()
    assert "N-9002" in only
    assert "N-9001" not in only
    with app.app_context():
        logged = db.session.scalars(
            select(AuditRow).where(AuditRow.action == "staff-list.report")
        ).all()
        assert [row.actor_id for row in logged] == [grace.id] * 2


def test_a_list_is_thrown_away_with_its_file_and_rows(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    store = FileStore(app.config["LMS"].data / "lists")
    file = here.at(page).file
    for _ in range(2):
        assert here.browser.post(f"{page}/drop").location == URL
    listed = here.at(page)
    assert (listed.state, listed.file, listed.file_name) == ("dropped", "", "")
    assert "sample" not in listed.reading
    assert here.rows(page) == []
    assert not store.path(file).exists()
    assert "changed nothing" in here.browser.get(page).text
    assert here.confirm(page).status_code == 409


def test_a_file_that_another_list_needs_stays(
    app: Flask, desk: At, grace: Cast, halima: Cast
) -> None:
    rows = "N-9001;Zoé Bah;N-01;;;;"
    first, second = desk(grace).read(rows), desk(halima).read(rows)
    here = desk(grace)
    here.browser.post(f"{first}/drop")
    store = FileStore(app.config["LMS"].data / "lists")
    assert store.path(here.at(second).file).exists()


def test_what_was_taken_over_is_not_thrown_away(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    assert here.browser.post(f"{page}/drop").status_code == 409
    assert here.rows(page) != []


def test_work_that_was_stopped_leads_to_where_it_goes_on(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read("N-9001;Zoé Bah;N-01;;;;")
    here.choose(page)
    job = here.at(page).reading["job"]
    assert here.browser.post(f"/en/administer/jobs/{job}/stop").status_code == 303
    assert here.work() == 0
    assert "The work has stopped." in here.browser.get(page).text
    assert page in here.browser.get(f"/en/administer/jobs/{job}").text
    here.browser.post(f"/en/administer/jobs/{job}/resume")
    here.work()
    assert here.at(page).state == "checked"


@pytest.mark.parametrize("what", ["", "/confirm", "/report", "/drop", "/undo"])
def test_lists_of_others_are_not_there(
    app: Flask, desk: At, grace: Cast, halima: Cast, amina: Cast, what: str
) -> None:
    page = desk(halima).tried("N-9001;Zoé Bah;N-01;;;;")
    for address in (page, f"{URL}/{UUID(int=3)}"):
        for person, status in ((grace, 404), (amina, 404), (None, 401)):
            here = desk(person).browser
            if what in {"", "/confirm", "/undo"}:
                assert here.get(f"{address}{what}").status_code == status
            if what:
                assert here.post(f"{address}{what}", {}).status_code == status
    with app.app_context():
        assert db.session.scalars(select(StaffImport.state)).all() == ["checked"]


def test_other_methods_are_refused(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    assert here.browser.post(page, {}).status_code == 405
    for what in ("report", "drop", "reading"):
        assert here.browser.get(f"{page}/{what}").status_code == 405

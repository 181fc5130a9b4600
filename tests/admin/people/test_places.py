"""/<language>/administer/places"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Posting, Unit
from lms.accounts.staff import queries
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.named import name_in
from tests.admin.people.conftest import Open
from tests.people import Cast, Places

URL = "/en/administer/places"
NEW = {"parent": "N", "kind": "facility", "code": "N-02", "name_en": "Lakeside",
       "name_ar": "سجن البحيرة"}  # fmt: skip


def unit(app: Flask, code: str) -> Unit | None:
    with app.app_context():
        found = db.session().scalar(select(Unit).where(Unit.code == code))
        if found is not None:
            db.session.expunge(found)
        return found


def test_it_shows_ones_own_branch_with_its_people(
    browser: Open, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    text = browser(grace).get(URL).text
    assert "Northgate" in text
    assert "Southfield" not in text
    assert ">2</a>" in text


def test_it_is_closed_to_everybody_else(browser: Open, amina: Cast, bolat: Cast, ivo: Cast) -> None:
    for person in (amina, bolat, ivo):
        assert browser(person).get(URL).status_code == 404


def test_a_place_is_added_below_ones_own(app: Flask, browser: Open, grace: Cast) -> None:
    here = browser(grace)
    assert here.get(f"{URL}/new?below=N").status_code == 200
    assert here.post(f"{URL}/new", NEW).status_code == 303
    made = unit(app, "N-02")
    assert made is not None
    assert made.names == {"en": "Lakeside", "ar": "سجن البحيرة"}
    again = here.post(f"{URL}/new", NEW)
    assert again.status_code == 409
    assert "Lakeside" in again.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"parent": "S"}, 404),
        ({"kind": "section"}, 409),
        ({"kind": "country"}, 422),
        ({"code": "a b"}, 422),
        ({"code": ""}, 422),
        ({"name_en": "", "name_ar": ""}, 422),
    ],
)
def test_what_does_not_fit_is_refused(
    app: Flask, browser: Open, grace: Cast, change: dict[str, str], status: int
) -> None:
    assert browser(grace).post(f"{URL}/new", {**NEW, **change}).status_code == status
    assert unit(app, "N-02") is None


def test_a_new_name_counts_from_today_and_papers_keep_the_former(
    app: Flask, browser: Open, grace: Cast, places: Places
) -> None:
    here, page = browser(grace), f"{URL}/{places.northgate.id}"
    for name in ("North Gate Prison", "North Gate Centre"):
        assert here.post(page, {"name_en": name}).status_code == 303
    assert "until" in here.get(page).text
    today = clock.now().date()
    with app.app_context():
        session = db.session()
        assert session.get_one(Unit, places.northgate.id).names == {"en": "North Gate Centre"}
        (former,) = queries.former_names(session, grace.viewer, places.northgate.id)
        assert former.names["en"] == "Northgate"
        assert former.until_on == today - timedelta(days=1)


def test_a_place_with_people_is_not_closed_but_merged(
    app: Flask, browser: Open, grace: Cast, amina: Cast, chipo: Cast, places: Places
) -> None:
    here, page = browser(grace), f"{URL}/{places.northgate.id}"
    here.post(f"{URL}/new", NEW)
    refused = here.post(f"{page}/close")
    assert refused.status_code == 303
    assert "People work here." in here.get(refused.location).text
    assert here.get(f"{page}/merge").status_code == 200
    assert here.post(f"{page}/merge", {"into": "N-02"}).status_code == 303
    today = clock.now().date()
    with app.app_context():
        session = db.session()
        old = session.get_one(Unit, places.northgate.id)
        assert old.closed_on == today
        rows = session.scalars(
            select(Posting).where(Posting.person_id == amina.id).order_by(Posting.starts_on)
        ).all()
        assert [(row.unit_id == old.id, row.ends_on) for row in rows] == [
            (True, today),
            (False, None),
        ]
    text = here.get(f"{URL}?closed=1").text
    assert "merged into N-02" in text
    assert "Northgate" not in here.get(URL).text


def test_an_empty_place_is_closed_once(app: Flask, browser: Open, grace: Cast) -> None:
    here = browser(grace)
    here.post(f"{URL}/new", NEW)
    made = unit(app, "N-02")
    assert made is not None
    for _ in range(2):
        assert here.post(f"{URL}/{made.id}/close").status_code == 303
    closed = unit(app, "N-02")
    assert closed is not None
    assert closed.closed_on == clock.now().date()


def test_places_of_somebody_else_are_not_there(
    app: Flask, browser: Open, grace: Cast, places: Places
) -> None:
    here = browser(grace)
    for unit_id in (places.southfield.id, places.country.id, UUID(int=3)):
        page = f"{URL}/{unit_id}"
        assert here.get(page).status_code == 404
        assert here.post(page, {"name_en": "Mine"}).status_code == 404
        assert here.get(f"{page}/merge").status_code == 404
        assert here.post(f"{page}/merge", {"into": "N-01"}).status_code == 404
        assert here.post(f"{page}/close").status_code == 404
    merged = here.post(f"{URL}/{places.northgate.id}/merge", {"into": "S-01"})
    assert merged.status_code == 404


def test_a_place_without_a_name_in_the_readers_language_goes_by_another_one(
    app: Flask, browser: Open, grace: Cast
) -> None:
    with app.app_context(), transaction() as session:
        north = session.scalars(select(Unit).where(Unit.code == "N-01")).one()
        north.names = {"ar": "سجن الشمال"}
    here = browser(grace)
    for page in (URL, "/ru/administer/places", "/en/administer/people/new", f"{URL}/{north.id}"):
        assert "سجن الشمال" in here.get(page).text, page


def test_a_name_is_said_in_the_language_of_the_reader_else_in_another_else_the_code() -> None:
    names = {"fr": "Nord", "en": "North"}
    assert name_in(names, "fr", "N") == "Nord"
    assert name_in(names, "kk", "N") == "North"
    assert name_in({"fr": "Nord"}, "kk", "N") == "Nord"
    assert name_in({"ru": ""}, "ru", "N") == "N"


def test_the_kind_offered_first_fits_the_place_offered_first(
    browser: Open, halima: Cast, grace: Cast
) -> None:
    def kind(page: str) -> str:
        found = re.search(r'<option selected value="(\w+)">', page.split('name="kind"')[1])
        return found[1] if found else ""

    assert kind(browser(halima).get(f"{URL}/new").text) == "region"
    assert kind(browser(grace).get(f"{URL}/new").text) == "facility"
    assert kind(browser(grace).get(f"{URL}/new?below=N-01").text) == "section"


def test_no_language_of_a_name_is_asked_for_before_another(browser: Open, grace: Cast) -> None:
    page = browser(grace).get(f"{URL}/new").text
    assert page.count("(not required)") == 5
    assert "Write the name in at least one language." in page

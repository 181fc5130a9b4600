"""/write/<draft>/people: everybody of the course sees them, the country's office names them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import Grant, SignIn
from lms.authoring.drafts.models import Draft
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
GIVEN = {"number": "W-2", "role": "author", "ends_on": ""}


def address(draft: Draft) -> str:
    return f"/en/write/{draft.id}/people"


def held(app: Flask, person: Cast, role: str) -> list[Grant]:
    with app.app_context():
        return list(
            reading().scalars(select(Grant).where(Grant.person_id == person.id, Grant.role == role))
        )


def test_whoever_works_on_the_course_sees_who_does(
    browser: Open, draft: Draft, writers: Writers, amina: Cast
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.nadia, writers.rosa, writers.peter):
        page = browser(person).get(address(draft)).text
        assert "Peter Okello" in page
        assert "W-5" not in page
        assert "Give or end roles" not in page
        assert "Sara Belova" not in page
    office = browser(writers.halima).get(address(draft)).text
    assert "W-5" in office
    assert "Give or end roles" in office
    for stranger in (writers.sara, amina):
        assert browser(stranger).get(address(draft)).status_code == 404
    assert browser(writers.halima).get(f"/en/write/{uuid4()}/people").status_code == 404


def test_the_office_alone_changes_them(browser: Open, draft: Draft, writers: Writers) -> None:
    change = f"{address(draft)}/change"
    assert browser(writers.halima).get(change).status_code == 200
    for person in (writers.aruzhan, writers.peter, writers.sara):
        assert browser(person).get(change).status_code == 404
        assert browser(person).post(change, GIVEN).status_code == 404


def test_a_role_is_given_and_ended(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    change = f"{address(draft)}/change"
    for _ in range(2):  # sent twice is given once
        reply = browser(writers.halima).post(change, GIVEN)
        assert (reply.status_code, reply.location) == (303, change)
    [grant] = held(app, writers.tarek, "author")
    assert (grant.course_id, grant.ends_on, grant.given_by) == ("C77", None, writers.halima.id)
    assert browser(writers.tarek).get(f"/en/write/{draft.id}").status_code == 200
    end = f"{address(draft)}/{grant.id}/end"
    assert end in browser(writers.halima).get(change).text
    for _ in range(2):
        assert browser(writers.halima).post(end).status_code == 303
    [grant] = held(app, writers.tarek, "author")
    assert grant.ends_on is not None
    assert grant.ends_on < clock.now().date()
    assert end not in browser(writers.halima).get(change).text


def test_a_page_asks_before_a_role_is_taken_away(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    here = browser(writers.halima)
    [grant] = held(app, writers.tarek, "translator")
    end = f"{address(draft)}/{grant.id}/end"
    listed = here.get(f"{address(draft)}/change").text
    assert f'href="{end}"' in listed
    assert f'action="{end}"' not in listed  # one press too much takes nothing away
    page = here.get(end).text
    assert "Take this role away?" in page
    assert "Tarek Mansour" in page
    assert "W-2" in page
    assert "Nobody else holds this role at the course." in page
    assert f'action="{end}"' in page
    assert held(app, writers.tarek, "translator")[0].ends_on is None

    here.post(f"{address(draft)}/change", {**GIVEN, "number": "W-1", "role": "translator"})
    assert "Nobody else holds this role" not in here.get(end).text
    assert here.post(end).status_code == 303
    assert here.get(end).status_code == 404  # it is taken away already


def test_a_last_day_is_kept(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    day = clock.now().date() + timedelta(days=30)
    form = {**GIVEN, "ends_on": day.isoformat()}
    browser(writers.halima).post(f"{address(draft)}/change", form)
    assert [each.ends_on for each in held(app, writers.tarek, "author")] == [day]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": ""}, "Write something here."),
        ({"number": "nobody-9"}, "Nobody has this service number."),
        ({"number": "9" * 61}, "60"),
        ({"number": "HQ-1"}, "Nobody gives a role to themselves."),
        ({"role": "administrator"}, "Role"),
        ({"role": ""}, "Role"),
        ({"ends_on": "soon"}, "Write a day like"),
        ({"ends_on": "2020-01-01"}, "The last day lies before the first."),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    browser: Open, draft: Draft, writers: Writers, app: Flask, fields: dict[str, str], words: str
) -> None:
    reply = browser(writers.halima).post(f"{address(draft)}/change", {**GIVEN, **fields})
    assert reply.status_code in {409, 422}
    alert = reply.text.partition('role="alert"')[2].partition("</div>")[0]
    assert words in alert
    if number := fields.get("number", "W-2"):
        assert f'value="{number}"' in reply.text
    assert held(app, writers.tarek, "author") == []


def test_nobody_ends_their_own_role_or_one_of_another_course(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    [other] = [each.id for each in held(app, writers.sara, "author")]
    own = give_oneself(app, writers.halima)
    for grant in (other, own, uuid4()):
        assert browser(writers.halima).get(f"{address(draft)}/{grant}/end").status_code == 404
        assert browser(writers.halima).post(f"{address(draft)}/{grant}/end").status_code == 404
    assert browser(writers.halima).post(f"{address(draft)}/{own}/end").status_code == 404
    assert f"{own}/end" not in browser(writers.halima).get(f"{address(draft)}/change").text


def give_oneself(app: Flask, person: Cast) -> UUID:
    """Let somebody hold a role that the server gave them."""
    with app.app_context(), transaction() as session:
        grant = Grant(
            id=uuid4(),
            person_id=person.id,
            role="reviewer",
            unit_id=None,
            course_id="C77",
            starts_on=clock.now().date(),
            ends_on=None,
            given_by=None,
        )
        session.add(grant)
        session.flush()
        return grant.id


def test_a_colleague_ends_nothing(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    [grant] = held(app, writers.tarek, "translator")
    for person in (writers.aruzhan, writers.peter):
        assert browser(person).get(f"{address(draft)}/{grant.id}/end").status_code == 404
        assert browser(person).post(f"{address(draft)}/{grant.id}/end").status_code == 404
    assert held(app, writers.tarek, "translator")[0].ends_on is None


def test_the_proof_is_asked_anew(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.person_id == writers.halima.id)
            .values(second_factor_at=clock.now() - timedelta(hours=1))
        )
    assert browser(writers.halima).get(address(draft)).status_code == 200
    for reply in (
        browser(writers.halima).get(f"{address(draft)}/change"),
        browser(writers.halima).post(f"{address(draft)}/change", GIVEN),
    ):
        assert reply.status_code == 303
        assert re.search("factor|proof", reply.location)
    assert held(app, writers.tarek, "author") == []


def test_methods(browser: Open, draft: Draft, writers: Writers) -> None:
    assert browser(writers.halima).post(address(draft)).status_code == 405
    assert browser(writers.halima).get(f"{address(draft)}/{uuid4()}/end").status_code == 404

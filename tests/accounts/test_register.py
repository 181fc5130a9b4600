"""Adding people and units, codes, roles: who may do it, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions, queries, rules
from lms.accounts.actions import NewPerson, NewRole, NewUnit
from lms.accounts.models import Credential, Grant, HeldForm, Identity, Person, Posting, SignIn, Unit
from lms.accounts.rules import SERVER
from lms.audit.chain import first_bad_row
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.names import NameRefusedError, PersonName
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES, Role, Viewer
from tests.browser import Browser
from tests.people import Cast, Places

NOW = datetime.now(UTC)
TODAY = NOW.date()
SOMEBODY = NewPerson("N-2000", PersonName.of("Jane Doe"), "N-01")


@pytest.fixture
def change(app: Flask) -> Callable[[], Any]:
    """Return a way to open a transaction: ``with change() as session``."""

    @contextmanager
    def opened() -> Iterator[Session]:
        with app.app_context(), transaction() as session:
            yield session

    return opened


def logged(session: Session) -> list[str]:
    return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_a_new_person_has_a_place_a_code_and_no_password(change: Any, places: Places) -> None:
    with change() as session:
        person_id = actions.add_person(session, SERVER, SOMEBODY, "hash", now=NOW)
    with change() as session:
        credential = session.get_one(Credential, person_id)
        assert credential.password_hash is None
        assert credential.code_until == NOW + timedelta(days=90)
        posting = session.scalars(select(Posting)).one()
        assert posting.unit_id == places.northgate.id
        assert session.get_one(Identity, person_id).service_number_folded == "n2000"
        assert logged(session) == ["person.added"]
        assert first_bad_row(session) is None


def test_an_administrator_adds_people_below_and_nowhere_else(change: Any, grace: Cast) -> None:
    with change() as session:
        actions.add_person(session, grace.viewer, SOMEBODY, "hash", now=NOW)
    elsewhere = NewPerson("S-2", PersonName.of("Jane Doe"), "S-01")
    for new in (elsewhere, NewPerson("S-2", PersonName.of("Jane Doe"), "none")):
        with pytest.raises(NotFound), change() as session:
            actions.add_person(session, grace.viewer, new, "hash", now=NOW)


@pytest.mark.parametrize("who", ["amina", "bolat"])
def test_learners_and_trainers_add_nobody(
    change: Any, who: str, request: pytest.FixtureRequest
) -> None:
    viewer = request.getfixturevalue(who).viewer
    with pytest.raises(NotFound), change() as session:
        actions.add_person(session, viewer, SOMEBODY, "hash", now=NOW)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"service_number": "n 1001"}, "Somebody has the service number n 1001 already."),
        ({"service_number": " - "}, "Write a service number of at most 60 characters."),
        ({"service_number": "9" * 61}, "Write a service number of at most 60 characters."),
        ({"language": "de"}, "Choose one of the languages of this server."),
        ({"function": "P8"}, "Choose a function from P1 to P7."),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(
    change: Any, amina: Cast, facts: dict[str, Any], sentence: str
) -> None:
    new = replace(SOMEBODY, **facts)
    with pytest.raises(Refused, match=sentence), change() as session:
        actions.add_person(session, SERVER, new, "hash", now=NOW)
    with change() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_name_in_latin_letters_holds_only_those() -> None:
    assert actions.latin(None) is None
    with pytest.raises(NameRefusedError):
        actions.latin("Болат")


def test_units_stand_below_the_next_larger_kind(change: Any) -> None:
    tree = [
        NewUnit("country", "KZ", {"en": "Service"}),
        NewUnit("region", "R1", {"en": "Region"}, "KZ"),
        NewUnit("facility", "F1", {"en": "Facility"}, "R1"),
        NewUnit("section", "S1", {"en": "Section"}, "F1"),
    ]
    with change() as session:
        paths = [actions.add_unit(session, SERVER, each, now=NOW).path for each in tree]
    assert paths == ["/1/", "/1/2/", "/1/2/3/", "/1/2/3/4/"]
    for kind, parent in (("facility", "KZ"), ("section", "S1"), ("country", "KZ"), ("wing", "F1")):
        with pytest.raises(Refused), change() as session:
            actions.add_unit(session, SERVER, NewUnit(kind, "X", {"en": "X"}, parent), now=NOW)
    with pytest.raises(Refused, match="F1 already"), change() as session:
        actions.add_unit(session, SERVER, NewUnit("facility", "F1", {}, "R1"), now=NOW)
    with pytest.raises(NotFound), change() as session:
        actions.add_unit(session, SERVER, NewUnit("region", "R2", {}), now=NOW)


def test_a_region_adds_no_units_outside_itself(change: Any, grace: Cast, places: Places) -> None:
    with change() as session:
        added = actions.add_unit(
            session, grace.viewer, NewUnit("facility", "N-02", {}, "N"), now=NOW
        )
        assert added.path.startswith(places.north.path)
    for new in (NewUnit("facility", "S-02", {}, "S"), NewUnit("country", "YY", {})):
        with pytest.raises(NotFound), change() as session:
            actions.add_unit(session, grace.viewer, new, now=NOW)


def test_a_reset_takes_password_spare_code_sessions_and_held_forms(
    app: Flask, change: Any, amina: Cast, grace: Cast, credential: Any, browser: Any
) -> None:
    credential(amina, spare="23456789CFGH")
    with change() as session:
        own = session.scalar(select(SignIn.id).where(SignIn.person_id == amina.id))
        assert own is not None
        actions.hold_form(session, own, amina.id, "/en/x", [("a", "b")], now=NOW)
    with change() as session:
        actions.reset_code(session, grace.viewer, "n 1001", "hash", now=NOW)
    with change() as session:
        row = session.get_one(Credential, amina.id)
        assert (row.password_hash, row.spare_code_hash, row.code_hash) == (None, None, "hash")
        assert row.code_until == NOW + timedelta(hours=72)
        assert session.scalar(select(func.count()).select_from(HeldForm)) == 0
        assert logged(session) == ["person.reset"]
    here: Browser = browser(amina)
    assert here.get("/en/password").status_code == 401


def test_somebody_who_never_had_a_password_can_be_reset(change: Any, amina: Cast) -> None:
    with change() as session:
        actions.reset_code(session, SERVER, "N-1001", "hash", now=NOW)
    with change() as session:
        assert session.get_one(Credential, amina.id).code_hash == "hash"


def test_another_region_cannot_reset(change: Any, grace: Cast, daniel: Cast) -> None:
    with pytest.raises(NotFound), change() as session:
        actions.reset_code(session, grace.viewer, "S-2001", "hash", now=NOW)
    with pytest.raises(NotFound), change() as session:
        actions.reset_code(session, grace.viewer, "X-1", "hash", now=NOW)


def test_nobody_resets_somebody_with_roles_above_their_own(
    change: Any, grace: Cast, places: Places, bolat: Cast
) -> None:
    below = Viewer(bolat.id, "en", roles=(Role("administrator", places.northgate.path),))
    with change() as session:
        session.scalars(
            select(Posting).where(Posting.person_id == grace.id)
        ).one().unit_id = places.northgate.id
    with pytest.raises(Refused, match="roles that you cannot give"), change() as session:
        actions.reset_code(session, below, "N-0001", "hash", now=NOW)
    with pytest.raises(Refused), change() as session:
        actions.reset_code(session, grace.viewer, "N-0001", "hash", now=NOW)  # herself


def test_disabling_ends_sessions_at_once_and_twice_changes_nothing(
    change: Any, amina: Cast, browser: Any
) -> None:
    for _ in range(2):
        with change() as session:
            actions.disable(session, SERVER, "N-1001", now=NOW)
    assert browser(amina).get("/en/password").status_code == 401
    with change() as session:
        actions.enable(session, SERVER, "N-1001", now=NOW)
        assert logged(session) == ["person.disabled", "person.active"]
    assert browser(amina).get("/en/password").status_code == 401


def test_a_role_counts_at_the_next_request_and_no_longer_once_it_ended(
    app: Flask, change: Any, amina: Cast
) -> None:
    def roles() -> tuple[Role, ...]:
        with app.app_context():
            return queries.roles_on(db.session(), amina.id, TODAY)

    with change() as session:
        grant = actions.give_role(
            session, SERVER, "N-1001", NewRole("trainer", TODAY, unit_code="N"), now=NOW
        )
    assert [role.name for role in roles()] == ["trainer"]
    for _ in range(2):
        with change() as session:
            actions.end_role(session, SERVER, grant, now=NOW)
    assert roles() == ()
    with change() as session:
        assert logged(session) == ["grant.given", "grant.ended"]


def test_giving_the_same_role_twice_keeps_one_row(change: Any, amina: Cast) -> None:
    def give(**until: Any) -> Any:
        with change() as session:
            new = NewRole("reviewer", TODAY, course_id="C01", **until)
            return actions.give_role(session, SERVER, "N-1001", new, now=NOW)

    first = give()
    assert give() == first
    later = TODAY + timedelta(days=30)
    assert give(ends_on=later) == first
    with change() as session:
        assert session.scalars(select(Grant.ends_on)).all() == [later]
        assert logged(session) == ["grant.given", "grant.given"]


@pytest.mark.parametrize("role", ["inspector", "confidential-reader"])
def test_a_role_that_reads_what_is_confidential_needs_a_last_day(
    change: Any, amina: Cast, role: str
) -> None:
    with pytest.raises(Refused, match="needs a last day"), change() as session:
        actions.give_role(session, SERVER, "N-1001", NewRole(role, TODAY, unit_code="N"), now=NOW)


@pytest.mark.parametrize(
    "new",
    [
        NewRole("reviewer", TODAY, unit_code="N"),
        NewRole("trainer", TODAY, course_id="C01"),
        NewRole("trainer", TODAY),
        NewRole("reviewer", TODAY, unit_code="N", course_id="C01"),
        NewRole("trainer", TODAY, TODAY - timedelta(days=1), unit_code="N"),
        NewRole("king", TODAY, unit_code="N"),
    ],
)
def test_a_role_that_does_not_fit_its_place_or_days_is_refused(
    change: Any, amina: Cast, new: NewRole
) -> None:
    with pytest.raises(Refused), change() as session:
        actions.give_role(session, SERVER, "N-1001", new, now=NOW)


def test_the_grant_table(places: Places, grace: Cast, amina: Cast, bolat: Cast) -> None:
    north, south, gate = places.north.path, places.south.path, places.northgate.path
    country = Viewer(grace.id, "en", roles=(Role("administrator", places.country.path),))
    for role in UNIT_ROLES:
        assert rules.may_give_at_unit(grace.viewer, amina.id, role, gate)
        assert rules.may_give_at_unit(grace.viewer, amina.id, role, north)
        assert not rules.may_give_at_unit(grace.viewer, amina.id, role, places.country.path)
        assert not rules.may_give_at_unit(grace.viewer, amina.id, role, south)
        assert not rules.may_give_at_unit(grace.viewer, grace.id, role, gate)
        assert not rules.may_give_at_unit(bolat.viewer, amina.id, role, gate)
        assert not rules.may_give_at_course(country, amina.id, role)
    for role in COURSE_ROLES:
        assert rules.may_give_at_course(country, amina.id, role)
        assert rules.may_give_at_course(SERVER, amina.id, role)
        assert not rules.may_give_at_course(country, grace.id, role)
        assert not rules.may_give_at_course(grace.viewer, amina.id, role)
        assert not rules.may_give_at_unit(country, amina.id, role, gate)


def test_only_who_may_give_a_role_may_end_it(change: Any, grace: Cast, daniel: Cast) -> None:
    with change() as session:
        grant = actions.give_role(
            session, SERVER, "S-2001", NewRole("trainer", TODAY, unit_code="S-01"), now=NOW
        )
    with pytest.raises(NotFound), change() as session:
        actions.end_role(session, grace.viewer, grant, now=NOW)


def test_a_person_who_moved_away_is_found_by_the_country_alone(
    change: Any, grace: Cast, amina: Cast
) -> None:
    with change() as session:
        posting = session.scalars(select(Posting).where(Posting.person_id == amina.id)).one()
        posting.ends_on = TODAY - timedelta(days=1)
    with change() as session:
        with pytest.raises(NotFound):
            queries.person_by_number(session, grace.viewer, "n1001", today=TODAY)
        assert queries.person_by_number(session, SERVER, "n1001", today=TODAY).id == amina.id


def test_closed_units_take_nobody(change: Any, places: Places) -> None:
    with change() as session:
        session.scalars(select(Unit).where(Unit.code == "N-01")).one().closed_on = TODAY
    with pytest.raises(NotFound), change() as session:
        actions.add_person(session, SERVER, SOMEBODY, "hash", now=NOW)


def test_what_begins_and_ends_today_does_so_by_the_clocks_of_the_country(
    change: Any, amina: Cast, grace: Cast
) -> None:
    """At 20:00 in Greenwich on 30 November it is 1 December in Almaty."""
    now, first = datetime(2026, 11, 30, 20, 0, tzinfo=UTC), date(2026, 12, 1)
    with change() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=now)
        person_id = actions.add_person(session, grace.viewer, SOMEBODY, "hash", now=now)
        ended = actions.give_role(
            session, SERVER, "N-1001", NewRole("trainer", first, unit_code="N"), now=now
        )
        actions.end_role(session, SERVER, ended, now=now)
        actions.become_author(session, amina.viewer, "C90", now=now)
    with change() as session:
        posting = session.scalars(select(Posting).where(Posting.person_id == person_id)).one()
        assert posting.starts_on == first
        assert session.get_one(Grant, ended).ends_on == first - timedelta(days=1)
        author = session.scalars(select(Grant).where(Grant.role == "author")).one()
        assert author.starts_on == first
    last = NewRole("inspector", first, first - timedelta(days=1), unit_code="N")
    with pytest.raises(Refused, match="The last day lies before"), change() as session:
        actions.give_role(session, SERVER, "N-1001", last, now=now)

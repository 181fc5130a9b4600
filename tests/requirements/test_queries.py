"""SQL and the rule say the same of everybody, and nobody sees more than their branch."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.accounts.models import Posting
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.kernel.viewer import Role, Viewer
from lms.learning.models import Enrolment, Progress
from lms.requirements import queries
from lms.requirements.models import Exemption, Requirement
from lms.requirements.rules import GRACES, INTERVALS, Status
from tests.course import publish_small
from tests.kept import kept
from tests.people import Cast, Places, add_person

TODAY = date(2026, 11, 30)


def required(
    session: Session, unit_id: UUID, course: str = "C90", **changes: object
) -> Requirement:
    facts: dict[str, object] = {
        "function": None,
        "kind": "initial",
        "interval_months": None,
        "grace_days": 30,
        "place": None,
        "enrols": False,
        "programme_id": None,
        "starts_on": date(2024, 6, 1),
        "ends_on": None,
        "made_by": None,
        **changes,
    }
    row = Requirement(
        id=new_ordered_id(), course_id=course, unit_id=unit_id, made_at=clock.now(), **facts
    )
    session.add(row)
    session.flush()
    return row


def holds(session: Session, person: UUID, course: str, held: date, through: date | None) -> None:
    enrolment = Enrolment(
        id=new_ordered_id(),
        person_id=person,
        course_id=course,
        route="self",
        number=1,
        due_on=None,
        made_at=clock.now(),
        made_by=None,
        begun_at=clock.now(),
        closed_at=clock.now(),
        closed_because="renewed",
    )
    session.add(enrolment)
    session.flush()
    session.add(
        Progress(
            enrolment_id=enrolment.id,
            lessons=[],
            reviewed=[],
            version=1,
            lesson=None,
            section=None,
            seconds=None,
            passed_at=None,
            held_from=held,
            valid_through=through,
            percent=None,
            seen_at=None,
        )
    )


@pytest.fixture
@kept
def crowd(app: Flask, places: Places) -> list[Cast]:
    """Return sixty people with every kind of history, and requirements of every kind."""
    publish_small(app)
    dice = random.Random(7)

    def day() -> date:
        return TODAY + timedelta(days=dice.randint(-1500, 400))

    people = []
    with app.app_context(), transaction() as session:
        for months, grace in zip([None, *INTERVALS], GRACES, strict=False):
            required(
                session,
                dice.choice((places.country, places.north, places.northgate)).id,
                interval_months=months,
                grace_days=grace,
                kind="refresher" if months else "initial",
                function=dice.choice((None, None, "P1", "P2")),
                starts_on=min(day(), TODAY),
                place=dice.choice((None, 1, 2)),
            )
        for number in range(60):
            name = f"Person {chr(97 + number % 26)}{chr(97 + number // 26)}"
            unit = dice.choice((places.northgate, places.southfield))
            function = dice.choice(("P1", "P2", "P4"))
            who = add_person(session, name, f"T-{number:03}", unit, function=function)
            people.append(who)
            posting = session.query(Posting).filter_by(person_id=who.id).one()
            posting.starts_on = min(day(), TODAY)
            for _ in range(dice.randint(0, 2)):
                held = min(day(), TODAY)
                through = dice.choice((None, held + timedelta(days=dice.randint(0, 900))))
                holds(session, who.id, "C90", held, through)
            if dice.random() < 0.4:
                session.add(
                    Enrolment(
                        id=new_ordered_id(),
                        person_id=who.id,
                        course_id="C90",
                        route="rule",
                        number=1,
                        due_on=dice.choice((None, day())),
                        made_at=clock.now(),
                        made_by=None,
                        begun_at=dice.choice((None, clock.now())),
                    )
                )
            if dice.random() < 0.2:
                session.add(
                    Exemption(
                        id=new_ordered_id(),
                        person_id=who.id,
                        course_id="C90",
                        reason="r",
                        evidence="e",
                        until_on=day(),
                        given_by=None,
                        given_at=clock.now(),
                        ended_at=dice.choice((None, None, clock.now())),
                        ended_by=None,
                    )
                )
    return people


def viewer(*roles: tuple[str, str]) -> Viewer:
    return Viewer(UUID(int=9), "en", roles=tuple(Role(name, path) for name, path in roles))


def test_sql_and_the_rule_agree_about_everybody(app: Flask, crowd: list[Cast]) -> None:
    everything = viewer(("administrator", "/"), ("confidential-reader", "/"))
    with app.app_context():
        session = db.session()
        counted = queries.counts(session, everything, today=TODAY)
        seen = 0
        for row in queries.requirements(session, everything, "en", today=TODAY):
            found: dict[Status, int] = {}
            for status in Status:
                rows, total = queries.people(
                    session, everything, row.id, today=TODAY, status=status.value
                )
                assert {each.status for each in rows} <= {status}, row.id
                assert len(rows) == total
                if total:
                    found[status] = total
                seen += total
            assert found == counted.get(row.id, {})
        assert seen > 150
        assert set().union(*counted.values()) == set(Status)


def test_everybody_reads_their_own(app: Flask, crowd: list[Cast]) -> None:
    everything = viewer(("administrator", "/"), ("confidential-reader", "/"))
    with app.app_context():
        session = db.session()
        ids = [person.id for person in crowd]
        known = queries.of_people(session, everything, ids, today=TODAY)
        for person in crowd:
            own = queries.mine(session, person.viewer, today=TODAY)
            assert [(e.row.requirement_id, e.status) for e in own] == [
                (e.row.requirement_id, e.status) for e in known[person.id]
            ]


def test_a_branch_sees_its_own_people_only(app: Flask, places: Places, crowd: list[Cast]) -> None:
    north = viewer(("administrator", places.north.path))
    with app.app_context():
        session = db.session()
        for row in queries.requirements(session, north, "en", today=TODAY):
            people, _ = queries.people(session, north, row.id, today=TODAY)
            assert {each.row.unit_code for each in people} <= {"N-01"}


def test_a_requirement_of_a_special_function_is_known_to_who_may_know_it(
    app: Flask, places: Places, daniel: Cast
) -> None:
    publish_small(app)
    with app.app_context(), transaction() as session:
        special = required(session, places.country.id, function="P2").id
        common = required(session, places.country.id, function="P1").id

    def seen(*roles: tuple[str, str]) -> set[UUID]:
        with app.app_context():
            rows = queries.requirements(db.session(), viewer(*roles), "en", today=TODAY)
            return {row.id for row in rows}

    administers = ("administrator", places.north.path)
    assert seen(administers) == {common}
    assert seen(administers, ("confidential-reader", "/")) == {common, special}
    assert seen(("observer", "/")) == set()


def test_who_waits_for_an_enrolment_is_named_once(
    app: Flask, places: Places, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    publish_small(app)
    everything = viewer(("administrator", "/"))
    with app.app_context(), transaction() as session:
        wanted = required(session, places.north.id).id
        holds(session, chipo.id, "C90", TODAY, None)
        rows = queries.missing(session, everything, wanted, today=TODAY)
        assert [row.name for row in rows] == ["Amina Ben Salah"]


@pytest.mark.parametrize("ended", [False, True])
def test_only_what_is_in_force_counts(app: Flask, places: Places, amina: Cast, ended: bool) -> None:
    publish_small(app)
    with app.app_context(), transaction() as writing:
        required(writing, places.north.id, ends_on=TODAY - timedelta(days=1) if ended else TODAY)
    with app.app_context():
        assert len(queries.mine(db.session(), amina.viewer, today=TODAY)) == (0 if ended else 1)

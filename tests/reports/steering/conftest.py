"""Forty people who learn in the quarter before this one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from lms.accounts.models import Person
from lms.db import transaction
from lms.learning.models import Enrolment
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places, add_person
from tests.reports.moments import before
from tests.reports.steering.learning import (
    add_programme,
    enrolment,
)


@pytest.fixture
@kept
def learned(app: Flask, hygiene: SmallCourse, crowd: list[Cast], places: Places) -> None:
    """In the quarter before this one, forty people learn; half of them for the programme.

    Of each five: one has not begun, one has begun, two pass at once, one at the second attempt.
    Northgate has 25, Southfield 15. Women are every second one.
    """
    with app.app_context(), transaction() as session:
        more = [
            add_person(
                session, f"More {n}", f"M-{n:03}", places.northgate if n < 13 else places.southfield
            )
            for n in range(21)
        ]
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

"""A service of two regions with enough people for figures, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms.db import transaction
from lms.learning import actions
from tests.browser import Browser
from tests.course import SmallCourse, publish_small
from tests.kept import kept
from tests.people import Cast, Places, add_person
from tests.reports.moments import before

Open = Callable[[Cast | None], Browser]


@pytest.fixture
@kept
def hygiene(app: Flask) -> SmallCourse:
    """Return the course "Hygiene on shift" (C90)."""
    return publish_small(app)


@pytest.fixture
@kept
def crowd(app: Flask, places: Places) -> list[Cast]:
    """Return twelve people of Northgate and seven of Southfield, by service number."""
    with app.app_context(), transaction() as session:
        return [
            add_person(
                session,
                f"Person {number}",
                f"T-{number:03}",
                places.northgate if number < 12 else places.southfield,
            )
            for number in range(19)
        ]


@pytest.fixture
@kept
def dana(app: Flask, places: Places) -> Cast:
    """Return Dana, who administers the country."""
    with app.app_context(), transaction() as session:
        return add_person(
            session, "Dana", "HQ-1", places.country, roles=(("administrator", places.country),)
        )


@pytest.fixture
@kept
def omar(app: Flask, places: Places) -> Cast:
    """Return Omar, an observer of the country: he reads figures and no name."""
    with app.app_context(), transaction() as session:
        return add_person(
            session, "Omar", "HQ-2", places.country, roles=(("observer", places.country),)
        )


@pytest.fixture
@kept
def renewed(app: Flask, hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Twelve renew in the quarter before this one: they fail the refresher, then pass at once."""
    day = before(1)
    for person in crowd[:12]:
        hygiene.pass_it(person, now=before(8))
        with app.app_context(), transaction() as session:
            actions.renew(session, person.viewer, hygiene.slug, now=day, asked=lambda _: True)
        hygiene.sit(person, right=False, now=day)
        for _ in range(2):  # what is finished for the first time is not read again
            hygiene.read(person, now=day + timedelta(days=2))
        hygiene.sit(person, right=True, now=day + timedelta(days=3))

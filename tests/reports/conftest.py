"""A service of two regions with enough people for figures, and who reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms.db import transaction
from tests.browser import Browser
from tests.course import SmallCourse, publish_small
from tests.kept import kept
from tests.people import Cast, Places, add_person

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

"""A programme and a pilot of the country, and Halima who may change them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from lms.accounts.rules import SERVER
from lms.catalogue.programmes import actions
from lms.catalogue.programmes.actions import Details, Partners, Plan
from lms.db import transaction
from lms.kernel import clock
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
BASE = "/en/administer/programmes"


def today() -> date:
    return clock.now().date()


@pytest.fixture
def halima(app: Flask, places: Places) -> Cast:
    """Halima Nabirye administers the whole country."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Halima Nabirye",
            "HQ-1",
            places.country,
            function="P6",
            roles=(("administrator", places.country),),
        )


@pytest.fixture
def health(app: Flask) -> str:
    """Return the code of a programme that runs since a month, for a year."""
    with app.app_context(), transaction() as session:
        begins = today() - timedelta(days=30)
        titles = {"en": "Health in prisons", "ar": "الصحة في السجون"}
        details = Details(titles, begins, begins + timedelta(days=365))
        actions.add(session, SERVER, "health", "programme", details, now=clock.now())
        carried = Partners(
            {"en": "The Academy"}, {"en": "School of Nursing"}, {"en": "Health Fund"}, printed=True
        )
        actions.change(session, SERVER, "health", carried, now=clock.now())
    return "health"


@pytest.fixture
def pilot(app: Flask) -> str:
    """Return the code of a pilot that begins in ten days, with a whole plan, not fixed yet."""
    with app.app_context(), transaction() as session:
        begins = today() + timedelta(days=10)
        details = Details({"en": "A second test"}, begins, begins + timedelta(days=90))
        actions.add(session, SERVER, "second-test", "pilot", details, now=clock.now())
        plan = Plan("Does a second test help?", ["With it", "Without it"], ["Right answers"])
        actions.change(session, SERVER, "second-test", plan, now=clock.now())
    return "second-test"

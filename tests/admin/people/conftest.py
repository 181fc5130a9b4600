"""More of the cast for administration: Halima administers the country, Ivo inspects it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from lms.accounts.models import Posting
from lms.db import transaction
from lms.kernel.ids import new_ordered_id
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]


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
def ivo(app: Flask, places: Places) -> Cast:
    """Ivo Karimov inspects the northern region: he reads names and changes nothing."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Иво Каримов",
            "HQ-2",
            places.country,
            function="P6",
            name_latin="Ivo Karimov",
            roles=(("inspector", places.north),),
        )


@pytest.fixture
def yusuf(app: Flask, places: Places) -> Cast:
    """Yusuf worked at Northgate until June 2025 and works at Southfield since; special unit."""
    with app.app_context(), transaction() as session:
        yusuf = add_person(session, "Yusuf Diallo", "S-2002", places.southfield, function="P2")
        session.add(
            Posting(
                id=new_ordered_id(),
                person_id=yusuf.id,
                unit_id=places.northgate.id,
                function="P1",
                starts_on=date(2020, 1, 1),
                ends_on=date(2025, 6, 30),
            )
        )
        return yusuf

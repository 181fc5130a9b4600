"""Steps that several tests of the desk need."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.certificates import actions
from lms.db import transaction
from lms.kernel import clock
from lms.learning.models import Enrolment
from tests.people import Cast


def award(app: Flask, person: Cast) -> UUID:
    """Award the certificate of a person's only enrolment; return its id."""
    with app.app_context(), transaction() as session:
        enrolment = session.scalars(
            select(Enrolment.id).where(Enrolment.person_id == person.id)
        ).one()
        return actions.award(
            session,
            person.viewer,
            enrolment,
            installation.read(session),
            language="en",
            clock_is_right=True,
            now=clock.now(),
        ).id

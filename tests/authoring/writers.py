"""Those who work on courses. Nobody here is real.

Aruzhan writes C77 and Tarek translates it; Nadia adapts it to the country; Rosa reviews it and
Peter publishes it. Sara writes another course, C99. Halima administers the country.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from lms.accounts.models import Grant
from lms.kernel.ids import new_ordered_id
from lms.kernel.viewer import Role
from tests.people import Cast, Places, add_person

COURSE_ID = "C77"  # of tests/content/small.py


@dataclass(frozen=True)
class Writers:
    """Everybody who works on courses in these tests."""

    aruzhan: Cast
    tarek: Cast
    nadia: Cast
    rosa: Cast
    peter: Cast
    sara: Cast
    halima: Cast


def build_writers(session: Session, places: Places) -> Writers:
    """Add the writers with their roles at courses."""

    def writer(name: str, number: str, *roles: str, course: str = COURSE_ID) -> Cast:
        return with_roles(
            session, add_person(session, name, number, places.northgate), *roles, course=course
        )

    return Writers(
        aruzhan=writer("Aruzhan Seitova", "W-1", "author"),
        tarek=writer("Tarek Mansour", "W-2", "translator"),
        nadia=writer("Nadia Haddad", "W-3", "national-editor"),
        rosa=writer("Rosa Achieng", "W-4", "reviewer"),
        peter=writer("Peter Okello", "W-5", "publisher"),
        sara=writer("Sara Belova", "W-6", "author", course="C99"),
        halima=add_person(
            session,
            "Halima Nabirye",
            "HQ-1",
            places.country,
            function="P6",
            roles=(("administrator", places.country),),
        ),
    )


def with_roles(session: Session, person: Cast, *roles: str, course: str = COURSE_ID) -> Cast:
    """Give somebody roles at a course, beside those that they have."""
    for role in roles:
        session.add(
            Grant(
                id=new_ordered_id(),
                person_id=person.id,
                role=role,
                unit_id=None,
                course_id=course,
                starts_on=date(2024, 1, 1),
                ends_on=None,
                given_by=None,
            )
        )
    session.flush()
    held = tuple(Role(role, None, course) for role in roles)
    return replace(person, viewer=replace(person.viewer, roles=(*person.viewer.roles, *held)))

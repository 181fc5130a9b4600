"""The cast. Everyone learns them once.

Amina learns at Northgate. Bolat trains there. Chipo is Amina's colleague at Northgate.
Daniel works at Southfield, another facility. Grace administers the northern region.
Farida is disabled. Nobody here is real.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.actions import open_session
from lms.accounts.models import Grant, Identity, Person, Posting, Unit
from lms.accounts.rules import folded_service_number, initials, searchable
from lms.kernel.ids import new_id, new_ordered_id
from lms.kernel.viewer import Role, Viewer

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """One person of a test: ids and what they know."""

    id: UUID
    service_number: str
    name: str
    viewer: Viewer
    token: str


@dataclass(frozen=True)
class Places:
    """The tree: a country, two regions, two facilities."""

    country: Unit
    north: Unit
    south: Unit
    northgate: Unit
    southfield: Unit


def build_places(session: Session) -> Places:
    """Add the units; the viewer's scope is written as their paths."""

    def unit(number: int, kind: str, code: str, name: str, parent: Unit | None) -> Unit:
        path = (parent.path if parent else "/") + f"{number}/"
        row = Unit(
            id=new_ordered_id(),
            parent_id=parent.id if parent else None,
            kind=kind,
            code=code,
            names={"en": name},
            path=path,
            closed_on=None,
        )
        session.add(row)
        session.flush()
        return row

    country = unit(1, "country", "XX", "Prison service", None)
    north = unit(2, "region", "N", "North", country)
    south = unit(3, "region", "S", "South", country)
    return Places(
        country,
        north,
        south,
        unit(4, "facility", "N-01", "Northgate", north),
        unit(5, "facility", "S-01", "Southfield", south),
    )


def add_person(
    session: Session,
    name: str,
    service_number: str,
    unit: Unit,
    *,
    function: str = "P1",
    language: str = "en",
    name_latin: str | None = None,
    status: str = "active",
    machine: str = "unknown",
    roles: tuple[tuple[str, Unit], ...] = (),
    proved: bool = True,
    now: datetime | None = None,
) -> Cast:
    """Add somebody who is signed in since ``now`` and posted at ``unit``; no password yet.

    proved  whether their session has been asked for the second factor already.
    """
    moment = now or datetime.now(UTC)
    person_id = new_id()
    session.add(
        Person(id=person_id, status=status, rank_group="G1", sex=None, extra_time=0, made_at=moment)
    )
    session.flush()
    session.add(
        Identity(
            person_id=person_id,
            service_number=service_number,
            service_number_folded=folded_service_number(service_number),
            name=name,
            name_latin=name_latin,
            language=language,
            names_confirmed_at=None,
            search=searchable(service_number, name, name_latin),
        )
    )
    session.add(
        Posting(
            id=new_ordered_id(),
            person_id=person_id,
            unit_id=unit.id,
            function=function,
            starts_on=date(2024, 1, 1),
            ends_on=None,
        )
    )
    for role, place in roles:
        session.add(
            Grant(
                id=new_ordered_id(),
                person_id=person_id,
                role=role,
                unit_id=place.id,
                course_id=None,
                starts_on=date(2024, 1, 1),
                ends_on=None,
                given_by=None,
            )
        )
    token = open_session(session, person_id, machine, proved=proved, now=moment)
    session.flush()
    viewer = Viewer(
        person_id,
        language,
        initials(name_latin or name),
        tuple(Role(role, place.path) for role, place in roles),
        machine=machine,
    )
    return Cast(person_id, service_number, name, viewer, token)

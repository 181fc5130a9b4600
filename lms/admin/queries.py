"""What the overview of an administrator counts, within their branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Credential, Person, Posting, Unit
from lms.catalogue.models import Course
from lms.kernel.viewer import Viewer
from lms.requirements import queries as requirements
from lms.requirements.models import ExternalCertificate
from lms.requirements.rules import Status


@dataclass(frozen=True, slots=True)
class Overview:
    """Numbers of one branch of the service.

    people    who work there today. waiting: of these, who has never signed in.
    places    facilities. courses: published here, whatever the branch.
    to_check  certificates from elsewhere that wait for a second person.
    standing  how often somebody stands so towards a requirement; empty without requirements.
    """

    people: int
    waiting: int
    places: int
    courses: int
    to_check: int
    standing: dict[Status, int]

    @property
    def begins(self) -> bool:
        """Whether the first steps are still to be done."""
        return self.people < 2 or not self.places or not self.standing


def overview(session: Session, viewer: Viewer, *, today: date) -> Overview:
    """Return the numbers of the branch that the viewer administers."""
    tops = viewer.unit_paths("administrator")
    people = (
        select(func.count(), func.count().filter(Credential.password_hash.is_(None)))
        .select_from(Posting)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(scope.posted_on(today), scope.below(Unit.path, tops), Person.status == "active")
    )
    places = (
        select(func.count())
        .where(Unit.kind == "facility", Unit.closed_on.is_(None), scope.below(Unit.path, tops))
        .scalar_subquery()
    )
    courses = select(func.count()).where(Course.edition_id.is_not(None)).scalar_subquery()
    waiting = (
        select(func.count())
        .select_from(ExternalCertificate)
        .join(Person, Person.id == ExternalCertificate.person_id)
        .where(
            ExternalCertificate.checked_at.is_(None),
            scope.works_below(viewer, "administrator", today),
        )
        .scalar_subquery()
    )
    here, never = session.execute(people).one()
    found = session.execute(select(places, courses, waiting)).one()
    standing: dict[Status, int] = {}
    for counted in requirements.counts(session, viewer, today=today).values():
        for status, count in counted.items():
            standing[status] = standing.get(status, 0) + count
    return Overview(here, never, found[0], found[1], found[2], standing)

"""Which certificates a list means: its filters, the scope and the order, as parts of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.catalogue.models import Course, Programme
from lms.catalogue.scope import may_be_known
from lms.certificates.models import Certificate, CertificateEvent, CertificateHolder
from lms.certificates.office import rules
from lms.kernel.names import folded
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.tables import AnySelect

# What a list can be sorted by.
SORTS = ("number", "name", "until")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificates a list shows; where all is empty, all of the viewer's people.

    text     part of a name, a service number, the certificate's number or its code.
    unit     code of a unit: people who work there or below today.
    course   a course's id.
    programme   code of the one for which the holder learned.
    since, until   first and last day of completion.
    state    one of ``rules.STATES``.
    numbers  service numbers, folded; empty for everybody.
    """

    text: str = ""
    unit: str = ""
    course: str = ""
    programme: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""
    numbers: tuple[str, ...] = ()
    sort: str = "number"
    descending: bool = False

    def to_facts(self) -> dict[str, Any]:
        """Return it in JSON's own types, for a job."""
        return {
            **asdict(self),
            "numbers": list(self.numbers),
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Return what ``to_facts`` wrote."""
        read = dict(facts)
        for name in ("since", "until"):
            read[name] = date.fromisoformat(read[name]) if read[name] else None
        return cls(**{**read, "numbers": tuple(read["numbers"])})


def listed(viewer: Viewer, wanted: Wanted, today: date) -> AnySelect:
    """Return the statement of a list's certificates: their ids, everything else joined to them."""
    return joined(select(Certificate.id)).where(*_conditions(viewer, wanted, today))


def joined(statement: AnySelect) -> AnySelect:
    """Join what conditions and orders speak of: person, course, identity, holder."""
    return (
        statement.join(Person, Person.id == Certificate.person_id)
        .join(Course, Course.id == Certificate.course_id)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
    )


def visible(viewer: Viewer, today: date) -> list[ColumnElement[bool]]:
    """Return the scope: people of the viewer's units today; restricted courses by another role."""
    return [scope.works_below(viewer, "administrator", today), may_be_known(viewer, today)]


def _conditions(viewer: Viewer, wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    found = visible(viewer, today)
    if wanted.text:
        found.append(_says(wanted.text))
    if wanted.unit:
        found.append(_works_at(wanted.unit, today))
    if wanted.course:
        found.append(Certificate.course_id == wanted.course)
    if wanted.programme:
        found.append(_learned_for(wanted.programme))
    if wanted.since:
        found.append(Certificate.completed_on >= wanted.since)
    if wanted.until:
        found.append(Certificate.completed_on <= wanted.until)
    if wanted.numbers:
        found.append(Identity.service_number_folded.in_(wanted.numbers))
    if wanted.state:
        found.append(_in_state(wanted.state, today))
    return found


def _learned_for(programme: str) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Enrolment.id == Certificate.enrolment_id,
            Programme.id == Enrolment.programme_id,
            Programme.code == programme,
        )
        .correlate(Certificate)
    )


def _says(text: str) -> ColumnElement[bool]:
    typed = folded(text)
    if not typed:
        return false()
    code = "".join(sign for sign in text.upper() if sign.isalnum())
    return or_(
        Identity.search.contains(typed, autoescape=True),
        Certificate.number == text.upper(),
        Certificate.code == code,
    )


def _works_at(unit: str, today: date) -> ColumnElement[bool]:
    top = aliased(Unit)
    path = select(top.path).where(top.code == unit).scalar_subquery()
    return (
        exists()
        .where(
            Posting.person_id == Person.id,
            Posting.unit_id == Unit.id,
            scope.posted_on(today),
            func.substr(Unit.path, 1, func.length(path)) == path,
        )
        .correlate(Person)
    )


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    """Return the same decision as ``rules.state_of``, in SQL."""
    withdrawn, replaced = ended("withdrawn"), ended("replaced")
    if state == "withdrawn":
        return withdrawn
    issued = Certificate.issued_at.is_not(None)
    if state == "making":
        return and_(~issued, ~withdrawn)
    if state == "replaced":
        return and_(issued, replaced, ~withdrawn)
    standing = and_(issued, ~withdrawn, ~replaced)
    last = Certificate.valid_through
    if state == "expired":
        return and_(standing, last < today)
    if state == "due":
        return and_(standing, last >= today, last <= today + rules.DUE_SOON)
    return and_(standing, or_(last.is_(None), last >= today)) if state == "valid" else false()


def order(wanted: Wanted) -> list[Any]:
    """Return what a list is sorted by, the same at every reading."""
    columns = {
        "number": (Certificate.number,),
        "name": (Identity.name, Certificate.number),
        "until": (Certificate.valid_through, Certificate.number),
    }[wanted.sort if wanted.sort in SORTS else "number"]
    # A number is drawn later: what is being made stands last, in either direction.
    first = [Certificate.number.is_(None)]
    return [*first, *(c.desc() if wanted.descending else c.asc() for c in columns), Certificate.id]


# ---- What happened to a certificate -------------------------------------------------------------


def ended(kind: str) -> ColumnElement[bool]:
    """Return whether this has happened to a certificate: ``withdrawn`` or ``replaced``."""
    return (
        exists()
        .where(CertificateEvent.certificate_id == Certificate.id, CertificateEvent.kind == kind)
        .correlate(Certificate)
    )


def printable() -> ColumnElement[bool]:
    """Return whether there is a paper to hand out: issued, its name kept, neither taken back."""
    return and_(
        Certificate.number.is_not(None),
        CertificateHolder.payload.is_not(None),
        ~ended("withdrawn"),
        ~ended("replaced"),
    )

"""What a person's duties rest on: enrolments, exemptions, certificates of others."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person
from lms.assessment.models import Attempt
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme
from lms.catalogue.scope import may_be_known
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.learning.rules import FINAL_TESTS
from lms.requirements.models import Exemption, ExternalCertificate
from lms.tables import AnyRow


def enrolment(session: Session, viewer: Viewer, enrolment_id: UUID, *, today: date) -> AnyRow:
    """Return an open enrolment of somebody whom the viewer administers, with the name.

    raises NotFound for any other.
    """
    found = session.execute(
        select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.course_id,
            Enrolment.due_on,
            Identity.name,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Identity, Identity.person_id == Person.id)
        .where(
            Enrolment.id == enrolment_id,
            Enrolment.closed_at.is_(None),
            scope.works_below(viewer, "administrator", today),
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def learned(
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    language: str,
    *,
    until: date,
    today: date,
    zone: tzinfo,
) -> list[AnyRow]:
    """Return the courses of a person whom the viewer looks after, newest first.

    until  facts of later days belong to another place and are left out.
    zone   of the clocks of the country, by which that day ends.

    ``tests`` counts the final tests that were handed in. Restricted courses are seen by
    confidential readers of the person's place alone.
    """
    end = scope.end_of(until, zone)

    def by_then(
        moment: SQLColumnExpression[Any], fact: SQLColumnExpression[Any]
    ) -> ColumnElement[Any]:
        return case((moment <= end, fact))

    tests = (
        select(func.count())
        .where(
            Attempt.enrolment_id == Enrolment.id,
            Attempt.test.in_(FINAL_TESTS),
            Attempt.submitted_at <= end,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                Enrolment.id,
                Enrolment.course_id,
                Enrolment.route,
                Enrolment.made_at,
                by_then(Enrolment.begun_at, Enrolment.begun_at).label("begun_at"),
                Enrolment.due_on,
                Enrolment.closed_at,
                by_then(Enrolment.closed_at, Enrolment.closed_because).label("closed_because"),
                Progress.lessons,
                Progress.percent,
                Progress.passed_at,
                Progress.held_from,
                Progress.valid_through,
                Course.slug,
                EditionText.title,
                TITLE_IN,
                tests.label("tests"),
                Programme.titles.label("programme"),
            )
            .join(Person, Person.id == Enrolment.person_id)
            .join(Course, Course.id == Enrolment.course_id)
            .outerjoin(Programme, Programme.id == Enrolment.programme_id)
            .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(
                Person.id == person_id,
                scope.looked_after(viewer),
                may_be_known(viewer, min(until, today)),
                Enrolment.made_at <= end,
            )
            .order_by(Enrolment.made_at.desc(), Enrolment.id)
            .limit(100)
        )
    )


def exemptions(session: Session, viewer: Viewer, person_id: UUID) -> list[AnyRow]:
    """Return the exemptions of a person whom the caller has found for the viewer."""
    del viewer
    giver = aliased(Identity)
    return list(
        session.execute(
            select(
                Exemption.id,
                Exemption.course_id,
                Exemption.reason,
                Exemption.evidence,
                Exemption.until_on,
                Exemption.given_at,
                Exemption.ended_at,
                giver.name,
            )
            .outerjoin(giver, giver.person_id == Exemption.given_by)
            .where(Exemption.person_id == person_id)
            .order_by(Exemption.given_at.desc())
            .limit(50)
        )
    )


def external(session: Session, viewer: Viewer, person_id: UUID) -> list[ExternalCertificate]:
    """Return what others gave to a person whom the caller has found for the viewer."""
    del viewer
    return list(
        session.scalars(
            select(ExternalCertificate)
            .where(ExternalCertificate.person_id == person_id)
            .order_by(ExternalCertificate.entered_at.desc())
            .limit(50)
        )
    )


def to_check(session: Session, viewer: Viewer, *, today: date) -> list[AnyRow]:
    """Return the certificates of others that wait for somebody to check them."""
    return list(
        session.execute(
            select(
                ExternalCertificate.id,
                ExternalCertificate.course_id,
                ExternalCertificate.title,
                ExternalCertificate.issuer,
                ExternalCertificate.number,
                ExternalCertificate.completed_on,
                ExternalCertificate.valid_through,
                ExternalCertificate.evidence,
                ExternalCertificate.entered_by,
                ExternalCertificate.person_id,
                Identity.name,
                Identity.service_number,
            )
            .join(Person, Person.id == ExternalCertificate.person_id)
            .join(Identity, Identity.person_id == Person.id)
            .where(
                ExternalCertificate.checked_at.is_(None),
                scope.works_below(viewer, "administrator", today),
            )
            .order_by(ExternalCertificate.entered_at)
            .limit(200)
        )
    )

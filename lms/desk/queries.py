"""What the learner's pages put together from several features."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Identity, Person, Posting, SignIn, Unit
from lms.assessment.marks import AS_NOW, CORRECTED_AT, PASSED, PERCENT
from lms.assessment.models import Answer, Attempt, AttemptMarkCorrection
from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office.queries import LINE
from lms.kernel.viewer import Viewer
from lms.learning import queries as learning
from lms.learning.models import Enrolment, Progress
from lms.requirements.models import ExternalCertificate
from lms.tables import AnyRow, AnySelect

_CERTIFICATES = (
    select(
        *LINE,
        Certificate.enrolment_id,
        Certificate.code,
        EditionText.title,
        TITLE_IN,
        CertificateHolder.pdf,
    )
    .join(
        EditionText,
        (EditionText.edition_id == Certificate.edition_id)
        & (EditionText.language == bindparam("language")),
    )
    .outerjoin(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
    .where(Certificate.person_id == bindparam("person_id"))
    .order_by(Certificate.awarded_at.desc())
    .limit(100)
)


_COURSE = learning.ONE_COURSE.add_columns(
    select(Certificate.id)
    .where(Certificate.enrolment_id == Enrolment.id)
    .order_by(Certificate.generation.desc())
    .limit(1)
    .correlate(Enrolment)
    .scalar_subquery()
    .label("certificate_id")
)


def course(session: Session, viewer: Viewer, slug: str, language: str) -> AnyRow:
    """Return a course as ``learning.queries.course`` does, with the newest certificate of it.

    certificate_id  of this person's enrolment, NULL without one.
    """
    return learning.course(session, viewer, slug, language, statement=_COURSE)


def my_certificates(session: Session, viewer: Viewer, language: str) -> list[AnyRow]:
    """Return this person's certificates, newest first, each with what a line of a list tells."""
    return list(
        session.execute(_CERTIFICATES, {"person_id": viewer.person_id, "language": language})
    )


def accepted_before(
    session: Session, viewer: Viewer, wanted: Collection[str], language: str, *, today: date
) -> list[AnyRow]:
    """Return why courses ``wanted`` before another count for this person without a pass.

    That is the certificates from elsewhere that were accepted for them and are valid, each with
    ``course``, the course's title and its language; NULL for a restricted one.
    """
    given = ExternalCertificate
    passed = exists().where(
        Enrolment.person_id == given.person_id,
        Enrolment.course_id == given.course_id,
        Progress.enrolment_id == Enrolment.id,
        Progress.passed_at.is_not(None),
    )
    return list(
        session.execute(
            select(
                given.title,
                given.issuer,
                given.valid_through,
                Course.slug,
                case((Course.access != "restricted", EditionText.title)).label("course"),
                TITLE_IN,
            )
            .join(Course, Course.id == given.course_id)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(
                given.person_id == viewer.person_id,
                Course.slug.in_(wanted),
                given.checked_at.is_not(None),
                given.refused_because.is_(None),
                or_(given.valid_through.is_(None), given.valid_through >= today),
                ~passed,
            )
            .order_by(Course.id, given.completed_on.desc())
        )
    )


MOST_SHOWN = 1000  # rows of each kind of what is stored about a person
_ME: BindParameter[Any] = bindparam("person_id")
_LANGUAGE: BindParameter[Any] = bindparam("language")
_IN_LANGUAGE = (EditionText.edition_id == Course.edition_id, EditionText.language == _LANGUAGE)
_TITLE = func.coalesce(
    select(EditionText.title).where(*_IN_LANGUAGE).correlate(Course).scalar_subquery(), Course.slug
).label("title")
_TITLE_LANGUAGE = (
    select(TITLE_IN).where(*_IN_LANGUAGE).correlate(Course).scalar_subquery().label("title_in")
)
_IDENTITY = (
    select(
        Identity.service_number,
        Identity.name,
        Identity.name_latin,
        Identity.language,
        Identity.names_confirmed_at,
        Person.status,
        Person.rank_group,
        Person.sex,
        Person.extra_time,
        Person.made_at,
    )
    .join(Person, Person.id == Identity.person_id)
    .where(Identity.person_id == _ME)
)
_POSTINGS = (
    select(Posting.function, Posting.starts_on, Posting.ends_on, Unit.code, Unit.names)
    .join(Unit, Unit.id == Posting.unit_id)
    .where(Posting.person_id == _ME)
    .order_by(Posting.starts_on)
)
_GRANTS = (
    select(Grant.role, Grant.starts_on, Grant.ends_on, Unit.code)
    .outerjoin(Unit, Unit.id == Grant.unit_id)
    .where(Grant.person_id == _ME)
    .order_by(Grant.starts_on)
)
_COURSES = (
    select(
        _TITLE,
        _TITLE_LANGUAGE,
        Enrolment.begun_at,
        Enrolment.route,
        Progress.lessons,
        Progress.seconds,
        Progress.percent,
        Progress.passed_at,
        Progress.seen_at,
        Progress.held_from,
        Progress.valid_through,
        Enrolment.made_at,
        Enrolment.due_on,
        Enrolment.closed_at,
        Enrolment.closed_because,
        Programme.titles.label("programme"),
    )
    .join(Course, Course.id == Enrolment.course_id)
    .outerjoin(Programme, Programme.id == Enrolment.programme_id)
    .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
    .where(Enrolment.person_id == _ME)
    .order_by(Enrolment.made_at)
)
_TESTS = (
    select(
        _TITLE,
        _TITLE_LANGUAGE,
        Attempt.test,
        Attempt.number,
        Attempt.opened_at,
        Attempt.submitted_at,
        PERCENT,
        PASSED,
        CORRECTED_AT,
        select(func.count())
        .where(Answer.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
        .label("answers"),
    )
    .select_from(Attempt)
    .outerjoin(AttemptMarkCorrection, AS_NOW)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Course, Course.id == Enrolment.course_id)
    .where(Attempt.person_id == _ME)
    .order_by(Attempt.opened_at)
)
_SESSIONS = (
    select(SignIn.machine, SignIn.made_at, SignIn.seen_at, SignIn.ended_at)
    .where(SignIn.person_id == _ME)
    .order_by(SignIn.made_at.desc())
)
_STORED: Mapping[str, AnySelect] = {
    "postings": _POSTINGS, "grants": _GRANTS, "courses": _COURSES, "tests": _TESTS,
    "sessions": _SESSIONS,
}  # fmt: skip


def my_data(session: Session, viewer: Viewer, language: str) -> dict[str, Any]:
    """Return everything that is stored about a person, by kind: for their own eyes.

    language   that of the courses' titles.
    """
    values = {"person_id": viewer.person_id, "language": language}
    identity = session.execute(_IDENTITY, values).one()
    return {"identity": identity} | {
        kind: list(session.execute(statement.limit(MOST_SHOWN), values))
        for kind, statement in _STORED.items()
    }

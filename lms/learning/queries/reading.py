"""Courses, lessons and pictures as the person who asks may read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Identity
from lms.assessment.models import AttemptGrant
from lms.catalogue.models import Course, Edition, EditionLesson, EditionPicture, EditionText
from lms.catalogue.scope import MAY_BE_LOOKED_UP, looked_up_by
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.learning.queries.sitting import UNUSED
from lms.tables import AnyRow, AnySelect

# The enrolment that counts for pages: the open one, else the one closed last (what has been
# passed can still be read).
_newer = aliased(Enrolment)
MINE = (
    select(_newer.id)
    .where(_newer.person_id == bindparam("person_id"), _newer.course_id == Course.id)
    .order_by(_newer.closed_at.is_(None).desc(), _newer.made_at.desc())
    .limit(1)
    .correlate(Course)
    .scalar_subquery()
)
_GRANTED = (
    select(func.count())
    .where(AttemptGrant.enrolment_id == Enrolment.id, UNUSED)
    .correlate(Enrolment)
    .scalar_subquery()
)
_NAMES_CONFIRMED = (
    select(Identity.names_confirmed_at)
    .where(Identity.person_id == bindparam("person_id"))
    .scalar_subquery()
)
# The edition shown: the newest revision of the number this person began with, else the newest.
_revision = aliased(Edition)
_SHOWN = (
    select(_revision.id)
    .where(_revision.course_id == Course.id, _revision.number == Enrolment.number)
    .order_by(_revision.revision.desc())
    .limit(1)
    .correlate(Course, Enrolment)
    .scalar_subquery()
)


def _course_rows() -> AnySelect:
    return (
        select(
            Course.id.label("course_id"),
            Course.slug,
            Course.kind,
            Course.access,
            Enrolment.id.label("enrolment_id"),
            Enrolment.begun_at,
            Enrolment.closed_at,
            Enrolment.due_on,
            Enrolment.route,
            Enrolment.renews_id,
            Edition.id.label("edition_id"),
            Edition.number,
            Edition.revision,
            Edition.facts,
            Edition.nation,
            Edition.published_at,
            EditionText.title,
            EditionText.language.label("text_language"),
            EditionText.facts.label("text"),
            EditionText.bank_complete,
            EditionText.reviewed,
            Progress.lessons,
            Progress.reviewed.label("read_again"),
            Progress.lesson,
            Progress.section,
            Progress.seconds,
            Progress.passed_at,
            Progress.percent,
            Progress.seen_at,
            Progress.version,
            Progress.valid_through,
            _GRANTED.label("granted"),
            _NAMES_CONFIRMED.label("names_confirmed_at"),
        )
        .select_from(Course)
        .outerjoin(Enrolment, Enrolment.id == MINE)
        .join(Edition, Edition.id == func.coalesce(_SHOWN, Course.edition_id))
        .join(
            EditionText,
            and_(
                EditionText.edition_id == Edition.id,
                EditionText.language == bindparam("language"),
            ),
        )
        .outerjoin(Progress, Progress.enrolment_id == Enrolment.id)
        # Restricted and listed courses exist only for those who are enrolled in them.
        .where(or_(Course.access == "open", Enrolment.id.is_not(None), MAY_BE_LOOKED_UP))
    )


# The course's edition of today, where this person began another.
_newest = aliased(Edition)
_NEWEST_FACTS = (
    select(_newest.facts)
    .where(_newest.id == Course.edition_id, _newest.id != Edition.id)
    .correlate(Course, Edition)
    .scalar_subquery()
    .label("newest_facts")
)
# What is new in the course's edition of today, for whoever began before it was published.
_today = aliased(Edition)
_news = aliased(EditionText)
_NEWS = (
    select(_news.facts["news"])
    .join(_today, _today.id == _news.edition_id)
    .where(
        _today.id == Course.edition_id,
        _news.language == bindparam("language"),
        or_(Enrolment.begun_at < _today.published_at, Enrolment.renews_id.is_not(None)),
    )
    .correlate(Course, Enrolment)
    .scalar_subquery()
    .label("news")
)
ONE_COURSE = (
    _course_rows().add_columns(_NEWEST_FACTS, _NEWS).where(Course.slug == bindparam("slug"))
)
_ALL = _course_rows().where(Course.kind == bindparam("kind")).order_by(Course.id).limit(100)
_LESSON = select(EditionLesson.title, EditionLesson.parts, EditionLesson.bytes).where(
    EditionLesson.edition_id == bindparam("edition_id"),
    EditionLesson.code == bindparam("code"),
    EditionLesson.language == bindparam("language"),
)
_PICTURE = (
    select(EditionPicture.digest, EditionPicture.kind, EditionPicture.name)
    .select_from(Course)
    .outerjoin(Enrolment, Enrolment.id == MINE)
    .join(EditionPicture, EditionPicture.edition_id == func.coalesce(_SHOWN, Course.edition_id))
    .where(
        Course.slug == bindparam("slug"),
        EditionPicture.address == bindparam("address"),
        or_(Course.access == "open", Enrolment.id.is_not(None), MAY_BE_LOOKED_UP),
    )
    .limit(1)  # two files may hold the same picture
)


def _asked(viewer: Viewer) -> dict[str, Any]:
    """Return with which values a query asks what this person may read."""
    return {"person_id": viewer.person_id, **looked_up_by(viewer)}


def course(
    session: Session, viewer: Viewer, slug: str, language: str, *, statement: AnySelect = ONE_COURSE
) -> AnyRow:
    """Return one course as this person sees it: edition, titles, enrolment, progress.

    statement  ``ONE_COURSE``, perhaps with columns of a feature that stands on this one.

    newest_facts are those of the course's edition of today, None where it is the one shown.
    news is what is new in it (text, language), None for who has begun none before it.
    raises NotFound for no such course, and for one that is not open and not this person's.
    """
    row = session.execute(
        statement, {**_asked(viewer), "slug": slug, "language": language}
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def courses(
    session: Session, viewer: Viewer, language: str, *, kind: str = "course"
) -> list[AnyRow]:
    """Return every course that is open to this person or that they are enrolled in.

    kind  ``handbook`` for what is read without beginning it; of those also the ones that they may
          look up (see ``catalogue.scope``).
    """
    return list(session.execute(_ALL, {**_asked(viewer), "language": language, "kind": kind}))


def lesson(session: Session, viewer: Viewer, edition_id: int, code: str, language: str) -> AnyRow:
    """Return one compiled lesson. The caller has found ``edition_id`` through ``course``.

    raises NotFound where this edition has no such lesson.
    """
    del viewer  # the edition was found for them
    row = session.execute(
        _LESSON, {"edition_id": edition_id, "code": code, "language": language}
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def picture(session: Session, viewer: Viewer, slug: str, address: str) -> AnyRow:
    """Return digest, kind and name of a picture of the edition that this person reads.

    raises NotFound where it has none with this address, and where ``course`` finds no course.
    """
    row = session.execute(
        _PICTURE, {**_asked(viewer), "slug": slug, "address": address}
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def lessons(session: Session, viewer: Viewer, edition_id: int, language: str) -> list[AnyRow]:
    """Return every compiled lesson of an edition that the caller found through ``course``."""
    del viewer
    return list(
        session.execute(
            select(EditionLesson.code, EditionLesson.title, EditionLesson.parts)
            .where(EditionLesson.edition_id == edition_id, EditionLesson.language == language)
            .order_by(EditionLesson.code)
            .limit(200)
        )
    )

"""What a person is enrolled in and reads. Every lookup starts from the viewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, null, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts import scope
from lms.accounts.models import Identity, Person
from lms.accounts.rules import administers_country
from lms.assessment.marks import AS_NOW, OUTCOME, PASSED, PERCENT
from lms.assessment.models import Attempt, AttemptGrant, AttemptMarkCorrection
from lms.catalogue.models import Course, Edition, EditionLesson, EditionPicture, EditionText
from lms.catalogue.scope import MAY_BE_LOOKED_UP, looked_up_by, may_be_known
from lms.catalogue.structure import title_language
from lms.kernel.errors import NotFound
from lms.kernel.messages import Words
from lms.kernel.viewer import Viewer
from lms.learning import rules
from lms.learning.models import Enrolment, Progress
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
# Granted attempts that no attempt has used yet.
_UNUSED = AttemptGrant.id.not_in(select(Attempt.grant_id).where(Attempt.grant_id.is_not(None)))
_GRANTED = (
    select(func.count())
    .where(AttemptGrant.enrolment_id == Enrolment.id, _UNUSED)
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
            Course.id.label("course_id"), Course.slug, Course.kind, Course.access,
            Enrolment.id.label("enrolment_id"), Enrolment.begun_at, Enrolment.closed_at,
            Enrolment.due_on, Enrolment.route, Enrolment.renews_id,
            Edition.id.label("edition_id"), Edition.number, Edition.revision, Edition.facts,
            Edition.nation, Edition.published_at,
            EditionText.title, EditionText.language.label("text_language"),
            EditionText.facts.label("text"), EditionText.bank_complete, EditionText.reviewed,
            Progress.lessons, Progress.reviewed.label("read_again"), Progress.lesson,
            Progress.section, Progress.seconds, Progress.passed_at, Progress.percent,
            Progress.seen_at, Progress.version, Progress.valid_through, _GRANTED.label("granted"),
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
    )  # fmt: skip


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
_ONE = _course_rows().add_columns(_NEWEST_FACTS, _NEWS).where(Course.slug == bindparam("slug"))
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


def course(session: Session, viewer: Viewer, slug: str, language: str) -> AnyRow:
    """Return one course as this person sees it: edition, titles, enrolment, progress.

    newest_facts are those of the course's edition of today, None where it is the one shown.
    news is what is new in it (text, language), None for who has begun none before it.
    raises NotFound for no such course, and for one that is not open and not this person's.
    """
    row = session.execute(
        _ONE, {**_asked(viewer), "slug": slug, "language": language}
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


def open_enrolment(session: Session, viewer: Viewer, slug: str) -> Enrolment:
    """Return this person's open enrolment in a course, locked until the transaction ends.

    raises NotFound when they have none: it is closed, somebody else's, or never was.
    """
    enrolment = session.scalar(
        select(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            Course.slug == slug,
            Enrolment.person_id == viewer.person_id,
            Enrolment.closed_at.is_(None),
        )
        .with_for_update(of=Enrolment)
    )
    if enrolment is None:
        raise NotFound
    return enrolment


def passed_courses(session: Session, person_id: UUID, *, today: date) -> set[str]:
    """Return the slugs of the courses that a person has passed at any time.

    And of those for which a certificate from elsewhere was accepted, while that is valid.
    """
    accepted = and_(
        Progress.held_from.is_not(None),
        or_(Progress.valid_through.is_(None), Progress.valid_through >= today),
    )
    return set(
        session.scalars(
            select(Course.slug)
            .join(Enrolment, Enrolment.course_id == Course.id)
            .join(Progress, Progress.enrolment_id == Enrolment.id)
            .where(Enrolment.person_id == person_id, or_(Progress.passed_at.is_not(None), accepted))
        )
    )


def to_pass_first(
    session: Session, viewer: Viewer, wanted: Iterable[str], language: str, *, today: date
) -> dict[str, Words | str]:
    """Return which of the courses ``wanted`` before another this person has not passed.

    A valid certificate from elsewhere that was accepted for one is as good as a pass.

    By slug, in the order of ``wanted``, with the title; a course that is not open to this
    person, or not here at all, is named by its slug.
    """
    wanted = list(wanted)
    if not wanted:
        return {}
    passed = passed_courses(session, viewer.person_id, today=today)
    missing = [slug for slug in wanted if slug not in passed]
    if not missing:
        return {}
    known = {
        row.slug: Words(row.title, title_language(row.text) or language)
        for row in courses(session, viewer, language)
    }
    return {slug: known.get(slug, slug) for slug in missing}


def last_failed(session: Session, enrolment_id: UUID) -> rules.Sitting | None:
    """Return the newest post-test of this enrolment if it was handed in and failed."""
    found = sittings(session, enrolment_id)
    return found[-1] if found and found[-1].passed is False else None


_ATTEMPTS = select(
    Attempt.id, Attempt.enrolment_id, Attempt.test, Attempt.number, Attempt.state,
    Attempt.submitted_at, PERCENT, PASSED, OUTCOME, Attempt.grant_id,
    Attempt.needed, Attempt.language,
).select_from(Attempt).outerjoin(AttemptMarkCorrection, AS_NOW).order_by(
    Attempt.opened_at, Attempt.number
)  # fmt: skip

_OF_PERSON = _ATTEMPTS.where(Attempt.person_id == bindparam("person_id"))
_OF_ENROLMENT = _ATTEMPTS.where(Attempt.enrolment_id == bindparam("enrolment_id"))


def attempts(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return every attempt of this person at any test, oldest first."""
    return list(session.execute(_OF_PERSON, {"person_id": viewer.person_id}))


def sittings(session: Session, enrolment_id: UUID) -> list[rules.Sitting]:
    """Return every post-test attempt of an enrolment as the rules see it, oldest first."""
    rows = list(session.execute(_OF_ENROLMENT, {"enrolment_id": enrolment_id}))
    return sittings_of(rows)


def sittings_of(attempts: Iterable[AnyRow]) -> list[rules.Sitting]:
    """Return those of an enrolment's attempts that decide, as the rules see them.

    attempts  rows of ``attempts``, all of one enrolment.
    """
    return [
        rules.Sitting(
            row.number,
            row.submitted_at,
            row.passed,
            tuple((row.outcome or {}).get("failed_modules", ())),
            row.grant_id is not None,
            row.needed,
        )
        for row in attempts
        if row.test in rules.FINAL_TESTS
    ]


def unused_grants(session: Session, enrolment_id: UUID) -> list[UUID]:
    """Return the granted attempts of an enrolment that no attempt has used yet, oldest first."""
    return list(
        session.scalars(
            select(AttemptGrant.id)
            .where(AttemptGrant.enrolment_id == enrolment_id, _UNUSED)
            .order_by(AttemptGrant.given_at)
        )
    )


def people_of_programmes(
    session: Session, viewer: Viewer, *, today: date
) -> tuple[dict[UUID, int], int]:
    """Return how many people learn or learned for each programme, and how many in all.

    Who is in two programmes counts in both and once in the total. Counted are the people who work
    today where the viewer administers; enrolments in restricted courses for confidential readers
    of those places alone.
    """
    mine = scope.works_below(viewer, "administrator", today)
    enrolled = (
        select(Enrolment.programme_id, Enrolment.person_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            Enrolment.programme_id.is_not(None),
            # The country counts everybody: asking about each of 20,000 would take long.
            true() if administers_country(viewer) else mine,
            may_be_known(viewer, today),
        )
        .cte("enrolled")
    )
    people = func.count(enrolled.c.person_id.distinct())
    each = select(enrolled.c.programme_id, people).group_by(enrolled.c.programme_id)
    # One statement for both, so that who may be seen is asked once.
    rows = session.execute(each.union_all(select(null(), people))).all()
    total = next(count for programme_id, count in rows if programme_id is None)
    return {programme_id: count for programme_id, count in rows if programme_id}, total

"""Who is enrolled in a course, what must be passed before it, who learns for a programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, null, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Person
from lms.accounts.rules import administers_country
from lms.catalogue.models import Course
from lms.catalogue.scope import may_be_known
from lms.catalogue.structure import title_language
from lms.kernel.errors import NotFound
from lms.kernel.messages import Words
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.learning.queries.reading import courses


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

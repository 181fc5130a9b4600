"""What changes an enrolment: joining a course, beginning it, reading, finishing lessons."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition, EditionText
from lms.catalogue.structure import Structure
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import queries, records, rules
from lms.learning.models import Enrolment, Progress

# No page is read for longer than this in one go; what a script claims beyond it is cut off.
LONGEST_SPAN_SECONDS = 3600


def begin(session: Session, viewer: Viewer, slug: str, *, now: datetime) -> Enrolment:
    """Begin a course: enrol (where the course is open) and pin the newest edition number.

    Saying it twice changes nothing. raises NotFound for a course that is not open to this
    person, Refused with the missing courses in words where a prerequisite is not passed.
    """
    course = session.scalar(select(Course).where(Course.slug == slug))
    if course is None or course.edition_id is None:
        raise NotFound
    enrolment = session.scalar(
        select(Enrolment)
        .where(
            Enrolment.person_id == viewer.person_id,
            Enrolment.course_id == course.id,
            Enrolment.closed_at.is_(None),
        )
        .with_for_update()
    )
    if enrolment is None:
        if course.access != "open":
            raise NotFound
        enrolment = enrol(session, viewer.person_id, course.id, route="self", by=viewer, now=now)
    if enrolment.begun_at is None:
        edition = session.get_one(Edition, course.edition_id)
        _require_prerequisites(session, viewer, edition)
        enrolment.begun_at, enrolment.number = now, edition.number
        records.append(
            session, enrolment, "launched", course.id, by=viewer, now=now, key="launched",
            edition_id=edition.id,
        )  # fmt: skip
    return enrolment


def enrol(
    session: Session,
    person_id: UUID,
    course_id: str,
    *,
    route: str,
    by: Viewer | None,
    now: datetime,
) -> Enrolment:
    """Add an open enrolment; the unique index refuses a second one.

    route  self, rule, list or trainer; for listed and restricted courses never self.
    """
    enrolment = Enrolment(
        id=new_ordered_id(), person_id=person_id, course_id=course_id, route=route, number=None,
        due_on=None, made_at=now, made_by=by.person_id if by else None,
    )  # fmt: skip
    session.add(enrolment)
    session.flush()
    if route != "self":
        audit.append(
            session, by.person_id if by else None, "enrolment.made", str(enrolment.id),
            {"person": str(person_id), "course": course_id, "route": route}, now=now,
        )  # fmt: skip
    return enrolment


def _require_prerequisites(session: Session, viewer: Viewer, edition: Edition) -> None:
    wanted = set(Structure.from_facts(edition.facts).prerequisites)
    missing = wanted - queries.passed_courses(session, viewer.person_id)
    if missing:
        titles = session.scalars(
            select(EditionText.title)
            .join(Course, Course.edition_id == EditionText.edition_id)
            .where(Course.slug.in_(missing), EditionText.language == viewer.language)
        ).all()
        raise Refused(
            Message(
                msg("Before this course, pass: %(courses)s."),
                {"courses": ", ".join(titles or sorted(missing))},
            )
        )


def complete_lesson(
    session: Session, viewer: Viewer, enrolment: Enrolment, lesson: str, *, now: datetime
) -> str | None:
    """Record that a lesson was finished; return the lesson to read next, None when all are read.

    Saying it twice changes nothing: a device that was offline may send it twice, and what
    arrived first is kept. After a failed test the lessons of the failed modules are read again:
    then the same button records that.
    raises NotFound where the edition that was begun has no such lesson.
    """
    edition, structure = begun_edition(session, enrolment)
    if lesson not in structure.codes():
        raise NotFound
    if not records.is_recorded(session, enrolment.id, f"completed:{lesson}"):
        records.append(
            session, enrolment, "completed", lesson, by=viewer, now=now,
            key=f"completed:{lesson}", result={"kind": "lesson", "completion": True},
            edition_id=edition.id,
        )  # fmt: skip
    else:
        _record_review(session, viewer, enrolment, structure, edition, lesson, now=now)
    return _following(session, enrolment, structure, lesson)


def _record_review(
    session: Session, viewer: Viewer, enrolment: Enrolment, structure: Structure,
    edition: Edition, lesson: str, *, now: datetime,
) -> None:  # fmt: skip
    failed = queries.last_failed(session, enrolment.id)
    if failed is None or lesson not in rules.lessons_to_review(structure, failed, ()):
        return
    key = f"satisfied:{rules.review_mark(failed.number, lesson)}"
    if not records.is_recorded(session, enrolment.id, key):
        records.append(
            session, enrolment, "satisfied", lesson, by=viewer, now=now, key=key,
            result={"attempt": failed.number}, edition_id=edition.id,
        )  # fmt: skip


def _following(
    session: Session, enrolment: Enrolment, structure: Structure, lesson: str
) -> str | None:
    progress = session.get_one(Progress, enrolment.id)
    failed = queries.last_failed(session, enrolment.id)
    again: Collection[str] = ()
    if failed is not None:
        again = rules.lessons_to_review(structure, failed, progress.reviewed)
    codes = structure.codes()
    unread = [code for code in codes if code not in progress.lessons or code in again]
    later = [code for code in unread if codes.index(code) > codes.index(lesson)]
    return next(iter(later or unread), None)


def begun_edition(session: Session, enrolment: Enrolment) -> tuple[Edition, Structure]:
    """Return the newest revision of the edition number that this enrolment began with.

    raises NotFound while it has not begun.
    """
    edition = session.scalar(
        select(Edition)
        .where(Edition.course_id == enrolment.course_id, Edition.number == enrolment.number)
        .order_by(Edition.revision.desc())
        .limit(1)
    )
    if edition is None:
        raise NotFound
    return edition, Structure.from_facts(edition.facts)


def note_place(
    session: Session, viewer: Viewer, enrolment: Enrolment, lesson: str, section: str | None,
    seconds: int, *, page: str, n: int, now: datetime,
) -> None:  # fmt: skip
    """Record where reading stopped and for how long, as the page's script measured it.

    page, n   the random id of the loaded page and a count from 1: sending it twice is harmless.
    seconds   0 to 3600 since the last note of this page; more is cut off.
    """
    key = f"experienced:{page}:{n}"
    _, structure = begun_edition(session, enrolment)
    if lesson not in structure.codes():
        raise NotFound
    if records.is_recorded(session, enrolment.id, key):
        return
    records.append(
        session, enrolment, "experienced", lesson, by=viewer, now=now, key=key,
        result={"section": section, "seconds": max(0, min(seconds, LONGEST_SPAN_SECONDS))},
    )  # fmt: skip

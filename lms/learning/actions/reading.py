"""Reading: finishing a lesson, the place where somebody stopped, and for how long they read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.catalogue.models import Edition
from lms.catalogue.structure import Structure
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.learning import queries, records, rules
from lms.learning.actions.joining import begun_edition
from lms.learning.models import Enrolment, Progress

# No page is read for longer than this in one go; what a script claims beyond it is cut off.
LONGEST_SPAN_SECONDS = 3600


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
            session,
            enrolment,
            "completed",
            lesson,
            by=viewer,
            now=now,
            key=f"completed:{lesson}",
            result={"kind": "lesson", "completion": True},
            edition_id=edition.id,
        )
    else:
        _record_review(session, viewer, enrolment, structure, edition, lesson, now=now)
    return _following(session, enrolment, structure, lesson)


def _record_review(
    session: Session,
    viewer: Viewer,
    enrolment: Enrolment,
    structure: Structure,
    edition: Edition,
    lesson: str,
    *,
    now: datetime,
) -> None:
    failed = queries.last_failed(session, enrolment.id)
    if failed is None or lesson not in rules.lessons_to_review(structure, failed, ()):
        return
    key = f"satisfied:{rules.review_mark(failed.number, lesson)}"
    if not records.is_recorded(session, enrolment.id, key):
        records.append(
            session,
            enrolment,
            "satisfied",
            lesson,
            by=viewer,
            now=now,
            key=key,
            result={"attempt": failed.number},
            edition_id=edition.id,
        )


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


def note_place(
    session: Session,
    viewer: Viewer,
    enrolment: Enrolment,
    lesson: str,
    section: str | None,
    seconds: int,
    *,
    page: str,
    n: int,
    now: datetime,
) -> None:
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
        session,
        enrolment,
        "experienced",
        lesson,
        by=viewer,
        now=now,
        key=key,
        result={"section": section, "seconds": max(0, min(seconds, LONGEST_SPAN_SECONDS))},
    )

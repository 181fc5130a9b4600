"""Programmes as administrators read them, and the one that a new enrolment gets.

A programme belongs to the whole country: every administrator may read all of them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, null, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.catalogue.models import (
    TITLE_IN,
    Course,
    EditionText,
    Programme,
    ProgrammeChange,
    ProgrammeCourse,
)
from lms.catalogue.scope import may_be_offered
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_PROGRAMMES, MOST_COURSES, MOST_CHANGES = 200, 200, 200


def programmes(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return every programme, the one that begins last first; ``courses`` counts its courses."""
    del viewer
    courses = (
        select(func.count())
        .where(ProgrammeCourse.programme_id == Programme.id)
        .correlate(Programme)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                Programme.id,
                Programme.code,
                Programme.kind,
                Programme.titles,
                Programme.starts_on,
                Programme.ends_on,
                Programme.printed,
                Programme.fixed_at,
                courses.label("courses"),
            )
            .order_by(Programme.starts_on.desc(), Programme.code)
            .limit(MOST_PROGRAMMES)
        )
    )


def programme(session: Session, viewer: Viewer, code: str) -> Programme:
    """Return one programme. raises NotFound where there is none with this code."""
    del viewer
    found = session.scalar(select(Programme).where(Programme.code == code))
    if found is None:
        raise NotFound
    return found


def open_to_enrol(session: Session, viewer: Viewer, *, day: date) -> list[AnyRow]:
    """Return the programmes for which somebody may still be enrolled: those not over on ``day``.

    One row for each of their courses, the programme that begins last first.
    """
    del viewer
    return list(
        session.execute(
            select(Programme.code, Programme.titles, ProgrammeCourse.course_id)
            .join(ProgrammeCourse, ProgrammeCourse.programme_id == Programme.id)
            .where(or_(Programme.ends_on.is_(None), Programme.ends_on >= day))
            .order_by(Programme.starts_on.desc(), Programme.code, ProgrammeCourse.course_id)
            .limit(MOST_PROGRAMMES * MOST_COURSES)
        )
    )


def courses(
    session: Session, viewer: Viewer, language: str, programme_id: UUID | None = None
) -> list[AnyRow]:
    """Return the courses of this server, or those of one programme, in the order of their ids.

    The title of a restricted course is NULL for everybody but confidential readers of a place that
    they administer: pages show its code and a neutral title.
    """
    shown = case((may_be_offered(viewer), EditionText.title), else_=null())
    statement = (
        select(
            Course.id,
            Course.access,
            shown.label("title"),
            TITLE_IN,
        )
        .outerjoin(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .order_by(Course.id)
        .limit(MOST_COURSES)
    )
    if programme_id is not None:
        statement = statement.where(_belongs(programme_id))
    return list(session.execute(statement))


def _belongs(programme_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        ProgrammeCourse.programme_id == programme_id, ProgrammeCourse.course_id == Course.id
    )


def changes(session: Session, viewer: Viewer, programme_id: UUID) -> list[AnyRow]:
    """Return what was changed about a pilot after it was fixed, newest first.

    ``name`` is NULL where the server itself did it, and once the name is no longer kept.
    """
    del viewer
    return list(
        session.execute(
            select(
                ProgrammeChange.field,
                ProgrammeChange.before,
                ProgrammeChange.after,
                ProgrammeChange.at,
                Identity.name,
            )
            .outerjoin(Identity, Identity.person_id == ProgrammeChange.by)
            .where(ProgrammeChange.programme_id == programme_id)
            .order_by(ProgrammeChange.at.desc(), ProgrammeChange.id.desc())
            .limit(MOST_CHANGES)
        )
    )


def only_running(session: Session, course_id: str, *, day: date) -> UUID | None:
    """Return the programme to which a course belongs on ``day``.

    None where there is no such programme, and where there are several: nobody can tell for which
    of them a person learns who comes by themselves.
    """
    found = session.scalars(
        select(Programme.id)
        .join(ProgrammeCourse, ProgrammeCourse.programme_id == Programme.id)
        .where(
            ProgrammeCourse.course_id == course_id,
            Programme.starts_on <= day,
            or_(Programme.ends_on.is_(None), Programme.ends_on >= day),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None

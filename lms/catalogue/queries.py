"""What this server has published, as far as the viewer may see it."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, Edition, EditionText
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

_OPEN_COURSES = (
    select(
        Course.id, Course.slug, Course.kind, Edition.id.label("edition_id"), Edition.number,
        Edition.facts, EditionText.title, EditionText.language,
    )
    .join(Edition, Edition.id == Course.edition_id)
    .join(EditionText, EditionText.edition_id == Edition.id)
    .where(Course.access == "open", EditionText.language == bindparam("language"))
    .order_by(Course.id)
    .limit(100)
)  # fmt: skip


def open_courses(session: Session, viewer: Viewer, language: str) -> list[AnyRow]:
    """Return the newest edition of every course that anybody may begin, titled in ``language``.

    The viewer is asked for although every learner sees the same: no query of ours comes without.
    """
    del viewer
    return list(session.execute(_OPEN_COURSES, {"language": language}))


def newest_edition(session: Session, course_id: str, number: int | None = None) -> Edition | None:
    """Return the newest edition of a course, or the newest revision of one ``number`` of it."""
    statement = select(Edition).where(Edition.course_id == course_id)
    if number is not None:
        statement = statement.where(Edition.number == number)
    return session.scalar(
        statement.order_by(Edition.number.desc(), Edition.revision.desc()).limit(1)
    )

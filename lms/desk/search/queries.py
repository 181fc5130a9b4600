"""What a person may find: places of open courses, of their own ones, and of the library."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.catalogue.library.models import Document
from lms.catalogue.models import Course, Edition, EditionLesson, EditionText
from lms.catalogue.scope import MAY_BE_LOOKED_UP, looked_up_by
from lms.catalogue.search import dialect
from lms.catalogue.search.models import SearchEntry
from lms.catalogue.search.rules import Term
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.learning.queries import MINE
from lms.tables import AnyRow, AnySelect

ROWS = 20  # of one page
LAST_PAGE = 10


def found(
    session: Session, viewer: Viewer, language: str, wanted: Sequence[Term], *, page: int
) -> tuple[list[AnyRow], bool]:
    """Return the places of one page that hold every word of ``wanted``, the best ones first.

    language  of the pages that are looked through.
    page      from 1 to 10, with 20 places each.
    returns   the places, and whether a next page has more.

    Restricted and listed courses are looked through for those who are enrolled in them alone; such
    handbooks also for those who may look them up.
    """
    best = _best(session, viewer, language, wanted, page).subquery()
    kept = aliased(Edition)
    # Somebody who began an earlier number has its lessons; this one may not be among them.
    is_theirs = exists(
        select(EditionLesson.code)
        .join(kept, kept.id == EditionLesson.edition_id)
        .where(
            kept.course_id == Course.id,
            kept.number == Enrolment.number,
            EditionLesson.code == SearchEntry.lesson,
            EditionLesson.language == SearchEntry.language,
        )
        .correlate(Course, Enrolment, SearchEntry)
    )
    rows = session.execute(
        select(
            SearchEntry.kind,
            SearchEntry.lesson,
            SearchEntry.block,
            SearchEntry.title,
            SearchEntry.heading,
            SearchEntry.text,
            SearchEntry.heading_in,
            SearchEntry.said_in,
            Course.slug,
            Course.kind.label("course_kind"),
            EditionText.title.label("course_title"),
            EditionText.facts["said_in"].label("titles_in"),
            Enrolment.begun_at,
            is_theirs.label("is_theirs"),
            Document.code.label("document"),
        )
        .join(best, best.c.id == SearchEntry.id)
        .outerjoin(Course, Course.id == SearchEntry.course_id)
        .outerjoin(Enrolment, Enrolment.id == MINE)
        .outerjoin(
            EditionText,
            (EditionText.edition_id == SearchEntry.edition_id)
            & (EditionText.language == SearchEntry.language),
        )
        .outerjoin(Document, Document.id == SearchEntry.document_id)
        .order_by(best.c.rank, SearchEntry.id),
        {"person_id": viewer.person_id, **looked_up_by(viewer)},
    ).all()
    return list(rows[:ROWS]), len(rows) > ROWS and page < LAST_PAGE


def _best(
    session: Session, viewer: Viewer, language: str, wanted: Sequence[Term], page: int
) -> AnySelect:
    """Return the ids and ranks of one page, and of one place more."""
    index, condition, rank = dialect.matching(session, SearchEntry, wanted)
    mine = exists().where(Enrolment.course_id == Course.id, Enrolment.person_id == viewer.person_id)
    visible = select(Course.id).where(or_(Course.access == "open", mine, MAY_BE_LOOKED_UP))
    statement = select(SearchEntry.id, rank.label("rank")).select_from(SearchEntry)
    if index is not None:
        statement = statement.join(index, index.c.rowid == SearchEntry.id)
    return (
        statement.where(
            condition,
            SearchEntry.language == language,
            or_(SearchEntry.course_id.is_(None), SearchEntry.course_id.in_(visible)),
        )
        .order_by(rank, SearchEntry.id)
        .limit(ROWS + 1)
        .offset((page - 1) * ROWS)
    )

"""What every report asks: the places that the viewer reads figures of."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Posting, Unit
from lms.assessment.models import Attempt
from lms.catalogue.models import TITLE_IN, Course, EditionText
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment
from lms.tables import AnyRow

# Who reads figures, without names.
READS_FIGURES = ("administrator", "observer")
MOST_PLACES = 2000

# Whether ``Attempt`` is the first one at the test that decides; the query joins ``Enrolment``.
# A renewal begins with the refresher: the final test that follows a failed one has number 1, too.
IS_FIRST = and_(
    Attempt.number == 1,
    or_(
        Attempt.test == "refresher",
        and_(Attempt.test == "post", Enrolment.renews_id.is_(None)),
    ),
)


def tops(viewer: Viewer) -> tuple[str, ...]:
    """Return the paths of the units of which (and below which) the viewer reads figures."""
    return tuple(path for role in READS_FIGURES for path in viewer.unit_paths(role))


def reads_country(viewer: Viewer) -> bool:
    """Return whether the viewer reads figures of the whole country."""
    return any(viewer.holds_everywhere(role) for role in READS_FIGURES)


def in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """Return whether ``Unit`` is one of which the viewer reads figures."""
    return scope.below(Unit.path, tops(viewer))


def works_here(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Return whether who made ``Attempt`` works today at a place of the viewer."""
    return (
        exists()
        .where(
            Posting.person_id == Attempt.person_id,
            Posting.unit_id == Unit.id,
            scope.posted_on(today),
            in_scope(viewer),
        )
        .correlate(Attempt)
    )


def places(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return the viewer's units, closed ones among them: people have learned there."""
    return list(
        session.execute(
            select(Unit.path, Unit.code, Unit.names, Unit.kind, Unit.closed_on)
            .where(in_scope(viewer))
            .order_by(Unit.path)
            .limit(MOST_PLACES)
        )
    )


def courses(session: Session, viewer: Viewer, language: str) -> list[AnyRow]:
    """Return the courses of which reports speak, by id: id, slug, title and its language.

    Restricted ones are in no report, whoever asks.
    """
    del viewer
    return list(
        session.execute(
            select(Course.id, Course.slug, EditionText.title, TITLE_IN)
            .outerjoin(
                EditionText,
                and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
            )
            .where(
                Course.kind == "course",
                Course.access != "restricted",
                Course.edition_id.is_not(None),
            )
            .order_by(Course.id)
        )
    )

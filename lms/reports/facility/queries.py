"""Who works at a place, and how they stand towards what they must hold."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Identity, Person, Posting, Unit
from lms.catalogue.models import TITLE_IN, Course, EditionText
from lms.kernel.viewer import Viewer
from lms.requirements.models import Requirement
from lms.requirements.pairing import FACTS, IN_THE_PATH, LINE, WHICH, Standing, duties, standings_of
from lms.tables import AnyRow

MOST_PEOPLE = 2000


def people(session: Session, viewer: Viewer, path: str, *, today: date) -> list[AnyRow]:
    """Return who works today at or below a unit that the viewer administers, by name.

    Functions P2 and P3 are P1 here, whoever asks: the list is printed and lies about.
    """
    return list(
        session.execute(
            select(
                Person.id,
                Identity.name,
                Identity.service_number,
                func.min(scope.public_function()).label("function"),
            )
            .join(Identity, Identity.person_id == Person.id)
            .join(Posting, Posting.person_id == Person.id)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(
                Person.status == "active",
                scope.posted_on(today),
                scope.below(Unit.path, viewer.unit_paths("administrator")),
                scope.below(Unit.path, [path]),
            )
            .group_by(Person.id, Identity.name, Identity.service_number)
            .order_by(Identity.name, Person.id)
            .limit(MOST_PEOPLE)
        )
    )


def standings(
    session: Session, viewer: Viewer, path: str, language: str, *, today: date
) -> list[Standing]:
    """Return how the same people stand; what is confidential is left out, whoever asks.

    Each row has the ``slug`` of its course, its ``title`` and the language of that.
    """
    rows = session.execute(
        duties(viewer, today, *LINE, *FACTS, *WHICH, Course.slug, EditionText.title, TITLE_IN)
        .outerjoin(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(
            scope.below(Unit.path, [path]),
            Course.access != "restricted",
            Requirement.function.is_(None)
            | Requirement.function.not_in(scope.CONFIDENTIAL_FUNCTIONS),
        )
        .order_by(*IN_THE_PATH)
    )
    return standings_of(rows, today)

"""What each course asks for here, and how the country's pass mark came to be what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, null, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Identity
from lms.catalogue.models import TITLE_IN, Course, Edition, EditionText
from lms.catalogue.scope import may_be_offered
from lms.catalogue.structure import Structure
from lms.kernel.viewer import Viewer
from lms.learning.rules import rule_of_test

# The setting that lists every decision about the pass mark, oldest first.
DECISIONS = "pass_marks"
MOST_COURSES, MOST_SHOWN = 200, 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What a course asks for, in percent: by itself, and here.

    title    None for a restricted course, unless its reader may know who takes it.
    title_in its language where it is not translated.
    renewal  of the test that renews a certificate, here.
    """

    course_id: str
    slug: str
    title: str | None
    title_in: str | None
    own: int
    here: int
    renewal: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of the country's pass mark; ``name`` None for the server, or no longer kept."""

    before: int
    percent: int
    reason: str
    at: datetime
    name: str | None


def marks(session: Session, viewer: Viewer, language: str, *, floor: int) -> list[Mark]:
    """Return the pass marks of every published course that has a final test, by course id.

    floor   the installation's ``least_percent``.
    """
    title = case((may_be_offered(viewer), EditionText.title), else_=null())
    rows = session.execute(
        select(Course.id, Course.slug, title, TITLE_IN, Edition.facts)
        .join(Edition, Edition.id == Course.edition_id)
        .join(EditionText, EditionText.edition_id == Edition.id)
        .where(Course.kind == "course", EditionText.language == language)
        .order_by(Course.id)
        .limit(MOST_COURSES)
    )
    found = []
    for course_id, slug, shown, language_of_title, facts in rows:
        structure = Structure.from_facts(facts)
        here, renewal = (
            rule_of_test(structure, test, floor=floor).percent for test in ("post", "refresher")
        )
        own = structure.pass_rule.percent
        found.append(Mark(course_id, slug, shown, language_of_title, own, here, renewal))
    return found


def decisions(session: Session, viewer: Viewer) -> list[Decision]:
    """Return the newest decisions about the country's pass mark, newest first."""
    del viewer
    stored = list(installation.setting(session, DECISIONS) or ())[: -MOST_SHOWN - 1 : -1]
    people = {UUID(each["by"]) for each in stored if each["by"]}
    named = select(Identity.person_id, Identity.name).where(Identity.person_id.in_(people))
    names = {str(each): name for each, name in session.execute(named)} if people else {}
    return [
        Decision(
            each["before"],
            each["percent"],
            each["reason"],
            datetime.fromisoformat(each["at"]),
            names.get(each["by"]),
        )
        for each in stored
    ]

"""What the page of a course needs beside its own files: codes that were used, other courses."""

from __future__ import annotations

from pathlib import PurePosixPath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.drafts.models import Draft, DraftFile, DraftVersion
from lms.authoring.drafts.rules import courses_of
from lms.catalogue.models import TITLE_IN, Course, Edition, EditionText
from lms.catalogue.structure import Structure
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow


def used_codes(session: Session, viewer: Viewer, found: Draft) -> set[str]:
    """Return every code of a lesson or a module that the course has or ever had.

    From the file names of all versions of all its drafts, and from all its editions.
    """
    del viewer  # ``found`` came through a query that carries the viewer
    paths = session.scalars(
        select(DraftVersion.path)
        .distinct()
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(Draft.course_id == found.course_id, DraftVersion.path.like("%.md"))
    )
    used = {PurePosixPath(path).stem for path in paths}
    for facts in session.scalars(select(Edition.facts).where(Edition.course_id == found.course_id)):
        structure = Structure.from_facts(facts)
        used |= {*structure.codes(), *(each.code for each in structure.modules)}
    return used


def other_courses(session: Session, viewer: Viewer, found: Draft, language: str) -> list[AnyRow]:
    """Return the published courses with a test, but for this one: slug, title, title_in.

    A restricted one is named only to those who work on it.
    """
    return list(
        session.execute(
            select(Course.slug, EditionText.title, TITLE_IN)
            .join(EditionText, EditionText.edition_id == Course.edition_id)
            .where(
                Course.kind == "course",
                Course.id != found.course_id,
                EditionText.language == language,
                (Course.access != "restricted") | Course.id.in_(courses_of(viewer)),
            )
            .order_by(Course.id)
        )
    )


def paths(session: Session, viewer: Viewer, found: Draft, name: str) -> list[str]:
    """Return the files that have this name in any language: ``AB-1.1.md``."""
    del viewer
    return list(
        session.scalars(
            select(DraftFile.path).where(
                DraftFile.draft_id == found.id,
                DraftFile.path.endswith(f"/{name}", autoescape=True),
                DraftFile.path.not_like("nations/%"),
                func.length(DraftFile.path) <= len(name) + 4,
            )
        )
    )

"""What is published here, for those who may have all of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from lms.authoring.rules import package_courses
from lms.catalogue.models import Course, Edition
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """The newest edition of a course, and where its package lies.

    package    digest in the file store
    signature  as the worker made it; None while there is none
    """

    course_id: str
    slug: str
    number: int
    revision: int
    package: str
    signature: bytes | None

    @property
    def edition(self) -> str:
        """The edition as people say it: ``3.1``."""
        return f"{self.number}.{self.revision}"


def newest_package(session: Session, viewer: Viewer, slug: str) -> StoredPackage:
    """Return the package of the newest edition of a course.

    For authors and publishers of that course, and for administrators of the country.
    raises NotFound when no such course is published, or the viewer may not have it.
    """
    return _newest(session, viewer, Course.slug == slug)


def newest_of(session: Session, viewer: Viewer, course_id: str) -> StoredPackage:
    """Return the same by the id of the course, which no draft changes."""
    return _newest(session, viewer, Course.id == course_id)


def _newest(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> StoredPackage:
    allowed = package_courses(viewer)
    scope = true() if allowed is None else Course.id.in_(allowed)
    row = session.execute(
        select(
            Course.id,
            Course.slug,
            Edition.number,
            Edition.revision,
            Edition.package,
            Edition.signature,
        )
        .join(Edition, Course.edition_id == Edition.id)
        .where(which, scope)
    ).one_or_none()
    if row is None:
        raise NotFound
    return StoredPackage(*row)

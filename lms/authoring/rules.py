"""Who may take a course along as a package, and who may bring one. Pure decisions."""

from __future__ import annotations

from datetime import timedelta

from lms.accounts.rules import administers_country
from lms.kernel.viewer import Viewer

# What somebody sends, and the worker reads: kinds of jobs.
READ_PACKAGE, READ_QUESTIONS, READ_SHEET = "packages.read", "questions.read", "sheets.read"
UPLOADS_KEPT = timedelta(days=7)
# A package holds the whole course with its bank and the key of every question.
PACKAGE_ROLES = frozenset({"author", "publisher"})


def package_courses(viewer: Viewer) -> frozenset[str] | None:
    """Return the ids of the courses whose package the viewer may have; None for every course."""
    if administers_country(viewer):
        return None
    return frozenset(
        role.course_id for role in viewer.roles if role.name in PACKAGE_ROLES and role.course_id
    )


def may_bring_packages(viewer: Viewer) -> bool:
    """Return whether the viewer may let this server read a package that they bring."""
    return package_courses(viewer) != frozenset()

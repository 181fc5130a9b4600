"""A document in two languages, and a handbook."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.accounts.rules import SERVER
from lms.authoring import actions as authoring
from lms.authoring.compiled import compile_course
from lms.authoring.voices import spoken_voices
from lms.content.reader import read_course
from lms.content.stamp import stamp
from lms.db import transaction
from tests.course import SmallCourse, small_course, small_files
from tests.desk.library.papers import put_document
from tests.kept import kept
from tests.people import MONDAY

__all__ = ["small_course"]


@pytest.fixture
@kept
def standards(app: Flask) -> str:
    """Return the code of a document with a file in English and in Arabic."""
    with app.app_context(), transaction() as session:
        put_document(session, app)
    return "standards"


@pytest.fixture
@kept
def handbook(app: Flask) -> SmallCourse:
    """Return the small course as a handbook that leads to a document: no bank, no tests."""
    files = {
        path: data
        for path, data in small_files(course_id="C95", slug="hand-hygiene").items()
        if "/bank/" not in path
    }
    toml = files["course.toml"].decode()
    start, end = toml.index("[tests.pre]"), toml.index("[[box]]")
    files["course.toml"] = (
        (toml[:start] + toml[end:])
        .replace('slug = "hand-hygiene"', 'slug = "hand-hygiene"\nkind = "handbook"')
        .encode()
    )
    lesson = files["en/HY-1.1.md"].decode()
    files["en/HY-1.1.md"] = lesson.replace(
        "- The manual.", "- [The manual](doc:standards)."
    ).encode()
    for path in [path for path in files if path.startswith("ar/")]:
        files[path] = b"\n".join(
            line for line in files[path].split(b"\n") if not line.startswith(b"hy11-s = ")
        )
    files |= stamp(files, "en").files
    course = read_course(files).required()
    with app.app_context(), transaction() as session:
        made = compile_course(course, None, spoken_voices())
        authoring.publish(session, SERVER, course, None, made, "0" * 64, now=MONDAY)
    return SmallCourse(app, "hand-hygiene", "C95", url="/en/courses/hand-hygiene")

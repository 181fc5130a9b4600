"""The small course with pictures in its first lesson, published with its files."""

from __future__ import annotations

from flask import Flask

from lms import installation
from lms.authoring import shipped
from lms.authoring.voices import spoken_voices
from lms.content.model import Course
from lms.content.reader import read_course
from lms.content.stamp import stamp
from lms.db import reading, transaction
from lms.kernel import clock
from lms.web.files import file_store
from tests.content.photos import photo
from tests.course import SmallCourse, small_files

HEAD = "## Clean hands protect everybody. {#hy11-1}\n"


def illustrated(count: int = 1, *, percent: int = 80) -> Course:
    """Return the course; its first lesson shows ``count`` pictures, ``0.webp`` and so on."""
    files = dict(small_files())
    files["course.toml"] = files["course.toml"].replace(
        b"percent = 80", f"percent = {percent}".encode()
    )
    lines = "".join(f"\n![Clean hands {n}](media/{n}.webp)\n" for n in range(count))
    lesson = files["en/HY-1.1.md"].decode()
    assert HEAD in lesson
    files["en/HY-1.1.md"] = lesson.replace(HEAD, HEAD + lines, 1).encode()
    files |= {f"media/{n}.webp": photo(width=300 + n, height=300, noise=60) for n in range(count)}
    return read_course({**files, **stamp(files, "en").files}).required()


def publish_illustrated(app: Flask, count: int = 1, *, percent: int = 80) -> SmallCourse:
    """Publish it as a server does: its rows, its package and its pictures."""
    course = illustrated(count, percent=percent)
    with app.app_context():
        nation = installation.read(reading()).nation
        shipped.publish(
            transaction,
            course,
            file_store(),
            nation,
            spoken_voices(),
            now=clock.now(),
            heavy_because="Tests are about it.",
        )
    return SmallCourse(app)

"""Every translated block of every course that ships, for properties that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lms.content import folder
from lms.content.faults import Faults
from lms.content.model import Course, Document, Question
from lms.content.question_blocks import question_in
from lms.content.reader import read_course
from lms.content.translation.units import Unit, course_units

COURSES = Path(__file__).parents[3] / "courses"


@cache
def courses() -> tuple[Course, ...]:
    folders = sorted(each for each in COURSES.iterdir() if each.is_dir())
    return tuple(read_course(folder.load(each)).required() for each in folders)


@cache
def units_of(slug: str, language: str) -> tuple[Unit, ...]:
    return course_units(next(each for each in courses() if each.facts.slug == slug), language)


def translations() -> Iterator[tuple[Course, str, Document, Document, tuple[Unit, ...]]]:
    """Yield course, language, source file, its translation, and the units of both."""
    for course in courses():
        for language in course.languages[1:]:
            for name, target in course.documents[language].items():
                source = course.documents[course.facts.source][name]
                found = tuple(
                    unit for unit in units_of(course.facts.slug, language) if unit.name == name
                )
                yield course, language, source, target, found


def translated_question(unit: Unit, target: Document) -> Question | None:
    """Return the question that the translated block of a unit is, as the reader reads it."""
    if unit.question is None or unit.twin is None:
        return None
    faults = Faults()
    found = question_in(target, unit.twin, {unit.question.id: unit.question}, faults)
    assert not len(faults), list(faults)
    return found


@cache
def every_kind() -> dict[str, Unit]:
    """Return one unit of each kind of block and of question."""
    found: dict[str, Unit] = {}
    for _, _, _, _, units in translations():
        for unit in units:
            if unit.block is not None:
                found.setdefault(unit.question.kind if unit.question else unit.kind, unit)
    return found

"""One value of a course.toml changes, and every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.content import course_text
from lms.content.model import LessonFacts
from lms.content.one_file import facts_of

COURSES = sorted((Path(__file__).parents[2] / "courses").glob("*/course.toml"))


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.parent.name)
def test_what_is_said_already_changes_nothing(path: Path) -> None:
    text = path.read_text()
    facts, _ = facts_of(text.encode())
    assert facts is not None
    same = course_text.with_facts(
        text, {"audience": list(facts.audience), "validity_months": facts.validity_months}
    )
    assert same == text
    post = facts.tests["post"]
    assert course_text.with_test(text, "post", post["items"], post["scenarios"]) == text


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.parent.name)
def test_modules_written_anew_say_the_same(path: Path) -> None:
    text = path.read_text()
    facts, _ = facts_of(text.encode())
    assert facts is not None
    again, faults = facts_of(course_text.with_modules(text, facts.modules, facts.modules).encode())
    assert (again, list(faults)) == (facts, [])


@pytest.mark.parametrize("path", COURSES, ids=lambda path: path.parent.name)
def test_every_place_can_be_reached(path: Path) -> None:
    facts, _ = facts_of(path.read_bytes())
    assert facts is not None
    codes = facts.codes()
    for lesson in codes:
        for place in range(1, len(codes) + 1):
            moved = course_text.moved(facts.modules, lesson, place)
            order = [each.code for module in moved for each in module.lessons]
            assert sorted(order) == sorted(codes)
            assert order.index(lesson) == place - 1
            assert [each for each in order if each != lesson] == [
                each for each in codes if each != lesson
            ]


def test_a_lesson_comes_and_goes() -> None:
    facts, _ = facts_of(COURSES[0].read_bytes())
    assert facts is not None
    first = facts.modules[0].code
    more = course_text.with_lesson(facts.modules, first, LessonFacts("XX-9.9", 10))
    assert course_text.without_lesson(more, "XX-9.9") == facts.modules

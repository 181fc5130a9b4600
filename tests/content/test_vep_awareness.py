"""What the course on violent extremism promises beyond the others: it harms nobody."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from lms.content.html import lesson_html
from lms.content.labels import spoken
from lms.content.model import Course
from lms.content.quality.suspicion import suspects
from tests.content.test_shipped_courses import LANGUAGES, shipped

IDEOLOGIES = {
    "nationalist or racist": r"nationalist|racist", "separatist": r"separatist",
    "left": r"\bleft\b", "right": r"extreme right", "religion": r"abuses a religion",
    "single issue": r"single issue|animal tests|\bdam\b|\bmine\b",
    "none": r"no ideology at all|tobacco debts",
}  # fmt: skip
RULES = re.compile(r"(?P<of>Bangkok )?Rules? (?P<list>\d+(?:(?:, | and | to )\d+)*)")


@pytest.fixture(scope="module")
def course() -> Course:
    return shipped("vep-awareness")


def rules(text: str, of: str = "") -> set[int]:
    """Return the numbers of the Rules that a text names: ``Rules 12 to 22 and 42``."""
    numbers: set[int] = set()
    for found in RULES.finditer(text):
        if (found["of"] or "").strip() == of:
            for part in re.split(r", | and ", found["list"]):
                first, _, last = part.partition(" to ")
                numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


# ---- Nobody is made a suspect ----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_made_a_suspect(course: Course, language: str) -> None:
    """Not even in a wrong answer: what is chosen once is remembered.

    ``lms/content/quality/suspicion.py`` has the words of each language.
    """
    assert [str(each) for each in suspects(course, language)] == []


def test_the_cases_come_from_every_side_and_from_none(course: Course) -> None:
    texts = [document.text() for document in course.documents["en"].values()]
    for side, words in IDEOLOGIES.items():
        assert any(re.search(words, text) for text in texts), side


# ---- What it says can be looked up -----------------------------------------------------------


def test_every_rule_that_a_lesson_names_stands_among_its_sources(course: Course) -> None:
    for code in course.facts.codes():
        blocks = course.documents["en"][code].blocks
        text = "\n".join(block.body for block in blocks if block.name != "sources")
        lines = [line for b in blocks if b.name == "sources" for line in b.body.splitlines()]
        for of, named_as in (("", "- Nelson Mandela Rules"), ("Bangkok", "- Bangkok Rules")):
            listed = [rules(line) for line in lines if line.startswith(named_as)]
            assert rules(text, of) <= set().union(*listed), (code, of)


def test_every_country_has_each_box_or_leaves_it_openly_empty(course: Course) -> None:
    for nation in course.nations.values():
        assert set(nation.boxes) == set(course.facts.boxes), nation.code
        for code, box in nation.boxes.items():
            words = [block.title for text in nation.texts.values() for block in text.blocks]
            assert (code in words) == (box.status == "draft"), (nation.code, code)
            assert bool(box.legal_source) == (box.status == "draft"), (nation.code, code)


# ---- The trainer -----------------------------------------------------------------------------


def test_every_lesson_has_a_note_that_only_the_trainer_prints(course: Course) -> None:
    for code in course.facts.codes():
        notes = [b for b in course.documents["en"][code].blocks if b.name == "trainer"]
        assert notes, code
        lesson = lesson_html(course, code, "en", spoken(str))
        for note in notes:
            assert f'id="{note.id}"' in lesson.print
            assert f'id="{note.id}"' not in lesson.html


def test_the_session_of_the_unit_fills_its_eighty_minutes(course: Course) -> None:
    plan = course.documents["en"]["VA-3.3"].block("va33-u")
    assert plan is not None
    times = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+) to (\d+) \|", plan.body, re.M)]
    assert times[0][0] == 0
    assert times[-1][1] == 80
    assert all(one[1] == other[0] for one, other in pairwise(times))
    for part in ("### Activity", "### Debrief", "### Afterwards"):
        assert part in plan.body
